"""``clinicledger service start | stop | status | logs``: the service without a window."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from addin.desktop.refusals import Refusal
from server.autostart.service_command import ServiceCommand, command_here
from server.autostart.service_log import LOG_FILE, last_lines
from server.autostart.setup_record import read_record
from server.cli import terminal
from server.cli.background_service import check_background, start_service, status_of, stop_service
from server.cli.options import AsJson, LedgerFolder, exit_with_refusal, settings_of
from server.cli.serve_command import Backups
from server.errors import BillingError
from server.settings import Settings

service = typer.Typer(no_args_is_help=True, help="Run the service in the background, without a window.")
console = Console()


@service.command()
def start(
    port: Annotated[
        int | None,
        typer.Option(
            help="The port; by default that of setup, else 8765.",
            envvar="CLINIC_LEDGER_PORT",
            min=1,
            max=65535,
        ),
    ] = None,
    backups: Backups = None,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Start the service, and wait until it answers. After setup, it starts by itself when you log on."""

    def work(settings: Settings) -> dict[str, Any]:
        folder = settings.path.absolute()
        by_setup = read_record(folder).command
        if by_setup:
            _refuse_other_options(by_setup, port, backups)
        usual = command_here(sys.platform, sys.executable, folder, settings.port, settings.backups)
        is_new = start_service(folder, by_setup or usual)
        return asdict(status_of(folder)) | {"did": "started" if is_new else "nothing"}

    chosen = {name: value for name, value in (("port", port), ("backups", backups)) if value}
    told = _do_for_ledger(work, ledger, as_json=as_json, **chosen)
    _print(told, as_json=as_json)


@service.command()
def stop(ledger: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Stop the service. What Excel has sent is answered first."""

    def work(settings: Settings) -> dict[str, Any]:
        folder = settings.path.absolute()
        was_there = stop_service(folder)
        return asdict(status_of(folder)) | {"did": "stopped" if was_there else "nothing"}

    _print(_do_for_ledger(work, ledger, as_json=as_json), as_json=as_json)


@service.command()
def status(ledger: LedgerFolder = None, as_json: AsJson = False) -> None:
    """Say whether the service runs and answers, and where."""
    _print(
        _do_for_ledger(lambda settings: asdict(status_of(settings.path.absolute())), ledger, as_json=as_json),
        as_json=as_json,
    )


@service.command()
def logs(
    lines: Annotated[int, typer.Option(help="How many lines, the latest last.", min=1)] = 50,
    ledger: LedgerFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show what the service wrote. No line holds what a sheet said."""

    def work(settings: Settings) -> dict[str, Any]:
        folder = settings.path.absolute()
        return {"log": str(folder / LOG_FILE), "lines": last_lines(folder, lines)}

    told = _do_for_ledger(work, ledger, as_json=as_json)
    if as_json:
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    elif told["lines"]:
        typer.echo("\n".join(told["lines"]))
    else:
        console.print(
            f"The service has written nothing to {escape(told['log'])}.", soft_wrap=True, highlight=False
        )


def _refuse_other_options(by_setup: ServiceCommand, port: int | None, backups: Path | None) -> None:
    """Raise BadParameter for options that differ from what setup chose: Excel and the next log-on would not know of them."""
    if port and port != by_setup.port:
        raise typer.BadParameter(
            f"Setup chose port {by_setup.port}. To change it, run: clinicledger setup --port {port}",
            param_hint="--port",
        )
    if backups and str(backups.absolute()) != by_setup.backups:
        raise typer.BadParameter(
            f'Setup chose {by_setup.backups or "no folder"}. To change it, run: clinicledger setup --backups "{backups}"',
            param_hint="--backups",
        )


def _do_for_ledger(
    work: Callable[[Settings], dict[str, Any]],
    ledger: Path | None,
    *,
    as_json: bool,
    **options: Any,  # noqa: ANN401 - the settings' own types
) -> dict[str, Any]:
    """Return what a command has to tell, or end it with the refusal."""
    settings = settings_of(ledger, **options)
    try:
        check_background(settings)
        return work(settings)
    except (BillingError, Refusal) as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None


DONE = {
    "started": "Started the service.",
    "stopped": "Stopped the service. What had come was answered.",
    "nothing": "There was nothing to do.",
}


def _print(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        return
    if did := told.get("did"):
        console.print(DONE[did])
    for sentence in _sentences(told):
        console.print(escape(sentence), soft_wrap=True, highlight=False)


def _sentences(told: dict[str, Any]) -> list[str]:
    """Return how the service is, in words."""
    if told["answers"]:
        how = f"It runs at {told['url']} (process {told['process']}) and answers."
    elif told["running"]:
        how = "It runs and does not answer yet. See what it wrote: clinicledger service logs"
    else:
        how = "It does not run. Start it with: clinicledger service start"
    log_on = (
        "It starts when you log on."
        if told["starts_at_log_on"]
        else "It does not start when you log on. To have it start then: clinicledger setup"
    )
    if told["setup_problem"]:
        log_on = f"Whether it starts when you log on is not known: {told['setup_problem']}"
    return [how, log_on, f"Ledger {told['ledger']}"]
