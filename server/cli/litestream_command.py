"""``clinicledger ledger litestream``: print the configuration of Litestream, or restore a ledger from its replica."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from server.backups.litestream import configuration, restore_replica
from server.cli import terminal
from server.cli.options import AsJson, LedgerFolder, exit_with_refusal, settings_of
from server.encryption.folder_encryption import FolderEncryption
from server.errors import BillingError, count_of


def litestream(
    to: Annotated[
        str,
        typer.Option("--to", help="Where the replica is: a folder on another disk, or s3://bucket/prefix."),
    ],
    restore: Annotated[
        bool, typer.Option("--restore", help="Restore all books from the replica instead, after a disk died.")
    ] = False,
    folder: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Print the configuration with which Litestream replicates the books of a ledger folder as they are written.

    With --restore it runs Litestream, which must be on the PATH. Books that are there are never replaced.
    """
    ledger = settings_of(folder).path.absolute()
    if FolderEncryption(ledger).note():
        message = "Litestream cannot read the files of an encrypted ledger. Have it copied every night: docs/backups.md."
        raise typer.BadParameter(message, param_hint="--ledger")
    replica = to if "://" in to else str(Path(to).absolute())
    if not restore:
        text = configuration(ledger, replica)
        typer.echo(orjson.dumps({"configuration": text}) if as_json else text, nl=as_json)
        return
    try:
        restored = restore_replica(ledger, replica)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps({"clinics": restored.clinics, "missing": restored.missing}))
        return
    typer.echo(f"Restored {count_of(len(restored.clinics), 'clinic')} into {ledger}.")
    for clinic_id in restored.missing:
        typer.echo(
            f"{clinic_id}: the replica has nothing of it, because it was opened a moment before. Open it again."
        )
    typer.echo("Copy the folder documents of the newest backup into it, then run: clinicledger ledger verify")
