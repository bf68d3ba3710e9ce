"""What the invoice routes return: allow-lists of fields, never a whole row of the books. Amounts are cents."""

from datetime import date
from functools import cache
from typing import Self

from pydantic import BaseModel, ConfigDict

from server.billing.invoices.invoice import Account, Action, ChequeException, Invoice, State, Step
from server.billing.invoices.pro_rata import AgreementLimits
from server.billing.invoices.state_machine import RULES, Rule, open_rules
from server.billing.rights import MANAGERS
from server.errors import Finding
from server.ledger.invoices.steps import StepRecord
from server.operations.agreements import limit_findings
from server.operations.listed_rows import ListedRows
from server.operations.steps import DocumentInHistory


class _Shown(BaseModel):
    """A model whose fields are read from attributes with the same names."""

    model_config = ConfigDict(from_attributes=True)


class LineOut(_Shown):
    """One billed code. ``multiplier_thousandths`` is fixed when the line is priced."""

    code: str
    description: str
    units: int
    unit_price_cents: int
    multiplier_thousandths: int
    total_cents: int


class OfferOut(_Shown):
    """An amount that a payer would pay, or that the clinic would accept."""

    amount_cents: int
    by: str
    day: date


class ChequeOut(_Shown):
    """A cheque in effect, in hand or cleared. ``amount_cents`` is the whole cheque."""

    number: str
    cheque_date: date
    received_date: date
    paying_party: str
    amount_cents: int


class OpenAction(BaseModel):
    """A row of the state table that is open to an invoice now.

    ``needs`` lists the required inputs; of several names in one entry, any one is enough. ``takes`` lists the
    optional inputs. With ``exception``, the row is for that exception.
    """

    action: Action
    exception: ChequeException | None
    needs: list[list[str]]
    takes: list[str]
    leads_to: State
    managers_only: bool

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """Return a row of the state table for programs."""
        return cls(
            action=rule.action,
            exception=rule.exception,
            needs=[[field.attribute for field in need] for need in rule.needs],
            takes=[field.attribute for field in rule.takes],
            leads_to=rule.leads_to,
            managers_only=rule.roles == MANAGERS,
        )


_SHOWN_ROWS = {rule: OpenAction.of(rule) for rule in RULES}
"""Every row as shown, made once: making them for each answer would take longer than the rest of it."""


class InvoiceOut(BaseModel):
    """The current state of an invoice. ``version`` is the number of its steps.

    ``billed_cents`` = ``reduction_cents`` + ``collected_cents`` + ``written_off_cents`` + ``balance_cents``.
    ``unapplied_cents`` is the credit that it holds; ``transferred_cents`` of its credit pay other invoices and
    ``refunded_cents`` were paid back. ``credit_applied_cents`` of ``collected_cents`` came from credit of other invoices.
    """

    number: str
    case: str
    patient: str
    facility: str
    physician: str
    payer: str
    attorney: str
    exam_date: date
    created: date
    state: State
    version: int
    billed_cents: int
    reduction_cents: int
    agreed_cents: int | None
    collected_cents: int
    written_off_cents: int
    balance_cents: int
    unapplied_cents: int
    credit_applied_cents: int
    transferred_cents: int
    refunded_cents: int
    sent_on: date | None
    agreed_on: date | None
    paid_on: date | None

    @classmethod
    def of(cls, invoice: Invoice) -> Self:
        """Return an invoice as shown."""
        return cls.model_validate(_shown_values(cls, invoice.facts, invoice))


class InvoiceDetail(InvoiceOut):
    """An invoice with everything that a person needs to choose its next step."""

    denied_on: tuple[date, ...]
    lines: tuple[LineOut, ...]
    offers: tuple[OfferOut, ...]
    cheques: tuple[ChequeOut, ...]
    open_actions: tuple[OpenAction, ...]

    @classmethod
    def of(cls, invoice: Invoice) -> Self:
        """Return an invoice with its lines, offers, cheques and open actions."""
        opened = {"open_actions": tuple(_SHOWN_ROWS[rule] for rule in open_rules(invoice))}
        return cls.model_validate(_shown_values(cls, invoice.facts, invoice) | opened)


class TransferOut(_Shown):
    """One movement of money between two accounts."""

    debit: Account
    credit: Account
    amount_cents: int


class StepOut(BaseModel):
    """One decided step. ``place`` counts an invoice's steps from 1; ``reverses`` names the steps it takes back.

    Only the inputs that its action takes are present. Notes are internal: this route is for staff.
    """

    place: int
    action: Action
    from_state: State
    to_state: State
    day: date
    amount_cents: int | None
    cheque_number: str
    cheque_date: date | None
    received_date: date | None
    paying_party: str
    exception: ChequeException | None
    note: str
    document: str
    due_date: date | None
    cheque_cents: int | None
    unapplied_cents: int
    credit_invoice: str
    lines: tuple[LineOut, ...]
    transfers: tuple[TransferOut, ...]
    reverses: tuple[int, ...]

    @classmethod
    def of(cls, step: Step) -> Self:
        """Return a step as shown."""
        return cls.model_validate(_shown_values(cls, step.request, step))


