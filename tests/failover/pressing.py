"""People who press buttons while the database fails over, and what was answered to each click.

They use the client of the desktop add-in. A click that is refused with a sentence is sent again as it was, as *Try again* does,
until it is carried out.
"""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock

from addin.desktop.refusals import Refusal
from addin.desktop.service import Service
from addin.desktop.service_refusals import Refused
from server.billing.clinics import Setup
from tests.failover.ledger_on_pair import CLINICS
from tests.invented_exams import exam_columns, typed
from tests.ribbon.clicks import a_click

PAUSE_SECONDS = 0.3
"""How long a person looks at a sentence before pressing *Try again*."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A click that was carried out: what it billed, when it was sent for the last time and answered, and what was said before."""

    clinic: str
    patient: str
    request_id: str
    sent_at: float
    answered_at: float
    refusals: tuple[str, ...]
    longest_wait: float
    """The longest time until an answer came, a sentence or the reply, in seconds."""


@dataclass
class Pressing:
    """Clicks that were carried out, of all people. Each person stops after a click was carried out."""

    url: str
    name: str
    """What the patients of these clicks are called by, so that others have other patients."""
    carried: list[Carried] = field(default_factory=list)
    _enough: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    def press_on(self, person: int) -> None:
        """Bill one exam after another, until it is enough."""
        turn = 0
        setup = CLINICS[person % len(CLINICS)]
        with Service(self.url) as service:
            while not self._enough.is_set():
                turn += 1
                done = _bill(service, setup, f"{self.name} P{person} T{turn}")
                with self._lock:
                    self.carried.append(done)

    def so_far(self) -> list[Carried]:
        """Return the clicks that were carried out so far."""
        with self._lock:
            return list(self.carried)

    def end(self) -> None:
        """Let each person carry out the click that was begun, and no other one."""
        self._enough.set()


@contextmanager
def people_pressing(url: str, people: int, name: str) -> Iterator[Pressing]:
    """Let people press buttons during the block. Raises what a person met that was no sentence."""
    pressing = Pressing(url, name)
    with ThreadPoolExecutor(people) as pool:
        working: list[Future[None]] = [pool.submit(pressing.press_on, one) for one in range(people)]
        try:
            yield pressing
        finally:
            pressing.end()
    for one in working:
        one.result()


def _bill(service: Service, setup: Setup, patient: str) -> Carried:
    """Create the invoice of one exam, however often it takes."""
    sheet = {"name": "Exams", "columns": exam_columns([typed(Patient=patient, Case=f"C {patient}")])}
    click = a_click(sheets=[sheet], clinic=setup.clinic.id, request_id=f"{setup.clinic.id} {patient}")
    refusals: list[str] = []
    longest = 0.0
    while True:
        sent_at = time.monotonic()
        try:
            reply = service.press("invoices.create", click)
        except Refusal as refusal:
            longest = max(longest, time.monotonic() - sent_at)
            if not (isinstance(refusal, Refused) and refusal.may_pass and refusal.code != "incident"):
                raise
            refusals.append(refusal.code)
            time.sleep(PAUSE_SECONDS)
            continue
        answered_at = time.monotonic()
        assert not reply["asks"], reply
        longest = max(longest, answered_at - sent_at)
        return Carried(
            setup.clinic.id,
            patient,
            click["request_id"],
            sent_at,
            answered_at,
            tuple(refusals),
            longest,
        )


def refusals_of(carried: list[Carried]) -> Counter[str]:
    """Return how often each sentence was answered, by its code."""
    return Counter(code for one in carried for code in one.refusals)
