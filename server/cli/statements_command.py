"""``clinicledger statements``: the statement of each provider of a pay run, as a file of its own."""

import re
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from server.billing.people import LOCAL_PERSON
from server.cli import terminal
from server.cli.options import AsJson, LedgerFolder, exit_with_refusal, settings_of
from server.errors import BillingError, UnknownRun, count_of
from server.ledger.store import Ledger
from server.operations.pay_statements import export_statements
from server.operations.session import Session
from server.papers.statement_files import StatementFormat, statement_files
from server.private_files import make_private_folder, write_private_file

console = Console()

_RUN_ID = re.compile(
    r"(?P<clinic>[a-z0-9][a-z0-9-]*?)-\d{4}-\d{2}(-\d{2}-to-\d{4}-\d{2}-\d{2})?-r\d+", re.ASCII
)


def statements(
    run: Annotated[str, typer.Argument(help="The pay run, such as lakeside-2026-10-r1.")],
    folder: Annotated[
        Path, typer.Option("--dir", help="Where to put the files. A folder that is missing is made.")
    ],
    made_as: Annotated[
        StatementFormat, typer.Option("--format", help="PDF files, workbooks, or both.")
    ] = StatementFormat.BOTH,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Save what a pay run pays each provider, as a file of that provider only.

    A file of the same name is replaced: made again, it is the same statement as of now.
    """
    try:
        saved = _save_files(Ledger.open_existing(settings_of(ledger).path), run, folder, made_as)
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    except OSError as error:
        raise typer.BadParameter(f"{folder}: {error.strerror}", param_hint="--dir") from None
    if as_json:
        typer.echo(orjson.dumps({"run": run, "folder": str(folder), "files": saved}))
    else:
        what = count_of(len(saved), "file")
        console.print(f"Saved {what} to {escape(str(folder))}", highlight=False, soft_wrap=True)


def _save_files(ledger: Ledger, run: str, folder: Path, made_as: StatementFormat) -> list[str]:
    named = _RUN_ID.fullmatch(run)
    clinic = named["clinic"] if named else ""
    if clinic not in {entry.id for entry in ledger.clinics()}:
        raise UnknownRun(run)
    session = Session(ledger, LOCAL_PERSON, clinic)
    with session.transaction():
        stated = export_statements(session, run)
    make_private_folder(folder)
    saved = []
    for name, content in statement_files(stated, made_as, session.today):
        write_private_file(folder / name, content)
        saved.append(name)
    return saved