class RecordedStep(StepOut):
    """A step with the person and the time (UTC) of its recording."""

    actor: str
    recorded_at: str

    @classmethod
    def of_recorded(cls, recorded: StepRecord) -> Self:
        """Return a step of an invoice's history."""
        return cls.model_validate(_shown_values(cls, recorded.step.request, recorded.step, recorded))


class AgreementFinding(BaseModel):
    """A second look at an agreed amount."""

    code: str
    detail: str
    remedy: str


class AgreementOut(BaseModel):
    """What an agreed amount was compared with: our share of the invoice, and the letter's cap for the whole case.

    ``None`` where it is not known. ``findings`` say what is below the one or above the other.
    """

    pro_rata_cents: int | None
    cap_cents: int | None
    case_agreed_cents: int
    findings: list[AgreementFinding]

    @classmethod
    def of(cls, limits: AgreementLimits | None) -> Self | None:
        """Return it as shown, ``None`` for a step that agrees on nothing."""
        if limits is None:
            return None
        found = [Finding(what, "") for what in limit_findings(limits)]
        return cls(
            pro_rata_cents=limits.share_cents,
            cap_cents=limits.cap_cents,
            case_agreed_cents=limits.case_agreed_cents,
            findings=[
                AgreementFinding(code=one.code, detail=one.message, remedy=one.program_remedy)
                for one in found
            ],
        )


class StepTaken(BaseModel):
    """The recorded step, and the invoice after it.

    ``also_pays`` are the other invoices that a bounced cheque is still recorded on: it bounced there, too.
    """

    step: StepOut
    invoice: InvoiceDetail
    also_pays: tuple[str, ...]
    agreement: AgreementOut | None


class StepRecorded(BaseModel):
    """One of several steps: its place among those sent, counted from 1, and the step as recorded."""

    place: int
    number: str
    step: StepOut
    also_pays: tuple[str, ...]
    agreement: AgreementOut | None


class StepLeftOut(BaseModel):
    """A step that was not recorded: its place among those sent, and why."""

    place: int
    code: str
    detail: str
    remedy: str


class StepsTaken(BaseModel):
    """The recorded steps, the steps left out, and the invoices after them."""

    recorded: list[StepRecorded]
    left_out: list[StepLeftOut]
    invoices: list[InvoiceOut]


def _shown_values(model: type[BaseModel], *sources: object) -> dict[str, object]:
    """Return the model's values from the attributes of the sources. If several have a name, the last one is used."""
    places = _source_places(model, *map(type, sources))
    return {name: getattr(sources[place], name) for name, place in places.items()}


@cache
def _source_places(model: type[BaseModel], *kinds: type) -> dict[str, int]:
    """Return for each field of the model the position of the kind that it is taken from."""
    return {
        name: place for place, kind in enumerate(kinds) for name in model.model_fields if hasattr(kind, name)
    }


class InvoicePage(BaseModel):
    """A page of a list of invoices. ``next`` is the ``after`` of the next page, ``null`` on the last page."""

    invoices: list[InvoiceOut]
    next: str | None
    total: int

    @classmethod
    def of(cls, listed: ListedRows[Invoice]) -> Self:
        """Return a page as shown."""
        return cls(
            invoices=[InvoiceOut.of(invoice) for invoice in listed.rows],
            next=listed.rows[-1].number if listed.has_more else None,
            total=listed.total,
        )


class InvoiceLines(BaseModel):
    """The lines of an invoice, and the version and state of the invoice that has them."""

    number: str
    version: int
    state: State
    lines: tuple[LineOut, ...]
    billed_cents: int

    @classmethod
    def of(cls, invoice: Invoice) -> Self:
        """Return the lines of an invoice as shown."""
        return cls.model_validate(_shown_values(cls, invoice))


class AttachedDocument(BaseModel):
    """A document of an invoice, and the step that attached it."""

    digest: str
    file_name: str
    media_type: str
    size: int
    place: int
    action: Action
    day: date
    note: str
    actor: str
    recorded_at: str

    @classmethod
    def of(cls, found: DocumentInHistory) -> Self:
        """Return a document as shown."""
        recorded = found.recorded
        sources = (found.paper, recorded.step.request, recorded.step, recorded)
        return cls.model_validate(_shown_values(cls, *sources))


class InvoiceDocuments(BaseModel):
    """The documents of an invoice, in the order in which they were attached."""

    documents: list[AttachedDocument]


class InvoicesCreated(BaseModel):
    """The created invoices, in the order of their exams."""

    invoices: list[InvoiceOut]


class CreditOut(_Shown):
    """The unapplied credit of one cheque on one invoice. It belongs to ``paying_party``.

    ``usable_from`` is the day its cheque cleared, ``null`` while the cheque is in hand: until then, it cannot be used.
    """

    invoice: str
    paying_party: str
    cheque_number: str
    cents: int
    usable_from: date | None


class CreditPage(BaseModel):
    """Credits in the order of the invoices that hold them. ``total`` and ``total_cents`` count all of them, also on other pages.

    ``next`` is the ``after`` of the next page, ``null`` on the last page.
    """

    credits: list[CreditOut]
    total_cents: int
    next: str | None
    total: int
