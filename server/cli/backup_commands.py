"""``clinicledger ledger backup | restore | rehearse``: make a backup, restore one, and try out whether it can be restored."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from addin.desktop.refusals import Refusal
from server.backups.backup_run import BackupRun, make_backups_folder
from server.backups.backup_state import try_backup
from server.backups.rehearsal import Rehearsal, newest_copy, rehearse_restore
from server.backups.whole_restore import restore_ledger
from server.billing.money import dollars
from server.cli import terminal
from server.cli.options import (
    REFUSED,
    AsJson,
    LedgerFolder,
    exit_with_refusal,
    open_ledger,
    open_or_make_ledger,
    settings_of,
)
from server.cli.terminal_person import person_at_terminal
from server.errors import BillingError, count_of
from server.ledger.encryption_change import adopt_encryption
from server.ledger.store import FIRM_FILE, ClinicEntry
from server.operations.copies import restore_clinics
from server.operations.session import Session

console = Console()


def backup(
    to: Annotated[Path | None, typer.Option("--to", help="A new folder, or an empty one.")] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep",
            help="The folder of the backups: a new one is made in it and verified, old ones are removed.",
        ),
    ] = None,
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Copy the books and their documents while others keep working. The copy is a ledger folder.

    With --keep, exit 1 also if the copy is not good, because something in the ledger does not verify.
    """
    if (to is None) == (keep is None):
        message = "Give either --to or --keep."
        raise typer.BadParameter(message)
    try:
        told = _keep_backup(keep.absolute(), folder) if keep else _copy_to(to or Path(), folder)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({name: value for name, value in told.items() if name != "says"}))
    else:
        console.print(escape(told["says"]), highlight=False, soft_wrap=True)
    if told.get("fault"):
        raise typer.Exit(REFUSED)


def _copy_to(to: Path, folder: Path | None) -> dict[str, Any]:
    copied = open_ledger(folder).backup(to)
    says = f"Copied {count_of(len(copied), 'clinic')} to {to}"
    return {"folder": str(to), "clinics": [entry.id for entry in copied], "says": says}


def _keep_backup(keep: Path, folder: Path | None) -> dict[str, Any]:
    ledger = open_ledger(folder)
    make_backups_folder(keep)
    run = try_backup(ledger, keep, settings_of(folder).kept_backups)
    made = run.made
    return {
        "folder": str(made.folder),
        "clinics": sorted(made.clinics),
        "made_at": made.made_at.isoformat(timespec="seconds"),
        "fault": made.fault,
        "removed": run.removed,
        "says": _said_of(run),
    }


def _said_of(run: BackupRun) -> str:
    made, clinics = run.made, count_of(len(run.made.clinics), "clinic")
    if made.fault:
        return f"The backup {made.folder} is not good: {made.fault}. {clinics} in it verified. No good backup was removed."
    removed = f" Removed {count_of(run.removed, 'older backup')}." if run.removed else ""
    return f"Copied {clinics} to {made.folder} and verified the copy.{removed}"


def restore(
    source: Annotated[Path, typer.Option("--from", help="The folder of a backup or an export.")],
    clinic: Annotated[str | None, typer.Option(help="This clinic alone; default: every one in it.")] = None,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole", help="The users too, into a ledger folder that has no ledger: after a disk died."
        ),
    ] = False,
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Restore clinics of a copy into the ledger. They are verified first, and never replace existing books.

    If the ledger has users, a manager or an administrator has to be signed in (clinicledger sign-in). An encrypted copy needs
    its key (clinicledger ledger enter-key), and is restored into an encrypted ledger only; a new ledger is encrypted as the copy.
    """
    if whole and clinic:
        message = "Give either --whole or --clinic."
        raise typer.BadParameter(message)
    try:
        taken = _restore_whole(source, folder) if whole else _restore_clinics(source, clinic, folder)
    except (BillingError, Refusal) as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"clinics": [entry.id for entry in taken]}))
    else:
        names = ", ".join(f"{entry.name} ({entry.id})" for entry in taken)
        console.print(f"Restored {escape(names)}", highlight=False, soft_wrap=True)


def _restore_clinics(source: Path, clinic: str | None, folder: Path | None) -> list[ClinicEntry]:
    adopt_encryption(settings_of(folder).path, source)
    books_of = open_or_make_ledger(folder)
    return restore_clinics(Session(books_of, person_at_terminal(books_of)), source, clinic)


def _restore_whole(source: Path, folder: Path | None) -> list[ClinicEntry]:
    settings = settings_of(folder)
    return restore_ledger(source, settings.path, settings.storage)


def rehearse(
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A backup; default: the newest good one in the folder of the backups."),
    ] = None,
    backups: Annotated[
        Path | None,
        typer.Option("--backups", help="The folder of the backups; default CLINIC_LEDGER_BACKUPS."),
    ] = None,
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into a throw-away folder, verify every clinic, and compare it with the ledger of today.

    Exit 1 if anything differs. The ledger itself is only read.
    """
    try:
        ledger = open_ledger(folder)
        where = backups or ledger.backups
        if source is None and where is None:
            message = "Say which backup with --from, or where the backups are with --backups or CLINIC_LEDGER_BACKUPS."
            raise typer.BadParameter(message)
        with _end_by_signal():
            found = rehearse_restore(ledger, source or newest_copy(ledger, where or Path()))
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps(_json_of(found), option=orjson.OPT_INDENT_2))
    else:
        _print_rehearsal(found)
    if found.differences:
        raise typer.Exit(REFUSED)


@contextmanager
def _end_by_signal() -> Iterator[None]:
    """Have SIGTERM end the block as Ctrl-C does, so that what it made is removed."""

    def end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _json_of(found: Rehearsal) -> dict[str, Any]:
    return {
        "copy": str(found.copy),
        "whole": not found.differences,
        "clinics": [asdict(one) for one in found.clinics],
        "not_in_copy": found.not_in_copy,
        "firm_difference": found.firm_difference,
    }


def _print_rehearsal(found: Rehearsal) -> None:
    console.print(f"Restored {escape(str(found.copy))} to try it out.", highlight=False, soft_wrap=True)
    if found.firm_difference:
        console.print(
            f"[red]{FIRM_FILE}[/]: {escape(found.firm_difference)}", highlight=False, soft_wrap=True
        )
    for one in found.clinics:
        if one.difference or one.totals is None:
            console.print(f"[red]{one.clinic}[/]: {escape(one.difference)}", highlight=False, soft_wrap=True)
            continue
        totals = f"{count_of(one.totals.invoices, 'invoice')}, {count_of(one.totals.steps, 'step')}, {dollars(one.totals.receivable_cents)} receivable"
        console.print(
            f"[green]{one.clinic}[/]: whole, {totals}. The ledger has {count_of(one.newer_steps, 'newer step')}.",
            highlight=False,
            soft_wrap=True,
        )
    for clinic_id in found.not_in_copy:
        console.print(
            f"[yellow]{clinic_id}[/]: not in this backup, because it was opened later.",
            highlight=False,
            soft_wrap=True,
        )
