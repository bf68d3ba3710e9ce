"""The certificate of a service that other computers reach. The organization makes and renews it.

The authority of ``server.certificates`` vouches for this computer only, so it is of no use to others.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from server.errors import CertificateUnusable

REMEDY = (
    "CLINIC_LEDGER_CERTIFICATE must name a PEM file with the certificate and those that lead to its authority, "
    "CLINIC_LEDGER_CERTIFICATE_KEY its key, which must have no password."
)


@dataclass(frozen=True, slots=True)
class OfficeCertificate:
    """A certificate in PEM files; without a ``key_file`` the key is in the same file.

    Raises CertificateUnusable for files that are damaged, do not belong together, or cannot be opened.
    """

    file: Path
    key_file: Path | None

    def ssl_context(self) -> ssl.SSLContext:
        """Return the TLS context for the service."""
        ssl_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.load_into(ssl_context)
        return ssl_context

    def load_into(self, ssl_context: ssl.SSLContext) -> None:
        """Load the files as they are now into a context, for all later connections."""
        with self._refuse_unusable():
            ssl_context.load_cert_chain(self.file, self.key_file, password="")  # without one, OpenSSL asks

    def renew(self, _now: datetime) -> bool:
        """Return ``False``: the organization replaces the files, and ``load_into`` reads them again."""
        return False

    def ends(self) -> datetime:
        """Return when the certificate expires."""
        return self._read_certificate().not_valid_after_utc

    def covers(self, name: str) -> bool:
        """Return whether a client that asks for this name accepts the certificate."""
        try:
            names = self._read_certificate().extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except x509.ExtensionNotFound:
            return False
        addresses = {str(address) for address in names.value.get_values_for_type(x509.IPAddress)}
        hosts = {host.lower() for host in names.value.get_values_for_type(x509.DNSName)}
        wildcard = f"*.{name.partition('.')[2]}"
        return name in addresses or name in hosts or wildcard in hosts

    def _read_certificate(self) -> x509.Certificate:
        with self._refuse_unusable():
            return x509.load_pem_x509_certificate(self.file.read_bytes())

    @contextmanager
    def _refuse_unusable(self) -> Iterator[None]:
        try:
            yield
        except ssl.SSLError as problem:
            why = "it is damaged, or the key is another's or has a password"
            raise CertificateUnusable(str(self.file), why, REMEDY) from problem
        except OSError as problem:
            why = problem.strerror or type(problem).__name__
            raise CertificateUnusable(str(problem.filename or self.file), why, REMEDY) from problem
        except ValueError as problem:
            raise CertificateUnusable(str(self.file), "it is damaged", REMEDY) from problem
