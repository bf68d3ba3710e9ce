"""What must be there before other computers may reach the service: a certificate, its names, and a token."""

from server.errors import NotProtected
from server.office_certificate import OfficeCertificate
from server.settings import Settings

NO_CERTIFICATE = (
    "no certificate is named",
    "Set CLINIC_LEDGER_CERTIFICATE to a PEM file that your organization's authority made for the service's name.",
)
PLAIN = ("--http sends everything readable", "Leave out --http.")
NO_NAME = (
    "no name of the service is given",
    "Set CLINIC_LEDGER_NAMES to the name that they type, such as ledger.clinic.example.",
)
NO_TOKEN = (
    "the ledger has never given a token",
    "Run clinicledger addin install on this computer: from then on every request needs a token.",
)


def certificate_for_others(settings: Settings, *, plain: bool, has_tokens: bool) -> OfficeCertificate:
    """Return the certificate to show to other computers.

    Raises NotProtected with everything that is missing, and CertificateUnusable.
    """
    missing = []
    certificate = None
    if plain:
        missing.append(PLAIN)
    elif settings.certificate is None:
        missing.append(NO_CERTIFICATE)
    else:
        certificate = OfficeCertificate(settings.certificate, settings.certificate_key)
        missing += [
            _name_without_certificate(name) for name in sorted(settings.names) if not certificate.covers(name)
        ]
    if not settings.names:
        missing.append(NO_NAME)
    if not has_tokens:
        missing.append(NO_TOKEN)
    if missing or certificate is None:
        reasons, remedies = zip(*missing, strict=True)
        raise NotProtected(settings.host, reasons, remedies)
    return certificate


def _name_without_certificate(name: str) -> tuple[str, str]:
    return f"the certificate is not for {name}", f"Have the certificate made for {name}."
