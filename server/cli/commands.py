"""The commands of ``clinicledger`` (docs/contracts.md#command-line). Exit 0 done, 1 refused, 2 bad usage."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from addin.desktop import credentials
from addin.desktop.limited_process import LimitedProcess
from addin.desktop.press import PressResult
from addin.desktop.refusals import Refusal
from server.cli import terminal
from server.cli.addin_commands import addin
from server.cli.demo import make_demo
from server.cli.doctor_command import doctor
from server.cli.ledger_commands import ledger
from server.cli.next_commands import Places, next_commands
from server.cli.options import (
    REFUSED,
    AsJson,
    LedgerFolder,
    complaints,
    exit_with_refusal,
    tell_step,
)
from server.cli.press_arguments import check_names, inputs_in, rows_in
from server.cli.register_command import register
from server.cli.reminders_commands import reminders
from server.cli.serve_command import serve
from server.cli.service_client import service_client
from server.cli.service_commands import service
from server.cli.setup_command import setup
from server.cli.sign_in_command import sign_in, sign_out
from server.cli.statements_command import statements
from server.cli.try_command import try_it
from server.cli.user_commands import user
from server.errors import BillingError
from server.installation import program_version

OfClinic = Annotated[
    str | None,
    typer.Option(help="The clinic of a workbook that has none yet; once saved, it is this clinic's."),
]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console()
app.add_typer(addin, name="addin")
app.add_typer(ledger, name="ledger")
app.add_typer(user, name="user")
app.add_typer(reminders, name="reminders")
app.add_typer(service, name="service")
app.command()(serve)
app.command()(setup)
app.command(name="try")(try_it)
app.command()(doctor)
app.command()(statements)
app.command()(register)
app.command(name="sign-in")(sign_in)
app.command(name="sign-out")(sign_out)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"Clinic Ledger {program_version()}")
        raise typer.Exit


@app.callback()
def clinicledger(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Payroll and invoice bookkeeping for clinics, driven from the Excel sheet in front of you."""


@app.command(name="press")
def press_button(
    button: Annotated[str, typer.Argument(help="The button's id, such as payroll.generate.")],
    workbook: Annotated[Path, typer.Argument(help="The workbook: .xlsx, .xlsm, .xls or .csv.")],
    clinic: OfClinic = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet to put in front first.")] = None,
    rows: Annotated[str | None, typer.Option(help="The rows to select on that sheet, such as 5,7-9.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="An input of the button; @FILE sends a file. Repeatable."
        ),
    ] = None,
    save_as: Annotated[Path | None, typer.Option(help="Save the result here instead of in place.")] = None,
    service: Annotated[
        str | None, typer.Option(help="The service's address; default: one for this click.")
    ] = None,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Press one ribbon button on a workbook file, without Excel.

    Exit 0: done, also with findings to look at, or as a draft.
    Exit 1: refused, or blocked before anything was recorded or written.
    Exit 2: bad usage.
    """
    inputs, selected = inputs_in(settings or []), None if rows is None else rows_in(rows)
    places = {"--clinic": clinic, "--service": service, "--ledger": ledger}
    try:
        with (
            complaints.status(f"{button}: {escape(workbook.name)}"),  # shown only on a terminal
            LimitedProcess() as process,
            service_client(service, ledger, credentials.token_of_program()) as client,
        ):
            check_names(inputs, button, client)
            result = process.press(
                button,
                workbook,
                service=client,
                clinic=clinic,
                sheet=sheet,
                rows=selected,
                inputs=inputs,
                save_as=save_as,
            )
    except (Refusal, BillingError) as refusal:
        raise _exit_with_offers(refusal, workbook, places, as_json=as_json) from None
    _print_result(result, result.saved_to or workbook, places, as_json=as_json)
    if result.reply["level"] == "blocked" and not result.reply["output"]:
        raise typer.Exit(REFUSED)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where to put the demo.")] = Path("demo"),
    as_json: AsJson = False,
) -> None:
    """Run months of two invented clinics through the buttons, and leave the workbooks to look at."""
    try:
        result = make_demo(folder, tell_step)
    except Refusal as refusal:
        raise exit_with_refusal(refusal.as_problem(), as_json=as_json) from None
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps(result.as_json(), option=orjson.OPT_INDENT_2))
    else:
        terminal.show_demo(console, result)


def _print_result(result: PressResult, workbook: Path, places: Places, *, as_json: bool) -> None:
    if as_json:
        paths = {"saved_to": _path_text(result.saved_to), "file_saved_as": _path_text(result.file)}
        result_fields = result.reply | paths
        typer.echo(orjson.dumps(result_fields, option=orjson.OPT_INDENT_2))
    else:
        terminal.show_reply(console, result)
        terminal.show_next(console, next_commands(result.reply, workbook, places))


def _exit_with_offers(
    refusal: Refusal | BillingError, workbook: Path, places: Places, *, as_json: bool
) -> typer.Exit:
    """Show a refusal and the commands that it leads to, and return the exit that ends the command."""
    problem = terminal.problem_of(refusal)
    ended = exit_with_refusal(problem, as_json=as_json)
    if not as_json:
        terminal.show_next(complaints, next_commands(problem, workbook, places))
    return ended


def _path_text(path: Path | None) -> str | None:
    return None if path is None else str(path)
