"""``clinicledger try``: the product in a browser, with nothing to install and nothing kept.

It runs a simulated Excel with a sample workbook, and its own service on a temporary ledger with both sample
clinics. Ctrl-C ends it and deletes everything that it made.
"""

import json
import signal
import webbrowser
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from addin.desktop.limited_process import LimitedProcess
from addin.desktop.press import press
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from server.api.simulator_pages import ADDRESS, show_excel
from server.app import create_app
from server.cli import terminal
from server.cli.demo_clock import DemoClock
from server.cli.demo_invoices import billing_of, first_day
from server.cli.options import AsJson, exit_with_refusal, settings_of, tell_step
from server.cli.service import http_config, open_listener, temporary_service
from server.demo.sample_logs import Sample, samples
from server.demo.sample_prices import ATTESTATION
from server.errors import BillingError
from server.settings import Settings
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.sample_log_workbook import write_sample_log

AS_EXCEL_OPENS = {".xlsx", ".xlsm"}

console = Console()


def try_it(
    workbook: Annotated[
        Path | None,
        typer.Argument(
            exists=True, dir_okay=False, help="A workbook to open; default: a sample clinic's log."
        ),
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """Try every button in a simulated Excel in the browser, on a ledger that is thrown away."""
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # otherwise a plain kill would leave the ledger behind
    try:
        with TemporaryDirectory(prefix="clinic-ledger-try-") as folder, suppress(KeyboardInterrupt):
            _run_simulator(Path(folder), workbook, no_open=no_open, as_json=as_json)
    except Refusal as refusal:
        raise exit_with_refusal(refusal.as_problem(), as_json=as_json) from None
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None


def _run_simulator(folder: Path, workbook: Path | None, *, no_open: bool, as_json: bool) -> None:
    settings = settings_of(folder / "ledger", objects="").of_this_computer()
    shown = fill_ledger(settings, folder, workbook, with_invoices=True)
    app = create_app(settings)
    show_excel(app, settings, shown)
    with open_listener("127.0.0.1", 0) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}{ADDRESS}"
        _print_address(address, shown, is_opened=not no_open, as_json=as_json)
        if not no_open:
            webbrowser.open(address)
        uvicorn.Server(http_config(app, settings)).run(sockets=[listener])


def fill_ledger(
    settings: Settings, folder: Path, workbook: Path | None, *, with_invoices: bool = False
) -> Path:
    """Save both sample clinics to the ledger; return the workbook to open.

    Without ``workbook``, that is a sample log bound to its clinic. A file that Excel would convert is converted.
    ``with_invoices`` records invoices of all ages and states for the clinic of that log, too.
    """
    clock = DemoClock()
    today = clock.today()
    both = samples(_month_before(today.replace(day=1)))
    with (
        temporary_service(settings.model_copy(update={"workers": 0}), clock) as address,
        Service(address) as service,
    ):
        save = partial(_save_setups, both, folder, service)
        if with_invoices:
            billed = billing_of(both[0], folder / "invoices.xlsx", service, today, tell_step)
            clock.do_in_order([(first_day(today), save), *billed])
        else:
            save(today)
        if workbook is None:
            return _bound_log(both[0], folder, service)
    return workbook if workbook.suffix.lower() in AS_EXCEL_OPENS else _convert_workbook(workbook, folder)


def _save_setups(both: Iterable[Sample], folder: Path, service: Service, _: date) -> None:
    for sample in both:
        tell_step(f"{sample.setup.clinic.name}: saving the setup")
        setup = folder / f"{sample.setup.clinic.id}.xlsx"
        setup.write_bytes(write_setup(sample.setup))
        press("clinic.save", setup, service=service, inputs=ATTESTATION)


def _bound_log(sample: Sample, folder: Path, service: Service) -> Path:
    clinic = sample.setup.clinic
    raw, bound = folder / "log.xlsx", folder / f"{clinic.name} appointments.xlsx"
    write_sample_log(sample.log, raw)
    press("clinic.choose", raw, service=service, clinic=clinic.id, save_as=bound)
    return bound


def _convert_workbook(workbook: Path, folder: Path) -> Path:
    converted = folder / f"{workbook.stem}.xlsx"
    with LimitedProcess() as process:
        process.convert(workbook, converted)
    return converted


def _print_address(address: str, workbook: Path, *, is_opened: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"url": address, "workbook": workbook.name}))
        return
    told = (
        f"A simulated Excel is open at [bold]{address}[/]."
        if is_opened
        else f"Open [bold]{address}[/] in your browser."
    )
    console.print(f"{told} Ctrl-C stops it.", soft_wrap=True, highlight=False)
    console.print("Its ledger holds two invented clinics and is thrown away at the end.")
    console.print("Press Generate payroll, or Invoice list to see what was billed in the last five months.")


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
