"""What must be there before other computers may reach the service: a certificate, its names, and people who sign in."""

from server.api.guard import is_loopback
from server.errors import NotProtected
from server.office_certificate import OfficeCertificate
from server.settings import Settings

NO_CERTIFICATE = (
    "no certificate is named",
    "Name a PEM file with --tls-cert (CLINIC_LEDGER_CERTIFICATE) that your organization's authority made for the service's name.",
)
PLAIN = ("--http sends everything readable", "Leave out --http.")
NO_NAME = (
    "no name of the service is given",
    "Give the name that they type, such as ledger.clinic.example, with --name (CLINIC_LEDGER_NAMES).",
)
NO_PROXY = (
    "no proxy is named that passes their requests on",
    "Name the address of the proxy with --proxy (CLINIC_LEDGER_PROXIES), or where to listen with --host.",
)
NO_USERS = (
    "the ledger has no users, so nobody has to sign in",
    "Add an administrator on this computer: clinicledger user add.",
)

Missing = tuple[str, str]
"""What is missing, and what to do about it."""


def is_for_others(settings: Settings) -> bool:
    """Return whether people on other computers are to use the service, directly or through a proxy on this computer."""
    return not is_loopback(settings.host) or bool(settings.names or settings.proxies)


def certificate_for_others(settings: Settings, *, plain: bool, has_users: bool) -> OfficeCertificate | None:
    """Return the certificate to show to other computers, ``None`` if a proxy on this computer shows one.

    Raises NotProtected with everything that is missing, and CertificateUnusable.
    """
    certificate, missing = _certificate_of(settings, plain=plain)
    if is_loopback(settings.host) and not settings.proxies:
        missing.append(NO_PROXY)
    if not settings.names:
        missing.append(NO_NAME)
    if not has_users:
        missing.append(NO_USERS)
    if missing:
        place = "through a proxy" if is_loopback(settings.host) else f"at {settings.host}"
        reasons, remedies = zip(*missing, strict=True)
        raise NotProtected(place, reasons, remedies)
    return certificate


def _certificate_of(settings: Settings, *, plain: bool) -> tuple[OfficeCertificate | None, list[Missing]]:
    """Return the certificate, and what is missing of it. From a proxy on this computer, nothing leaves it readable."""
    if is_loopback(settings.host) and (plain or settings.certificate is None):
        return None, []
    if plain:
        return None, [PLAIN]
    if settings.certificate is None:
        return None, [NO_CERTIFICATE]
    certificate = OfficeCertificate(settings.certificate, settings.certificate_key)
    names = [name for name in sorted(settings.names) if not certificate.covers(name)]
    return certificate, [_name_without_certificate(name) for name in names]


def _name_without_certificate(name: str) -> Missing:
    return f"the certificate is not for {name}", f"Have the certificate made for {name}."
