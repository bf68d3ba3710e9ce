"""``clinicledger serve``: runs the service, for this computer or for the office."""

import json
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from server.autostart.service_log import take_over_server_logs, write_log_to_file
from server.cli import terminal
from server.cli.options import REFUSED, AsJson, LedgerFolder, exit_with_refusal, settings_of
from server.cli.service import ready_service
from server.errors import BillingError, LedgerServed
from server.settings import Settings

console = Console()
log = logging.getLogger("clinicledger")

Host = Annotated[
    str,
    typer.Option(
        help="The address to listen on. One that other computers reach needs --name, --tls-cert and users.",
        envvar="CLINIC_LEDGER_HOST",
    ),
]
Port = Annotated[
    int, typer.Option(help="The port; 0 takes a free one.", envvar="CLINIC_LEDGER_PORT", min=0, max=65535)
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--name", help="A name that people on other computers type. Repeatable; default CLINIC_LEDGER_NAMES."
    ),
]
Proxies = Annotated[
    list[str] | None,
    typer.Option(
        "--proxy",
        help="The address of a reverse proxy that passes requests on. Repeatable; default CLINIC_LEDGER_PROXIES.",
    ),
]
CertificateFile = Annotated[
    Path | None,
    typer.Option(
        "--tls-cert", help="A certificate for these names, as PEM; default CLINIC_LEDGER_CERTIFICATE."
    ),
]
KeyFile = Annotated[
    Path | None, typer.Option("--tls-key", help="Its key; default CLINIC_LEDGER_CERTIFICATE_KEY.")
]
Backups = Annotated[
    Path | None,
    typer.Option(
        "--backups", help="The folder of the nightly backups, on another disk; default CLINIC_LEDGER_BACKUPS."
    ),
]
Background = Annotated[
    bool,
    typer.Option("--background", help="Write to service.log in the ledger folder instead of the terminal."),
]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8765,
    names: Names = None,
    certificate: CertificateFile = None,
    key: KeyFile = None,
    proxies: Proxies = None,
    ledger: LedgerFolder = None,
    plain: Annotated[bool, typer.Option("--http", help="Plain HTTP although a certificate exists.")] = False,
    show_code: Annotated[
        bool, typer.Option("--show-code", help="Print the pairing code into a log or a file too.")
    ] = False,
    backups: Backups = None,
    background: Background = False,
    as_json: AsJson = False,
) -> None:
    """Run the service the add-ins talk to, until Ctrl-C or SIGTERM."""
    typed = _typed_settings(names, proxies, certificate, key, backups)
    settings = settings_of(ledger, host=host, port=port, **typed)
    if background:
        run_in_background(settings, plain=plain)
        return
    try:
        service = ready_service(settings, plain=plain)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        told = {"url": service.url, "addresses": service.addresses, "ledger": str(settings.path)}
        typer.echo(json.dumps(told))
    else:
        terminal.show_service(console, service, show_code=show_code)
    with suppress(KeyboardInterrupt):  # uvicorn has stopped everything by now
        service.run()


def run_in_background(settings: Settings, *, plain: bool) -> None:
    """Run the service with its log in the ledger folder. If another one works with the ledger, there is nothing to do."""
    write_log_to_file(settings.path)
    try:
        service = ready_service(settings, plain=plain)
    except LedgerServed as refusal:
        log.info("not started: %s", refusal)
        return
    except BillingError as refusal:
        log.error("not started: %s %s", refusal, refusal.remedy)  # noqa: TRY400 - where it was raised helps nobody
        raise typer.Exit(REFUSED) from None
    take_over_server_logs()
    log.info("started at %s, process %s", service.url, os.getpid())
    service.run()
    log.info("stopped")


def _typed_settings(
    names: Sequence[str] | None,
    proxies: Sequence[str] | None,
    certificate: Path | None,
    key: Path | None,
    backups: Path | None,
) -> dict[str, Any]:
    """Return the settings that were typed. The environment decides about the others."""
    typed = {
        "names": ",".join(names or ()),
        "proxies": ",".join(proxies or ()),
        "certificate": certificate,
        "certificate_key": key,
        "backups": backups,
    }
    return {name: value for name, value in typed.items() if value}
