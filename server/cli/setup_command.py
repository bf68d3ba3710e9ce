"""``clinicledger setup``: everything that a biller's computer needs, with one command; ``setup --undo`` takes it away."""

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from platformdirs import user_documents_path
from rich.console import Console
from rich.markup import escape

from addin.desktop.install_plan import Computer
from server.autostart.logon_entry import LogonUser
from server.autostart.service_command import ServiceCommand, command_here
from server.autostart.setup_record import only_setup, read_record, user_here
from server.cli import terminal
from server.cli.background_service import check_background
from server.cli.options import NO_HOME, REFUSED, AsJson, LedgerFolder, exit_with_refusal, settings_of
from server.cli.setup_outcomes import Outcome, State
from server.cli.setup_steps import USUAL_PORT, Setup
from server.cli.setup_undo import Undo
from server.errors import BillingError, SetupWithSudo
from server.ledger.pairing_codes import MINUTES
from server.settings import Settings

console = Console()

BACKUPS_NAME = "Clinic Ledger Backups"


Backups = Annotated[
    Path | None,
    typer.Option(help="The folder of the nightly copies; default: Clinic Ledger Backups in your documents."),
]
Port = Annotated[
    int | None,
    typer.Option(
        help="The port of the service; default 8765.", envvar="CLINIC_LEDGER_PORT", min=1, max=65535
    ),
]


def setup(
    undo: Annotated[
        bool, typer.Option("--undo", help="Take away what setup made. The books and their copies stay.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    backups: Backups = None,
    port: Port = None,
    office: Annotated[
        bool, typer.Option("--office", help="Sideload the Office add-in too, for development.")
    ] = False,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Do not open the sample workbook in Excel.")
    ] = False,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Set up Clinic Ledger on this computer, for you alone. It needs no administrator. Run it again to go on or to change it."""
    settings = settings_of(ledger)
    try:
        check_background(settings)
        _check_person(os.environ)
        computer, user = Computer.here(os.environ), user_here(os.environ)
        is_writing = not dry_run and (not undo or settings.path.exists())
        with only_setup(settings.path.absolute()) if is_writing else nullcontext():
            if undo:
                outcomes = _undo(settings, computer, user, is_dry_run=dry_run, as_json=as_json)
            else:
                work = Setup(
                    settings,
                    _command(settings, port, backups),
                    computer,
                    user,
                    user_documents_path(),
                    with_office=office,
                    opens_sample=not no_open,
                    is_dry_run=dry_run,
                )
                outcomes = _tell_each(work.run(), as_json=as_json)
                _tell_end(work, outcomes, as_json=as_json)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if any(one.state is State.FAILED for one in outcomes):
        raise typer.Exit(REFUSED)


def _check_person(environment: Mapping[str, str]) -> None:
    """Raise SetupWithSudo for a command that an administrator gives for somebody else, BadParameter for one without a home."""
    person = environment.get("SUDO_USER")
    if person and person != "root":
        raise SetupWithSudo(person)
    try:
        Path.home()
    except RuntimeError:
        raise typer.BadParameter(NO_HOME) from None


def _undo(
    settings: Settings, computer: Computer, user: LogonUser, *, is_dry_run: bool, as_json: bool
) -> list[Outcome]:
    outcomes = _tell_each(Undo(settings, computer, user, is_dry_run=is_dry_run).run(), as_json=as_json)
    _tell_end_of_undo(settings, outcomes, as_json=as_json)
    return outcomes


def _command(settings: Settings, port: int | None, backups: Path | None) -> ServiceCommand:
    """Return how the service is started: as typed, else as setup had it before, else as usual."""
    before = read_record(settings.path.absolute()).command
    usual = Path(before.backups) if before and before.backups else user_documents_path() / BACKUPS_NAME
    chosen_port = port or (before.port if before else USUAL_PORT)
    copies = backups or settings.backups or usual
    return command_here(sys.platform, sys.executable, settings.path, chosen_port, copies)


def _tell_each(outcomes: Iterable[Outcome], *, as_json: bool) -> list[Outcome]:
    """Return the outcomes, each told when its step is done."""
    seen = []
    for outcome in outcomes:
        seen.append(outcome)
        for line in () if as_json else outcome.lines():
            console.print(escape(line), highlight=False, soft_wrap=True)
    return seen


def _tell_end(work: Setup, outcomes: list[Outcome], *, as_json: bool) -> None:
    if as_json:
        _print_json(outcomes, ledger=str(work.folder), sample=str(work.sample), code=work.code)
        return
    if work.is_dry_run:
        return
    if work.code and terminal.is_read_by_a_person(console):
        terminal.show_pairing_code(console, work.code, MINUTES)
    elif work.code:
        console.print("A task pane is paired with a code from: clinicledger addin code")
    if any(one.state is State.FAILED for one in outcomes):
        console.print(
            "Some of it is not done. Put that right, and run clinicledger setup again.", soft_wrap=True
        )
    else:
        console.print(
            "Clinic Ledger is set up. Start Excel, and look for the tab Clinic Ledger.", soft_wrap=True
        )


def _tell_end_of_undo(settings: Settings, outcomes: list[Outcome], *, as_json: bool) -> None:
    folder = settings.path.absolute()
    if as_json:
        _print_json(outcomes, ledger=str(folder), sample=None, code=None)
    elif not outcomes:
        console.print(
            f"Nothing to take away: clinicledger setup has made nothing for {escape(str(folder))}.",
            soft_wrap=True,
        )
    else:
        console.print(
            f"The books stay in {escape(str(folder))}, and their copies where they are.", soft_wrap=True
        )


def _print_json(outcomes: list[Outcome], **more: Any) -> None:  # noqa: ANN401 - what JSON can hold
    steps = [asdict(one) for one in outcomes]
    typer.echo(orjson.dumps({"steps": steps} | more, option=orjson.OPT_INDENT_2))
