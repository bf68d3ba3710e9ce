"""``clinicledger demo``: months of invented work of two clinics, through the real program, in one command.

It uses a ledger whose clock is set to the day of each piece of work, a service on a free port, and the desktop add-in's
code, which presses the ribbon's buttons on real workbook files over HTTP.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from addin.desktop.press import PressedBook, open_to_press, press
from addin.desktop.service import Service
from server.billing.clinics import Cadence
from server.billing.days import us
from server.billing.payroll.pay_periods import period_of
from server.billing.payroll.pay_run import Period
from server.cli.demo_clock import DemoClock, Work
from server.cli.demo_invoices import billing_of, first_day, list_invoices
from server.cli.demo_presses import press_and_agree
from server.cli.service import temporary_service
from server.demo.sample_logs import Sample, first_half, samples
from server.demo.sample_prices import ATTESTATION
from server.errors import FolderInUse, FolderUnusable
from server.settings import Settings
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.sample_log_workbook import write_sample_log

MARKER = ".clinicledger-demo"
"""The file that marks a folder as the demo's, which may be filled again."""

APPROVED_ON = 17
"""The day of the month on which the first half of it is approved."""


@dataclass(frozen=True, slots=True)
class ApprovedRun:
    """The run that the demo approved: its workbook and its totals."""

    payroll: Path
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoClinic:
    """The results of the demo for one clinic. ``figures`` and ``findings`` are those of its draft."""

    name: str
    setup: Path
    payroll: Path
    figures: dict[str, Any]
    findings: list[dict[str, Any]]
    findings_total: int
    invoices: Path
    invoice_figures: dict[str, Any]
    approved: ApprovedRun | None = None


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


def make_demo(folder: Path, tell: Callable[[str], None]) -> DemoResult:
    """Make the demo in its own folder and tell each step; refuses a folder with other files in it."""
    with _room_in(folder) as ledger:
        clock = DemoClock()
        today = clock.today()
        first = _last_full_month(today)
        settings = Settings(path=ledger, workers=0, objects="")
        with temporary_service(settings, clock) as address, Service(address) as service:
            clinics = [_ClinicInDemo(sample, folder, service, tell) for sample in samples(first)]
            clock.do_in_order(work for clinic in clinics for work in clinic.work_before(today, first))
            results = tuple(clinic.work_of_today(first) for clinic in clinics)
    return DemoResult(f"{first:%B %Y}", ledger, results)


class _ClinicInDemo:
    """A clinic of the demo: its workbooks, and the clicks on them."""

    def __init__(self, sample: Sample, folder: Path, service: Service, tell: Callable[[str], None]) -> None:
        self._sample, self._service, self._tell = sample, service, tell
        self._clinic = sample.setup.clinic
        self._setup, self._raw, self._payroll, self._invoices, self._approved_payroll = (
            folder / f"{self._clinic.name} {what}.xlsx"
            for what in ("setup", "appointments", "payroll", "invoices", "payroll approved")
        )
        self._approved: ApprovedRun | None = None

    def work_before(self, today: date, first: date) -> Iterator[Work]:
        """Yield what the clinic did before today, with its days. ``first`` is the first day of the month that is paid."""
        yield first_day(today), self._save_setup
        yield from billing_of(self._sample, self._invoices, self._service, today, self._tell)
        if self._is_paid_in_halves:
            yield first.replace(day=APPROVED_ON), partial(self._approve_first_half, first)

    def work_of_today(self, first: date) -> DemoClinic:
        """Write the draft of the month, or of its second half, and the list of all invoices; return the results."""
        self._tell_step("generating payroll")
        write_sample_log(self._sample.log, self._raw)
        period = period_of(self._clinic, _last_day(first)) if self._is_paid_in_halves else None
        with self._open_log(self._raw, self._payroll) as log:
            reply = self._generate(log, period)
            log.save()
        self._tell_step("listing all invoices")
        return DemoClinic(
            self._clinic.name,
            self._setup,
            self._payroll,
            reply["figures"],
            reply["findings"],
            reply["findings_total"],
            self._invoices,
            list_invoices(self._invoices, self._service),
            self._approved,
        )

    @property
    def _is_paid_in_halves(self) -> bool:
        return self._clinic.cadence is Cadence.SEMI_MONTHLY

    def _tell_step(self, what: str) -> None:
        self._tell(f"{self._clinic.name}: {what}")

    def _save_setup(self, _: date) -> None:
        self._tell_step("saving the setup")
        self._setup.write_bytes(write_setup(self._sample.setup))
        press("clinic.save", self._setup, service=self._service, inputs=ATTESTATION)

    def _approve_first_half(self, first: date, day: date) -> None:
        """Approve the first half of the month, from a log that ends with it. Rows that cannot be paid are held."""
        self._tell_step(f"approving payroll on {us(day)}")
        write_sample_log(first_half(self._sample.log, first), self._approved_payroll)
        with self._open_log(self._approved_payroll) as log:
            self._generate(log, period_of(self._clinic, first))
            reply = press_and_agree(log, "payroll.close")
            log.save()
        self._approved = ApprovedRun(self._approved_payroll, reply["figures"])

    @contextmanager
    def _open_log(self, raw: Path, save_as: Path | None = None) -> Iterator[PressedBook]:
        """Open a workbook with a log, which becomes the clinic's."""
        with open_to_press(raw, service=self._service, clinic=self._clinic.id, save_as=save_as) as log:
            log.press("clinic.choose")
            yield log

    def _generate(self, log: PressedBook, period: Period | None) -> dict[str, Any]:
        """Check a log and generate its payroll; return the reply."""
        days = {"from": period.first.isoformat(), "to": period.last.isoformat()} if period else {}
        log.press("payroll.check", inputs=days)
        return log.press("payroll.generate", sheet=self._sample.log.sheet, inputs=days)


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


def _last_day(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
