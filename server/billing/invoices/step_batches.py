"""Decides the rows of one sheet together. The caller decides whether all are recorded or none."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from server.billing.invoices.cheques import ChequeKey, KnownCheques, key_of
from server.billing.invoices.credits import Credit, counterpart_steps, credit_invoices, credits_of
from server.billing.invoices.invoice import Action, ActionRequest, Cheque, Invoice, Step
from server.billing.invoices.projection import apply_step
from server.billing.invoices.step_decisions import decide_step
from server.billing.invoices.whole_cheques import ChequesInForce, whole_cheques
from server.billing.names import fold
from server.errors import StaleInvoice, StepRefused, UnknownInvoice

Subject = tuple[str, ...]
"""What rows can have in common: an invoice, or a cheque."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A row with an action. ``row`` is the caller's number for it. ``version`` is the invoice's version when the
    sheet was written, or ``None`` if the row is about the current version.
    """

    row: int
    request: ActionRequest
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """The result of each row, by its number, and the invoices after the decided steps.

    ``also_pays`` names, for rows whose cheque bounced, the other invoices that it is still recorded on.
    ``other_amounts`` is for rows that record a cheque if the books have cheques with the same payer and number
    but another amount: row -> amount in cents -> invoices. ``counterparts`` are the steps on other invoices that
    belong to the step of a row.
    """

    decided: Mapping[int, Step]
    refused: Mapping[int, StepRefused]
    invoices: Mapping[str, Invoice]
    also_pays: Mapping[int, tuple[str, ...]]
    other_amounts: Mapping[int, Mapping[int, tuple[str, ...]]]
    counterparts: Mapping[int, Sequence[Step]] = field(default_factory=dict)

    @property
    def steps(self) -> list[Step]:
        """Return the steps to record, in order."""
        return self.steps_of(self.decided)

    def steps_of(self, rows: Iterable[int]) -> list[Step]:
        """Return the steps to record for some rows: the step of each row after its counterparts."""
        return [step for row in rows for step in (*self.counterparts.get(row, ()), self.decided[row])]


def decide_all(
    asked: Sequence[Asked], invoices: Mapping[str, Invoice], today: date, known: KnownCheques
) -> Batch:
    """Decide rows in order, each on the invoice after the rows before it.

    Rows that name the same cheque are one cheque over several invoices. What they leave of it is unapplied credit.
    ``invoices`` also has those that ``asked`` does not name, but that hold credit (see ``invoices_in_question``).
    """
    decided: dict[int, Step] = {}
    refused: dict[int, StepRefused] = {}
    bounced: dict[int, tuple[Cheque, ...]] = {}
    counterparts: dict[int, list[Step]] = {}
    after = dict(invoices)
    cheques = whole_cheques((one.row, one.request) for one in asked)
    in_force = ChequesInForce(known, after.get)
    for one in asked:
        cheque = cheques.get(one.row)
        try:
            _refuse_unseen(one, invoices)
            request = cheque.request_of(one.row) if cheque else one.request
            duplicates = in_force.known_for(request, cheque)
            step = decide_step(after[request.number], request, today, duplicates, _credits_now(after))
        except StepRefused as refusal:
            refused[one.row] = refusal
        else:
            decided[one.row] = step
            bounced[one.row] = _bounced_cheques(after[step.number], step)
            if others := counterpart_steps(after[step.number], step, after):
                counterparts[one.row] = others
            for recorded in (*others, step):
                after[recorded.number] = apply_step(after[recorded.number], recorded)
            in_force.add_recorded(cheque, step)
    standing = {key: in_force.invoices_on(key) for key in known}
    also_pays, other_amounts = _also_pays(bounced, standing), _other_amounts(decided, standing)
    return Batch(decided, refused, after, also_pays, other_amounts, counterparts)


def _credits_now(invoices: Mapping[str, Invoice]) -> Iterator[Credit]:
    """Yield the unapplied credits of these invoices, one by one: few steps look at them."""
    for invoice in invoices.values():
        if invoice.unapplied_cents:
            yield from credits_of(invoice)


def invoices_in_question(asked: Iterable[Asked], invoices: Mapping[str, Invoice]) -> list[str]:
    """Return the other invoices whose credit the asked steps could take back."""
    taking_back = (Action.REOPEN, Action.VOID)
    named = (one.request.number for one in asked if one.request.action in taking_back)
    found = (number for name in named if name in invoices for number in credit_invoices(invoices[name]))
    return list(dict.fromkeys(found))


def cheques_in_question(asked: Sequence[Asked], invoices: Mapping[str, Invoice]) -> list[Cheque]:
    """Return the cheques to look up in the books: those to be recorded, and those that may bounce."""
    found: list[Cheque] = []
    for one in asked:
        if cheque := one.request.cheque:
            found.append(cheque)
        elif one.request.action is Action.BOUNCE and one.request.number in invoices:
            found += invoices[one.request.number].cheques
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """Why a good row waits: ``row`` is left out and is about the same ``what``, an invoice or a cheque."""

    row: int
    what: str


def subjects_of(number: str, request: ActionRequest | None) -> tuple[Subject, ...]:
    """Return the subjects of a row, as far as they can be read: its invoice, and the cheque that it records."""
    invoice: Subject = ("invoice", number)
    if request and request.action is Action.RECORD_CHEQUE and request.cheque_number:
        return invoice, ("cheque", fold(request.paying_party), fold(request.cheque_number))
    return (invoice,)


def subjects_of_counterparts(steps: Iterable[Step]) -> tuple[Subject, ...]:
    """Return the subjects of a row beside its own: the invoices whose credit it moves."""
    return tuple(("invoice", step.number) for step in steps)


def rows_held(subjects: Mapping[int, Sequence[Subject]], left_out: Collection[int]) -> dict[int, Held]:
    """Return the rows that wait for a row that is left out. ``subjects`` holds the subjects of every row.

    Rows about one invoice or one cheque are recorded together or not at all: half a cheque in the books would
    be another cheque.
    """
    held: dict[int, Held] = {}
    culprits: dict[Subject, int] = {}
    waiting = dict(sorted(subjects.items()))
    while bad := [row for row in waiting if row in left_out or row in held]:
        for row in bad:
            for subject in waiting.pop(row):
                culprits.setdefault(subject, row)
        for row, about in waiting.items():
            if shared := next((subject for subject in about if subject in culprits), None):
                held[row] = Held(culprits[shared], shared[0])
    return held


def rows_together(subjects: Mapping[int, Sequence[Subject]]) -> list[tuple[int, ...]]:
    """Return the rows in groups that are recorded together: rows that share a subject, also through other rows.

    ``subjects`` holds the subjects of every row. The groups are in the order of their first rows.
    """
    group_of = {row: [row] for row in subjects}
    first_row: dict[Subject, int] = {}
    for row, about in subjects.items():
        for subject in about:
            small, large = sorted((group_of[row], group_of[first_row.setdefault(subject, row)]), key=len)
            if small is not large:
                large += small
                group_of |= dict.fromkeys(small, large)
    place = {row: at for at, row in enumerate(subjects)}
    groups = {min(rows, key=place.__getitem__): rows for rows in group_of.values()}
    return [tuple(sorted(groups[row], key=place.__getitem__)) for row in subjects if row in groups]


def _refuse_unseen(one: Asked, invoices: Mapping[str, Invoice]) -> None:
    """Refuse an unknown number, and a row that was written before somebody else's step."""
    invoice = invoices.get(one.request.number)
    if invoice is None:
        raise UnknownInvoice(one.request.number)
    if one.version not in {None, invoice.version}:
        raise StaleInvoice(invoice.number, invoice.state.label)


