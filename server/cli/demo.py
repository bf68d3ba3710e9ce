"""``clinicledger demo``: an invented month for two clinics, through the real program, in one command.

It uses a ledger, a service on a free port, and the desktop add-in's code, which presses the ribbon's
buttons on real workbook files over HTTP.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from addin.desktop.press import open_to_press, press
from addin.desktop.service import Service
from server.cli import demo_invoices
from server.cli.service import temporary_service
from server.demo.sample_logs import Sample, samples
from server.demo.sample_prices import ATTESTATION
from server.errors import FolderInUse, FolderUnusable
from server.ledger.store import Ledger
from server.settings import Settings
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.sample_log_workbook import write_sample_log

MARKER = ".clinicledger-demo"
"""The file that marks a folder as the demo's, which may be filled again."""

STEPS = 5
"""The number of steps shown for a clinic before its invoices."""


@dataclass(frozen=True, slots=True)
class DemoClinic:
    """The results of the demo for one clinic."""

    name: str
    setup: Path
    payroll: Path
    figures: dict[str, Any]
    findings: list[dict[str, Any]]
    findings_total: int
    invoices: Path
    invoice_figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """The results of the demo."""

    month: str
    ledger: Path
    clinics: tuple[DemoClinic, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the totals and paths for programs."""
        return {
            "month": self.month,
            "ledger": str(self.ledger),
            "clinics": [
                {
                    "name": clinic.name,
                    "setup": str(clinic.setup),
                    "payroll": str(clinic.payroll),
                    "findings_total": clinic.findings_total,
                    "figures": clinic.figures,
                    "invoices": str(clinic.invoices),
                    "invoice_figures": clinic.invoice_figures,
                }
                for clinic in self.clinics
            ],
        }


def make_demo(folder: Path, console: Console) -> DemoResult:
    """Make the demo in its own folder and show each step; refuses a folder with other files in it."""
    bar = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
        console=console, transient=True,
    )  # fmt: skip
    task = bar.add_task("Inventing a month", total=None)

    def step(what: str) -> None:
        bar.update(task, advance=1, description=what)

    with _room_in(folder) as ledger, bar:
        first = _last_full_month(Ledger(ledger).today())
        both = samples(first)
        bar.update(task, total=len(both) * (STEPS + demo_invoices.STEPS))
        with temporary_service(Settings(path=ledger, workers=0)) as address, Service(address) as service:
            clinics = tuple(_one_clinic(sample, folder, service, step) for sample in both)
    return DemoResult(f"{first:%B %Y}", ledger, clinics)


def _one_clinic(sample: Sample, folder: Path, service: Service, tell: Callable[[str], None]) -> DemoClinic:
    clinic = sample.setup.clinic
    setup, raw, payroll, invoices = (
        folder / f"{clinic.name} {what}.xlsx" for what in ("setup", "appointments", "payroll", "invoices")
    )

    def step(what: str) -> None:
        tell(f"{clinic.name}: {what}")

    step("writing the workbooks")
    setup.write_bytes(write_setup(sample.setup))
    write_sample_log(sample.log, raw)
    step("saving the setup")
    press("clinic.save", setup, service=service, inputs=ATTESTATION)
    with open_to_press(raw, service=service, clinic=clinic.id, save_as=payroll) as log:
        step("choosing the clinic")
        log.press("clinic.choose")
        step("checking the sheet")
        log.press("payroll.check")
        step("generating payroll")
        reply = log.press("payroll.generate", sheet=sample.log.sheet)
        log.save()
    return DemoClinic(
        clinic.name,
        setup,
        payroll,
        reply["figures"],
        reply["findings"],
        reply["findings_total"],
        invoices,
        demo_invoices.make_invoices(sample, invoices, service, step),
    )


@contextmanager
def _room_in(folder: Path) -> Iterator[Path]:
    """Yield a ledger folder inside the demo's folder; refuses a folder that holds anything else.

    An earlier demo's ledger is removed, and its workbooks are overwritten. Other files that were added
    to the folder stay.
    """
    marker, ledger = folder / MARKER, folder / "ledger"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not marker.exists() and any(folder.iterdir()):
            raise FolderInUse(str(folder))
        marker.touch()
        if ledger.exists():
            shutil.rmtree(ledger)
        yield ledger
    except OSError as problem:
        raise FolderUnusable(str(folder), problem.strerror or type(problem).__name__) from problem


def _last_full_month(today: date) -> date:
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
