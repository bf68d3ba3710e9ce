"""What a command has in front of it, and how it says what it decided."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.days import date_of
from server.billing.invoicing.values import Role
from server.errors import Finding, MissingInput, NoClinic
from server.ledger.books import Books
from server.ledger.outputs import Outputs
from server.ledger.store import ClinicBooks, Ledger
from server.ribbon.click import (
    FINDINGS_SHOWN,
    AskedChoice,
    AskedField,
    Asks,
    Click,
    Output,
    OutputSheet,
    Reply,
    ReplyFinding,
    cells_of,
    how_many,
    level_of,
)
from server.sheets.cells import Unreadable
from server.sheets.dates import day_of
from server.sheets.questions import Question, Unanswered

ACTOR = "local"
"""Who pressed the button, until the service knows its users."""

ROLE = Role.MANAGER
"""What they may do: a service without users belongs to whoever started it, voids and write-offs included."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One click being worked on: what was sent, and the books it may look into."""

    ledger: Ledger
    outputs: Outputs
    click: Click

    @property
    def clinic_id(self) -> str:
        """Return the clinic the workbook belongs to; refuses a workbook without one."""
        if not self.click.workbook.clinic:
            raise NoClinic
        return self.click.workbook.clinic

    @property
    def books(self) -> ClinicBooks:
        """Return the books of that clinic."""
        return self.ledger.clinic(self.clinic_id)

    def day(self, name: str) -> date | None:
        """Return an input that is a day, ``None`` where it was not given; refuses what is no date."""
        answer = self.click.answers().get(name)
        if answer is None:
            return None
        try:
            serial = day_of(answer)
        except Unreadable:
            sentence = f"“{answer}” is not a date."
            raise MissingInput(name, sentence, f"Give “{name}” as a date, such as 2026-10-31.") from None
        return None if serial is None else date_of(serial)

    def keep(self, workbook: bytes, sheets: Sequence[str], clinic_id: str | None = None) -> Output:
        """Keep a finished workbook for the add-in to fetch."""
        output_id = self.outputs.keep(clinic_id or self.clinic_id, workbook)
        names = [OutputSheet(name=name) for name in sheets]
        digest = hashlib.sha256(workbook).hexdigest()
        return Output(id=output_id, url=f"/outputs/{output_id}", sha256=digest, sheets=names)


Finish = Callable[[Books], Reply]
"""The second half of a command: everything it records, inside the one transaction of the click."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A command's work up to its transaction.

    ``clinic`` names the books the click is recorded in; without one nothing is recorded and
    ``finish`` is not called with books. Pure preparation happens before, so that the
    transaction is short and two clicks never wait for each other's arithmetic.
    """

    clinic: str
    finish: Finish


def listed(findings: Sequence[Finding]) -> list[ReplyFinding]:
    """Return the findings a reply lists, blockers first."""
    shown: list[ReplyFinding] = []
    for finding in cells_of(findings):
        if len(shown) == FINDINGS_SHOWN:
            break
        shown.append(finding)
    return shown


def with_findings(reply: Reply, findings: Sequence[Finding]) -> Reply:
    """Return the reply with its findings listed, counted and its level set by the worst."""
    return reply.model_copy(
        update={
            "findings": listed(findings),
            "findings_total": how_many(findings),
            "level": level_of(findings),
        }
    )


def asking(title: str, unanswered: Unanswered) -> Reply:
    """Return the reply of a button that has to ask before it acts."""
    fields = [_field(question) for question in unanswered.questions]
    sentences = " ".join(question.label for question in unanswered.questions)
    reply = Reply(summary=f"{title} {sentences}", asks=Asks(title=title, fields=fields))
    return with_findings(reply, unanswered.findings).model_copy(update={"level": "blocked"})


def _field(question: Question) -> AskedField:
    return AskedField.model_validate(
        {
            "name": question.name,
            "label": question.label,
            "kind": question.kind,
            "choices": [AskedChoice(value=choice.value, label=choice.label) for choice in question.choices],
            "default": question.default or None,
        }
    )
