"""``clinicledger addin install | uninstall | manifest | xlam``: put the add-ins into Excel."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from addin.desktop.credentials import is_of_this_computer
from addin.desktop.install import install as put_in_place
from addin.desktop.install import preview
from addin.desktop.install import uninstall as take_away
from addin.desktop.install_plan import Computer, install_steps
from addin.desktop.install_settings import Settings
from addin.desktop.refusals import Refusal
from addin.desktop.xlam import FILE_NAME, build_xlam
from manifest.office import URL, office_manifest
from server.autostart.service_command import ServiceCommand, command_here
from server.cli import terminal
from server.cli.options import AsJson, LedgerFolder, exit_with_refusal, open_or_make_ledger, settings_of
from server.errors import BillingError
from server.ledger.tokens import DESKTOP_TOKEN
from server.ribbon.ribbon_table import ribbon
from server.settings import Settings as ServiceSettings

console = Console()


def install(
    url: Annotated[
        str | None, typer.Option(help="The service's address; default: this computer's.", metavar="URL")
    ] = None,
    office: Annotated[
        bool, typer.Option("--office", help="Sideload the Office add-in too, for development.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Put the ribbon into this computer's Excel. It appears the next time Excel starts."""
    of_service = settings_of(ledger)
    try:
        computer = Computer.here(os.environ)
        address = _valid_address(url)
        settings = addin_settings(of_service, address)
        is_alone = False
        plan = install_steps(computer, settings, manifest_for(address or URL) if office else None)
        if dry_run:
            _print_sentences(preview(plan), as_json=as_json)
            return
        if address is None or is_of_this_computer(address):  # elsewhere, its user signs in
            of_ledger = open_or_make_ledger(ledger)
            of_ledger.tokens.ensure_desktop()
            is_alone = not of_ledger.people.users.has_users()
        _print_sentences(put_in_place(computer, plan), as_json=as_json)
    except Refusal as refusal:
        raise exit_with_refusal(refusal.as_problem(), as_json=as_json) from None
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if not as_json:
        console.print("Start Excel again: the tab Clinic Ledger is in the ribbon.")
        if is_alone:
            console.print(terminal.NOBODY_SIGNS_IN, soft_wrap=True)


def addin_settings(
    of_service: ServiceSettings, url: str | None, command: ServiceCommand | None = None
) -> Settings:
    """Return where the add-in finds its service and token, and how it starts a service of this computer.

    ``url`` is ``None`` for the usual address. ``command`` is what setup starts at log-on.
    """
    folder = of_service.path.absolute()
    is_own = url is None or is_of_this_computer(url)
    port = (urlsplit(url).port if url else None) or of_service.port
    usual = command_here(sys.platform, sys.executable, folder, port, of_service.backups)
    start = tuple((command or usual).words()) if is_own and not of_service.database else ()
    return Settings(url, folder / DESKTOP_TOKEN, start)


def uninstall(as_json: AsJson = False) -> None:
    """Remove what install added, and nothing else. The ledger and its token stay."""
    try:
        _print_sentences(take_away(Computer.here(os.environ)), as_json=as_json)
    except Refusal as refusal:
        raise exit_with_refusal(refusal.as_problem(), as_json=as_json) from None


def manifest(
    url: Annotated[str, typer.Option(help="Where the service is, for everybody.", metavar="URL")] = URL,
    out: Annotated[Path | None, typer.Option(help="Write it to this file instead of printing it.")] = None,
) -> None:
    """Print the manifest of the Office add-in, for the Microsoft 365 admin center or for sideloading."""
    document = manifest_for(_valid_address(url) or URL)
    if out is None:
        typer.echo(document, nl=False)
    else:
        _write_file(out, document.encode())


def xlam(
    out: Annotated[Path, typer.Option(help="Where to write the add-in.")] = Path(FILE_NAME),
) -> None:
    """Build the desktop add-in as a file. It is the same for every computer."""
    _write_file(out, build_xlam())


def manifest_for(address: str) -> str:
    """Return the manifest for an address; raises BadParameter if Office does not take it."""
    if not address.startswith("https://"):
        raise typer.BadParameter("Office takes addresses with https:// only.", param_hint="--url")
    return office_manifest(ribbon(), address)


def _valid_address(url: str | None) -> str | None:
    """Return an address without its final slash; raises BadParameter if it is not an address."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        plain = (
            parts.port != 0 and parts.username is None and (parts.path, parts.query) in {("", ""), ("/", "")}
        )
    except ValueError:
        plain = False
    if not plain or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise typer.BadParameter(f"“{url}” is not an address such as {URL}.", param_hint="--url")
    return f"{parts.scheme}://{parts.netloc}"


def _print_sentences(sentences: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        typer.echo(orjson.dumps({"steps": list(sentences)}, option=orjson.OPT_INDENT_2))
        return
    for sentence in sentences:
        console.print(escape(sentence), highlight=False, soft_wrap=True)


def _write_file(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as problem:
        raise typer.BadParameter(
            f"{path} cannot be written: {problem.strerror}.", param_hint="--out"
        ) from None
    console.print(f"Wrote {escape(str(path))}", highlight=False, soft_wrap=True)
