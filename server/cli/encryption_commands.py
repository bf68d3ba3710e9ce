"""``clinicledger ledger encrypt``, ``decrypt``, ``rekey``, ``recovery-text`` and ``enter-key``: the ledger encrypted at rest."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from server.autostart.ledger_lock import LedgerLock
from server.billing.money import dollars
from server.cli import terminal
from server.cli.options import AsJson, LedgerFolder, exit_with_refusal, settings_of, tell_step
from server.encryption.folder_encryption import FolderEncryption
from server.encryption.key_places import store_key
from server.encryption.recovery_text import read_recovery_text
from server.errors import BillingError, NoLedger, count_of
from server.ledger.encryption_change import Changed, Tell, decrypt_ledger, encrypt_ledger, rekey_ledger
from server.ledger.ledger_keys import show_recovery_text, write_note_again
from server.ledger.store import FIRM_FILE
from server.settings import Settings
from server.storage import Storage

console = Console()

OLD_BLOCKS = (
    "The plain files are gone from the folder. The disk may hold their old blocks until it writes over them, and copies that"
    " were made before are plain, too: destroy them, or keep them as safe as before."
)
KEEP_TEXT = (
    "Print this recovery text, and keep it where neither this computer nor the backups are. Without it and without this"
    " computer's key, nobody can read the ledger or its copies:"
)
SHOW_TEXT = (
    "Print the recovery text now with clinicledger ledger recovery-text, and keep it where neither this computer nor the"
    " backups are. Without it and without this computer's key, nobody can read the ledger or its copies."
)


def encrypt(folder: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Encrypt the ledger's files: books, documents and finished workbooks. Copies that are made later are encrypted, too.

    Stop the services of the ledger first. Each file is verified before the plain one is removed. If the command is ended in
    the middle, the ledger opens all the same, and the command goes on when it is given again. On a terminal it shows the
    recovery text at the end, which a restore on another computer needs.
    """
    settings, changed = _run(encrypt_ledger, folder, as_json=as_json)
    if as_json:
        return
    _print_changed(changed, f"Encrypted with the key {changed.key_id[:8]}")
    if settings.database:
        console.print(
            "The books are in a PostgreSQL database, whose files are encrypted by its server or its disk.",
            soft_wrap=True,
        )
    else:
        console.print(OLD_BLOCKS, soft_wrap=True)
    _print_recovery_text(settings)


def rekey(folder: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Encrypt the ledger's files with a new key. Copies that were made before still need the former one, which is kept.

    Stop the services of the ledger first. It can be ended in the middle and given again, as encrypt can.
    """
    settings, changed = _run(rekey_ledger, folder, as_json=as_json)
    if as_json:
        return
    _print_changed(changed, f"Encrypted with the new key {changed.key_id[:8]}")
    _print_recovery_text(settings)


def decrypt(folder: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Decrypt the ledger's files. The key is kept: copies that were made before need it.

    Stop the services of the ledger first. It can be ended in the middle and given again, as encrypt can.
    """
    _, changed = _run(decrypt_ledger, folder, as_json=as_json)
    if not as_json:
        _print_changed(changed, "Decrypted")


def recovery_text(folder: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Show the recovery text of an encrypted ledger, to print it. It is recorded that it was shown.

    Whoever has the text can read the ledger and its copies.
    """
    settings = settings_of(folder)
    try:
        text = show_recovery_text(settings.path, settings.storage)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    typer.echo(orjson.dumps({"recovery_text": text}) if as_json else text)


def enter_key(folder: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Keep the key of a ledger on this computer: type its recovery text, or send it to the standard input.

    A restore of an encrypted copy on another computer needs it, as the user who restores and who runs the service. If the
    ledger or the copy has lost encryption.json, which says with which key it is encrypted, that is written again.
    """
    try:
        typed = typer.prompt("Recovery text", hide_input=True) if sys.stdin.isatty() else sys.stdin.read(1000)
        key = read_recovery_text(typed)
        where = store_key(key)
        is_found_again = write_note_again(settings_of(folder).path, key)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"key": key.id, "kept_in": where, "wrote_note": is_found_again}))
    else:
        console.print(
            f"The key {key.id[:8]} is in {escape(where)} now.",
            highlight=False,
            soft_wrap=True,
        )
        if is_found_again:
            console.print("It is the key of this ledger, and encryption.json says so again.", soft_wrap=True)


