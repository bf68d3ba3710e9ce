"""``clinicledger statements``: the statement of each provider of a pay run, as a file of its own."""

from typing import Annotated

import typer

from server.cli.options import AsJson, LedgerFolder
from server.cli.run_files import (
    FolderToSaveIn,
    RunToSave,
    exit_if_refused,
    save_files,
    say_saved,
    session_of_run,
)
from server.operations.pay_statements import export_statements
from server.papers.statement_files import StatementFormat, statement_files


def statements(
    run: RunToSave,
    folder: FolderToSaveIn,
    made_as: Annotated[
        StatementFormat, typer.Option("--format", help="PDF files, workbooks, or both.")
    ] = StatementFormat.BOTH,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Save what a pay run pays each provider, as a file of that provider only.

    A file of the same name is replaced: made again, it is the same statement as of now.
    """
    with exit_if_refused(folder, as_json=as_json):
        session = session_of_run(ledger, run)
        with session.transaction():
            stated = export_statements(session, run)
        saved = save_files(folder, statement_files(stated, made_as, session.today))
    say_saved(run, folder, saved, as_json=as_json)
