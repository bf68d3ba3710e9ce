"""HTTPS on this computer: a local certificate authority that can vouch only for localhost.

Excel shows an Office add-in only over HTTPS that the computer trusts. So the user is asked to trust an
authority whose certificate is limited to localhost: even with a stolen key, no one could impersonate
another site. The certificates that it signs are short-lived, and the service renews them.
"""

import shutil
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.errors import CertificateUnusable, LedgerReadOnly
from server.private_files import make_private_folder, remove_unfinished, write_private_file

AUTHORITY_NAME = "Clinic Ledger on this computer"
AUTHORITY_DAYS = 3650
LEAF_DAYS = 90
RENEW_DAYS = 30
"""A leaf certificate with fewer days left is renewed."""

BACKDATED = timedelta(days=1)
"""A certificate is valid from this long ago, because clocks differ by less."""

PERMITTED: list[x509.GeneralName] = [
    x509.DNSName("localhost"),
    x509.IPAddress(ip_network("127.0.0.0/8")),
    x509.IPAddress(ip_network("::1/128")),
]
NAMES: list[x509.GeneralName] = [
    x509.DNSName("localhost"),
    x509.IPAddress(ip_address("127.0.0.1")),
    x509.IPAddress(ip_address("::1")),
]


@dataclass(frozen=True, slots=True)
class Signed:
    """A certificate and its key, kept in one file so that they stay together."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def of(cls, pem: bytes) -> Self:
        """Return the certificate and key in the text that ``pem`` made. Raises ValueError or TypeError for anything else."""
        key = serialization.load_pem_private_key(pem, password=None)
        certificate = x509.load_pem_x509_certificate(pem)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise ValueError("the key is not that of the certificate")
        return cls(certificate, key)

    def ends_after(self, instant: datetime) -> bool:
        """Return whether the certificate is still valid at an instant."""
        return self.certificate.not_valid_after_utc > instant

    def pem(self) -> bytes:
        """Return both as PEM text, which only the user may read."""
        return self.certificate.public_bytes(serialization.Encoding.PEM) + self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


class Certificates:
    """The certificates in a folder that only the user can open.

    ``authority.pem`` is the certificate to trust, and is public; ``authority-key.pem`` and ``localhost.pem``
    hold keys. Raises CertificateUnusable for files that are damaged or cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = folder / "authority.pem"
        self._authority_key = folder / "authority-key.pem"
        self._leaf = folder / "localhost.pem"

    def exist(self) -> bool:
        """Return whether certificates were made here."""
        return self._authority_key.exists()

    def make(self, now: datetime) -> bool:
        """Make certificates that are missing or about to expire; return whether the authority is new and must be trusted."""
        with self._refuse_unusable(self.folder):
            make_private_folder(self.folder)
        known = self._read_signed(self._authority_key) if self.exist() else None
        fresh = known is None or not known.ends_after(now + timedelta(days=LEAF_DAYS))
        if fresh:
            self._write_file(self._authority_key, new_authority(now).pem(), 0o600)
        self.renew(now)
        return fresh

    def renew(self, now: datetime) -> bool:
        """Renew the leaf if it expires soon or another authority signed it; return whether it was renewed.

        The authority is kept, because no program would trust a new one.
        """
        # Read from the file: if two programs made an authority at once, both use the one that was written last.
        authority = self._read_signed(self._authority_key)
        self._write_authority(authority.certificate)
        if self._leaf.exists() and self._is_leaf_valid(authority, now):
            return False
        self._write_file(self._leaf, new_leaf(authority, NAMES, now).pem(), 0o600)
        return True

    def ssl_context(self) -> ssl.SSLContext:
        """Return the TLS context for a server on this computer."""
        ssl_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.load_into(ssl_context)
        return ssl_context

    def load_into(self, ssl_context: ssl.SSLContext) -> None:
        """Load the current leaf into a context, for all later connections."""
        with self._refuse_unusable(self._leaf):
            ssl_context.load_cert_chain(self._leaf)

    def fingerprint(self) -> str:
        """Return the SHA-1 fingerprint by which Windows and macOS find the authority. It is not used for security."""
        certificate = self._read_signed(self._authority_key).certificate
        return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - the systems use SHA-1

    def ends(self) -> datetime:
        """Return when the leaf expires."""
        return self._read_signed(self._leaf).certificate.not_valid_after_utc

    def remove(self) -> None:
        """Remove the files, also those of an interrupted ``make``, and the folder if nothing else is in it."""
        with self._refuse_unusable(self.folder):
            remove_unfinished(self.folder)  # one may hold a key
            for path in (self.authority, self._authority_key, self._leaf):
                path.unlink(missing_ok=True)
            if self.folder.exists() and not any(self.folder.iterdir()):
                shutil.rmtree(self.folder)

    def _write_authority(self, authority: x509.Certificate) -> None:
        pem = authority.public_bytes(serialization.Encoding.PEM)
        with self._refuse_unusable(self.authority):
            is_current = self.authority.exists() and self.authority.read_bytes() == pem
        if not is_current:
            self._write_file(self.authority, pem, 0o644)

    def _is_leaf_valid(self, authority: Signed, now: datetime) -> bool:
        leaf = self._read_signed(self._leaf)
        try:
            leaf.certificate.verify_directly_issued_by(authority.certificate)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return leaf.ends_after(now + timedelta(days=RENEW_DAYS))

    def _read_signed(self, path: Path) -> Signed:
        with self._refuse_unusable(path):
            return Signed.of(path.read_bytes())

    def _write_file(self, path: Path, content: bytes, mode: int) -> None:
        """Write under another name first, so that a reader finds either the old file or the new one."""
        with self._refuse_unusable(path):
            write_private_file(path, content, mode=mode)

    @contextmanager
    def _refuse_unusable(self, path: Path) -> Iterator[None]:
        """Turn the errors of libraries about a file into CertificateUnusable."""
        try:
            yield
        except OSError as problem:
            why = problem.strerror or type(problem).__name__
            raise CertificateUnusable(str(path), why) from problem
        except LedgerReadOnly as problem:
            raise CertificateUnusable(str(path), "its folder can only be read") from problem
        except (ValueError, TypeError) as problem:
            raise CertificateUnusable(str(path), "it is damaged") from problem


def new_authority(now: datetime) -> Signed:
    """Return an authority for ``localhost``, 127.0.0.0/8 and ::1. Certificates that it signs for other names are invalid."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _certificate_builder(AUTHORITY_NAME, key, now, AUTHORITY_DAYS)
        .issuer_name(_x509_name(AUTHORITY_NAME))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(PERMITTED, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Signed(certificate, key)


def new_leaf(authority: Signed, names: list[x509.GeneralName], now: datetime) -> Signed:
    """Return a certificate for a server of these names."""
    key = ec.generate_private_key(ec.SECP256R1())
    signer = authority.key.public_key()
    certificate = (
        _certificate_builder("localhost", key, now, LEAF_DAYS)
        .issuer_name(authority.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return Signed(certificate, key)


def _certificate_builder(
    name: str, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    """Return a builder with what an authority's and a server's certificate have in common."""
    return (
        x509.CertificateBuilder()
        .subject_name(_x509_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _x509_name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