def add_commands(to: typer.Typer) -> None:
    """Add the commands of this module to ``clinicledger ledger``."""
    for command in (encrypt, decrypt, rekey):
        to.command()(command)
    to.command(name="recovery-text")(recovery_text)
    to.command(name="enter-key")(enter_key)


def _run(
    change: Callable[[Path, Storage, Tell], Changed], folder: Path | None, *, as_json: bool
) -> tuple[Settings, Changed]:
    """Change the encryption of the ledger that the options name; print what was done as JSON if asked."""
    settings = settings_of(folder)
    try:
        if not settings.database and not (settings.path / FIRM_FILE).exists():
            raise NoLedger(str(settings.path))
        with _service_kept_out(settings.path):
            changed = change(settings.path, settings.storage, tell_step)
    except BillingError as refusal:
        if not as_json:
            _tell_unfinished(settings.path)
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps(_json_of(changed), option=orjson.OPT_INDENT_2))
    return settings, changed


@contextmanager
def _service_kept_out(folder: Path) -> Iterator[None]:
    """Keep services of a ledger folder from starting meanwhile. Raises LedgerServed if one works with it."""
    lock = LedgerLock.take(folder)
    try:
        yield
    finally:
        lock.release()


def _tell_unfinished(folder: Path) -> None:
    """Say how a ledger stands whose change was refused in the middle."""
    with suppress(BillingError):
        if unfinished := FolderEncryption(folder).unfinished_change():
            console.print(unfinished, highlight=False, soft_wrap=True)


def _print_changed(changed: Changed, what: str) -> None:
    for entry, content in changed.clinics:
        totals = content.totals
        console.print(
            f"[green]{escape(entry.name)}[/]: {totals.invoices:,} invoices, {totals.steps:,} steps and a journal of"
            f" {totals.entries:,} entries are whole; {dollars(totals.receivable_cents)} receivable.",
            highlight=False,
            soft_wrap=True,
        )
    console.print(
        f"{what}. Written again: {count_of(changed.files, 'file')} of the books, and of documents and finished workbooks"
        f" {changed.objects:,}.",
        highlight=False,
        soft_wrap=True,
    )
    if changed.kept_in:
        console.print(f"The key is in {escape(changed.kept_in)}.", highlight=False, soft_wrap=True)
    for name in changed.leftovers:
        console.print(
            f"[yellow]{escape(name)} in the ledger folder stays as it was:[/] it is left from a move to a database, or from a"
            " command that was ended. Give that command again, or remove it.",
            highlight=False,
            soft_wrap=True,
        )


def _print_recovery_text(settings: Settings) -> None:
    """Print the recovery text on a terminal; into a file or a log, say how to get it."""
    if not terminal.is_read_by_a_person(console):
        console.print(SHOW_TEXT, highlight=False, soft_wrap=True)
        return
    console.print(KEEP_TEXT, highlight=False, soft_wrap=True)
    typer.echo(f"\n    {show_recovery_text(settings.path, settings.storage)}\n")


def _json_of(changed: Changed) -> dict[str, object]:
    return {
        "key": changed.key_id,
        "kept_in": changed.kept_in,
        "files": changed.files,
        "objects": changed.objects,
        "left_by_others": changed.leftovers,
        "clinics": [
            {
                "clinic": entry.id,
                "name": entry.name,
                "invoices": content.totals.invoices,
                "steps": content.totals.steps,
                "receivable_cents": content.totals.receivable_cents,
                "entries": content.totals.entries,
                "head": content.totals.head,
                "rows": sum(content.rows.values()),
            }
            for entry, content in changed.clinics
        ],
    }
