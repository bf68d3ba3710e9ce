"""``clinicledger addin install | uninstall | manifest | xlam``: getting the add-ins into Excel."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from addin.desktop.install import install as put_in_place
from addin.desktop.install import preview
from addin.desktop.install import uninstall as take_away
from addin.desktop.install_plan import Computer, install_steps
from addin.desktop.install_settings import Settings
from addin.desktop.refusals import Refusal
from addin.desktop.xlam import FILE_NAME, build_xlam
from manifest.office import URL, office_manifest
from server.cli import terminal
from server.cli.options import AsJson, LedgerFolder, refused, settings_of
from server.errors import BillingError
from server.ledger.store import Ledger
from server.ledger.tokens import DESKTOP_TOKEN
from server.ribbon.ribbon_table import ribbon

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
    """Put the ribbon into this computer's Excel. It appears when Excel starts the next time."""
    folder = settings_of(ledger).path.absolute()
    try:
        computer = Computer.here(os.environ)
        told = Settings(_address(url), folder / DESKTOP_TOKEN)
        plan = install_steps(computer, told, office_manifest(ribbon()) if office else None)
        if dry_run:
            _say(preview(plan), as_json=as_json)
            return
        Ledger(folder).tokens.ensure_desktop()
        _say(put_in_place(computer, plan), as_json=as_json)
    except Refusal as refusal:
        raise refused(refusal.as_problem(), as_json=as_json) from None
    except BillingError as refusal:
        raise refused(terminal.problem_of(refusal), as_json=as_json) from None
    if not as_json:
        console.print("Start Excel again: the tab Clinic Ledger is in the ribbon.")


def uninstall(as_json: AsJson = False) -> None:
    """Take away exactly what install put there. The ledger and its token stay."""
    try:
        _say(take_away(Computer.here(os.environ)), as_json=as_json)
    except Refusal as refusal:
        raise refused(refusal.as_problem(), as_json=as_json) from None


def manifest(
    url: Annotated[str, typer.Option(help="Where the service is, for everybody.", metavar="URL")] = URL,
    out: Annotated[Path | None, typer.Option(help="Write it to this file instead of printing it.")] = None,
) -> None:
    """Print the manifest of the Office add-in, for the Microsoft 365 admin centre or for sideloading."""
    address = _address(url)
    if not address or not address.startswith("https://"):
        raise typer.BadParameter("Office takes addresses with https:// only.", param_hint="--url")
    document = office_manifest(ribbon(), address)
    if out is None:
        typer.echo(document, nl=False)
    else:
        _write(out, document.encode())


def xlam(
    out: Annotated[Path, typer.Option(help="Where to write the add-in.")] = Path(FILE_NAME),
) -> None:
    """Build the desktop add-in as a file. It is the same for every computer."""
    _write(out, build_xlam())


def _address(url: str | None) -> str | None:
    """Return an address without a slash at its end; ends the command where it is none."""
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


def _say(sentences: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        typer.echo(orjson.dumps({"steps": list(sentences)}, option=orjson.OPT_INDENT_2))
        return
    for sentence in sentences:
        console.print(escape(sentence), highlight=False, soft_wrap=True)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as problem:
        raise typer.BadParameter(
            f"{path} cannot be written: {problem.strerror}.", param_hint="--out"
        ) from None
    console.print(f"Wrote {escape(str(path))}", highlight=False, soft_wrap=True)