def _bounced_cheques(invoice: Invoice, step: Step) -> tuple[Cheque, ...]:
    """Return the cheques that a bounce takes back, none for any other action."""
    if step.action is not Action.BOUNCE:
        return ()
    taken_back = (standing.request.cheque for standing in invoice.standing if standing.place in step.reverses)
    return tuple(cheque for cheque in taken_back if cheque)


def _also_pays(
    bounced: Mapping[int, tuple[Cheque, ...]], standing: Mapping[ChequeKey, tuple[str, ...]]
) -> dict[int, tuple[str, ...]]:
    """Return by row the other invoices that a bounced cheque is still recorded on: it bounced there too."""
    others = {
        row: tuple(number for cheque in cheques for number in standing.get(key_of(cheque), ()))
        for row, cheques in bounced.items()
    }
    return {row: numbers for row, numbers in others.items() if numbers}


def _other_amounts(
    decided: Mapping[int, Step], standing: Mapping[ChequeKey, tuple[str, ...]]
) -> dict[int, dict[int, tuple[str, ...]]]:
    """Return by row the invoices of cheques with the same payer and number but another amount, by that amount in cents."""
    amounts: dict[tuple[str, str], dict[int, tuple[str, ...]]] = defaultdict(dict)
    for (payer, number, cents), invoices in standing.items():
        if invoices:
            amounts[payer, number][cents] = invoices
    found = {}
    for row, step in decided.items():
        if amounts and (cheque := step.request.cheque):
            payer, number, cents = key_of(cheque)
            found[row] = {over: on for over, on in amounts[payer, number].items() if over != cents}
    return {row: others for row, others in found.items() if others}
