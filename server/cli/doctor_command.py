"""``clinicledger doctor``: what is well on this computer, what is not, and what to do."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from addin.desktop.install_plan import Computer
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from server.autostart.ledger_lock import running_service
from server.autostart.setup_record import SetupRecord, read_record
from server.certificates import Certificates
from server.cli import computer_checks
from server.cli.background_service import status_of
from server.cli.options import REFUSED, AsJson, LedgerFolder, complaints, settings_of
from server.doctor.remarks import Level, Remark, refusal_remark, without_names, worst
from server.doctor.service_checks import (
    LEDGER,
    PROGRAM,
    check_books,
    check_disk,
    check_installation,
    check_program,
    check_surroundings,
)
from server.errors import BillingError, NoLedger
from server.ledger.clock import utc_now
from server.ledger.store import Ledger
from server.settings import Settings

console = Console()

SIGNS = {
    Level.GOOD: "[green]good[/]     ",
    Level.ATTENTION: "[yellow]look[/]     ",
    Level.BAD: "[red]not good[/] ",
}


def doctor(
    service: Annotated[
        str | None,
        typer.Option(help="The service's address; default: the one that the add-in uses.", metavar="URL"),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Do not verify the books, which takes its time.")
    ] = False,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Look at everything that Clinic Ledger needs on this computer, and say what to do where something is missing.

    Exit 0: nothing is bad. Exit 1: something is. It repairs nothing, and shows nothing about a patient.
    """
    settings = settings_of(ledger)
    with complaints.status("Looking"):
        remarks = [without_names(one) for one in _examine(settings, service, is_quick=quick)]
    level = worst(remarks)
    if as_json:
        checks = [
            {"part": one.part, "level": one.level.value, "says": one.says, "remedy": one.remedy}
            for one in remarks
        ]
        shown = {"level": level.value, "checks": checks}
        typer.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2))
    else:
        width = max(len(one.part) for one in remarks)
        for one in remarks:
            _print_remark(one, width)
    if level is Level.BAD:
        raise typer.Exit(REFUSED)


def _examine(settings: Settings, url: str | None, *, is_quick: bool) -> Iterator[Remark]:
    computer = Computer.here(os.environ)
    folder = settings.path.absolute()
    running = running_service(folder)
    yield check_program()
    yield computer_checks.check_python()
    try:
        record = read_record(folder)
    except BillingError as refusal:
        record = SetupRecord()
        yield refusal_remark(computer_checks.LOG_ON, refusal, Level.ATTENTION)
    settings = _as_setup_has_them(settings, record)
    try:
        client = computer_checks.address_of(computer, url, running, record)
    except Refusal as refusal:
        yield Remark(computer_checks.SERVICE, Level.BAD, str(refusal), refusal.remedy)
        yield from _examine_ledger(settings, is_quick=is_quick)
        return
    with client:
        of_service = list(computer_checks.check_service(client, running))
        yield from of_service
        yield from computer_checks.check_add_in(computer)
        told = list(_of_service(client)) if of_service[0].level is Level.GOOD else []
        if not computer_checks.is_here(client):
            yield from (replace(one, part=f"{one.part} there") for one in told)
            return
        if record.command:
            yield computer_checks.check_log_on(starts_at_log_on=status_of(folder).starts_at_log_on)
        yield from computer_checks.check_trust(Certificates(settings.certificates), Path.home())
        # The service was started with settings of its own, such as where its backups are.
        yield from (one for one in told if one.part != PROGRAM)
        yield from _examine_ledger(settings, is_quick=is_quick, is_told=bool(told))


def _examine_ledger(settings: Settings, *, is_quick: bool, is_told: bool = False) -> Iterator[Remark]:
    """Yield how the ledger of this computer is, or only its books if its service has told the rest. None is made."""
    try:
        ledger = Ledger.open_existing(settings.path, settings.storage)
    except NoLedger:
        yield Remark(
            LEDGER,
            Level.ATTENTION,
            "There is no ledger on this computer yet.",
            "Run clinicledger setup, or give the folder with --ledger.",
        )
        yield check_disk(settings.path)
        return
    except BillingError as refusal:
        yield refusal_remark(LEDGER, refusal)
        if not is_told:
            yield from check_surroundings(settings, utc_now())
        return
    if not is_told:
        yield from (one for one in check_installation(ledger, settings) if one.part != PROGRAM)
    if not is_quick:
        yield check_books(ledger)


def _as_setup_has_them(settings: Settings, record: SetupRecord) -> Settings:
    """Return the settings with the folder of backups that setup gave the service, unless this terminal names one."""
    command = record.command
    if settings.backups or command is None or not command.backups:
        return settings
    return settings.model_copy(update={"backups": Path(command.backups)})


def _of_service(client: Service) -> Iterator[Remark]:
    """Yield what a service says about itself, if it lets this person ask."""
    try:
        for one in client.examine()["checks"]:
            yield Remark(one["part"], Level(one["level"]), one["says"], one["remedy"])
    except (Refusal, KeyError, TypeError, ValueError):
        return


def _print_remark(one: Remark, width: int) -> None:
    part = escape(one.part.ljust(width))
    says = f"{SIGNS[one.level]}[bold]{part}[/] {escape(one.says)}"
    console.print(says, highlight=False, soft_wrap=True)
    if one.remedy:
        console.print(f"{' ' * (10 + width)}{escape(one.remedy)}", highlight=False, soft_wrap=True)
