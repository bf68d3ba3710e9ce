"""``clinicledger register``: the payroll register of a pay run, as files for the program that pays people."""

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
from server.operations.pay_statements import export_register
from server.papers.register_files import AdpCodes, RegisterFormat, register_files


def register(
    run: RunToSave,
    folder: FolderToSaveIn,
    made_for: Annotated[
        RegisterFormat, typer.Option("--format", help="The program for which the files are made.")
    ] = RegisterFormat.CSV,
    company: Annotated[str, typer.Option(help="ADP: the company code.")] = "",
    batch: Annotated[str, typer.Option(help="ADP: the batch id.")] = "",
    earnings_code: Annotated[str, typer.Option(help="ADP: the code for the earnings.")] = "",
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Save the payroll register of a pay run: what each provider is handed over, W-2 and 1099 apart.

    A file of the same name is replaced.
    """
    with exit_if_refused(folder, as_json=as_json):
        session = session_of_run(ledger, run)
        with session.transaction():
            made = export_register(session, run)
            files = [*register_files(made, made_for, AdpCodes(company, batch, earnings_code))]
        saved = save_files(folder, files)
    say_saved(run, folder, saved, as_json=as_json)
