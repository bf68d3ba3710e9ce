"""What Settle case would clear, shown before it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.days import us
from server.billing.invoices.cases import Case
from server.billing.invoices.invoice import Invoice
from server.billing.money import dollars
from server.billing.question_numbers import number_of_question, numbered_answer
from server.errors import count_of
from server.operations.cases import AgreedClearing, CaseInvoices
from server.operations.previews import Choice
from server.ribbon.case_selection import CASE, case_label
from server.ribbon.invoices.invoice_selection import describe_invoices
from server.ribbon.protocol import AskedChoice, AskedField, AskedTable, Asks, Reply

DATE, CONFIRM = "date", "confirm"


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case with the day its cheques would be cleared on, and by invoice why that day is unusual."""

    case: Case
    found: CaseInvoices
    cleared_on: date
    unusual: Mapping[str, str]

    @property
    def answers(self) -> dict[str, Sequence[str]]:
        """Return the answers that clear something, each with the invoices it leaves. They bring back the number of the question:
        of the invoices, each with its version, and of what is flagged.
        """
        flagged = (self.cleared_on, self.unusual) if self.unusual else ()
        number = number_of_question(self.case.patient, self.case.name, self._versions, flagged)
        answers: dict[str, Sequence[str]] = {numbered_answer(Choice.GOOD_ROWS, number): ()}
        if 0 < len(self.unusual) < len(self.found.clearable):
            answers[numbered_answer(Choice.NOT_FLAGGED, number)] = list(self.unusual)
        return answers

    def agreed_in(self, answer: str) -> AgreedClearing | None:
        """Return what an answer agrees to, or ``None`` if it is not about what is shown now."""
        leave = self.answers.get(answer.strip().casefold())
        return None if leave is None else AgreedClearing(self._versions, leave)

    @property
    def _versions(self) -> dict[str, int]:
        """Return the version of each invoice. Any step makes it another one."""
        return {invoice.number: invoice.version for invoice in self.found.clearable}


def waiting_sentence(invoices: Sequence[Invoice]) -> str:
    """Return a sentence with the invoices that keep the case from being settled, and their states."""
    verb = "waits" if len(invoices) == 1 else "wait"
    stand = ", ".join(f"{invoice.number} ({invoice.state.label})" for invoice in invoices)
    return f"{count_of(len(invoices), 'invoice')} of it still {verb}: {stand}."


def ask_to_settle(shown: ShownCase, *, is_outdated: bool) -> Reply:
    """Return the reply that shows what would be cleared and asks for consent. ``is_outdated``: the person agreed to
    something that is not like that any more.
    """
    found, label = shown.found, case_label(shown.case)
    numbers = [invoice.number for invoice in found.clearable]
    title = f"{label}: clear {describe_invoices(numbers)}, {_total(found.clearable)} in all?"
    rest = f" {waiting_sentence(found.waiting)}" if found.waiting else " Then the case is settled."
    this = AskedChoice(value=label, label=label)
    choices = [
        AskedChoice(value=value, label=_choice_label(found.clearable, left))
        for value, left in shown.answers.items()
    ]
    fields = [
        AskedField(name=CASE, label="Case", kind="choice", choices=[this], default=this.value),
        AskedField(name=DATE, label="Cleared on", kind="date", default=shown.cleared_on.isoformat()),
        AskedField(name=CONFIRM, label=f"Clear {_total(found.clearable)}", kind="buttons", choices=choices),
    ]
    before = "Something has changed since you were asked, so nothing was cleared. " if is_outdated else ""
    asks = Asks(title=title + rest, fields=fields, tables=_tables(shown))
    return Reply(summary=before + asks.title, level="blocked", asks=asks)


def _total(invoices: Sequence[Invoice]) -> str:
    return dollars(sum(invoice.in_hand_cents for invoice in invoices))


def _choice_label(clearable: Sequence[Invoice], left: Sequence[str]) -> str:
    cleared = [invoice for invoice in clearable if invoice.number not in left]
    label = f"Clear {describe_invoices([invoice.number for invoice in cleared])}: {_total(cleared)}"
    return f"{label}; leave {describe_invoices(left)}" if left else label


def _tables(shown: ShownCase) -> list[AskedTable]:
    rows = [
        [invoice.number, invoice.facts.payer, dollars(invoice.in_hand_cents)]
        for invoice in shown.found.clearable
    ]
    if len(rows) > 1:
        rows.append(["In all", "", _total(shown.found.clearable)])
    tables = [AskedTable(title="What would be cleared", headings=["Invoice", "Payer", "Amount"], rows=rows)]
    if shown.unusual:
        flagged = [[f"{number}: {us(shown.cleared_on)} is {why}."] for number, why in shown.unusual.items()]
        tables.append(AskedTable(title=f"{len(flagged):,} flagged", headings=[], rows=flagged))
    return tables
