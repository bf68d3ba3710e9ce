"""A client of a service for one command: of the one at an address, or of one that runs only for the command."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from addin.desktop.service import Service
from server.cli.options import settings_of
from server.cli.service import temporary_service
from server.ledger.tokens import DESKTOP_TOKEN


@contextmanager
def service_client(
    service: str | None, ledger: Path | None, program_token: str | None = None
) -> Iterator[Service]:
    """Yield a client of the service at this address, or of a service that runs only for the click.

    It makes its requests as the program whose token is given, else as whoever is signed in.
    """
    settings = settings_of(ledger, workers=0)
    temporary = nullcontext(service) if service else temporary_service(settings)
    with temporary as address, Service(address, settings.path / DESKTOP_TOKEN, program_token) as client:
        yield client
