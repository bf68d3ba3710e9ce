"""Refusals about invoices and exams. ``cells`` names the cells of the row that are wrong."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from server.errors.findings import Finding, count_of
from server.errors.invoice_findings import StepNotRecorded
from server.errors.refusal import BillingError, RefusalKind
from server.errors.remedies import BLANK_EXAMS, OPEN_INVOICES, OPEN_SETUP, SHOW_CREDITS

Heading = TypeVar("Heading", bound=str)

ACTION, AMOUNT, CHEQUE_NUMBER = "Action", "Amount", "Cheque number"


class StepRefused(BillingError):
    """A step of an invoice is refused. ``cells`` maps a heading of the Invoices sheet to what is wrong in its cell."""

    code = "step-refused"
    kind = RefusalKind.CONFLICT
    title = "That step was not recorded"

    def __init__(self, sentence: str, remedy: str, cells: Mapping[str, str]) -> None:
        super().__init__(sentence, remedy)
        self.cells = dict(cells)


class UnknownInvoice(StepRefused):
    """The clinic's books have no invoice with this number."""

    code = "unknown-invoice"
    kind = RefusalKind.UNKNOWN
    title = "That invoice is not in the books"
    remedies = (OPEN_INVOICES,)
    for_programs = "GET /clinics/{clinic}/invoices lists the invoices."

    def __init__(self, number: str) -> None:
        sentence = f"There is no invoice “{number}” in these books."
        super().__init__(sentence, "Press Invoice list to get the invoices there are.", {"Invoice": sentence})


class StaleInvoice(StepRefused):
    """The invoice has changed since the sheet with this row was written."""

    code = "stale-invoice"
    kind = RefusalKind.CONFLICT
    title = "The invoice has changed"
    remedies = (OPEN_INVOICES,)
    for_programs = "Get the invoice, decide on its state as it is now, and send its version."

    def __init__(self, number: str, state: str) -> None:
        sentence = f"Somebody worked on invoice {number} after this sheet was written; it is {state} now."
        super().__init__(
            sentence, "Press Invoice list again and decide on the row as it is now.", {ACTION: sentence}
        )


class ActionNotOpen(StepRefused):
    """The action is not possible in the invoice's state. The sentence lists the possible actions."""

    code = "action-not-open"
    kind = RefusalKind.CONFLICT
    title = "That action is not possible for this invoice"

    def __init__(
        self, number: str, state: str, action: str, open_actions: Sequence[str], why: str = ""
    ) -> None:
        state_now = f"{state} and {why}" if why else state
        sentence = f"Invoice {number} is {state_now}, so “{action}” is not possible."
        super().__init__(sentence, _open(open_actions), {ACTION: sentence})
        self.open_actions = tuple(open_actions)

    def remedy_among(self, offered: Collection[str]) -> str:
        """Return the remedy where only some actions are offered, as on a sheet: the others would be refused."""
        return _open([action for action in self.open_actions if action in offered])


def _open(actions: Sequence[str]) -> str:
    return f"You can choose: {', '.join(actions)}."


class InputsUnusable(StepRefused):
    """Inputs of an action are missing or wrong. The sentence lists all of them."""

    code = "inputs-unusable"
    kind = RefusalKind.UNUSABLE
    title = "Something is missing or wrong"

    def __init__(self, number: str, action: str, flaws: Mapping[Heading, str]) -> None:
        listed = "; ".join(f"{heading} {flaw}" for heading, flaw in flaws.items())
        super().__init__(
            f"Invoice {number}, “{action}”: {listed}.",
            "Fill in or correct these cells, and press the button again.",
            {heading: f"{heading} {flaw}." for heading, flaw in flaws.items()},
        )
        inputs = [getattr(heading, "attribute", heading) for heading in flaws]
        self.for_programs = f"Correct these inputs of the step: {', '.join(inputs)}."


class NeedsManager(StepRefused):
    """Only a manager or an administrator takes this step."""

    code = "needs-manager"
    kind = RefusalKind.NOT_ALLOWED
    title = "Only a manager can do that"
    for_programs = "Only a manager can take this step."

    def __init__(self, number: str, action: str) -> None:
        sentence = f"Invoice {number}: only a manager may “{action}”."
        super().__init__(sentence, "Ask a manager to press the button with this row.", {ACTION: sentence})


class AmountDoesNotFit(StepRefused):
    """The cheque's amount is not the amount owed, and no exception code says what happens to the difference."""

    code = "amount-does-not-fit"
    kind = RefusalKind.CONFLICT
    title = "The amount does not fit the invoice"

    def __init__(self, number: str, amount: str, balance: str, chosen: str, fitting: Sequence[str]) -> None:
        so_called = f": that is not “{chosen}”" if chosen else ""
        sentence = f"The cheque pays {amount}, and {balance} is owed on invoice {number}{so_called}."
        choose = f"choose an Exception: {' | '.join(fitting)}" if fitting else "leave Exception empty"
        super().__init__(sentence, f"Correct the Amount, or {choose}.", {AMOUNT: sentence})
        words = ", ".join(f"“{one}”" for one in fitting)
        give = f"give one of these as exception: {words}" if fitting else "leave out exception"
        self.for_programs = f"Correct amount_cents, or {give}."
        self.fitting = tuple(fitting)


class DuplicateCheque(StepRefused):
    """The books already have a cheque with the same payer, number and amount."""

    code = "duplicate-cheque"
    kind = RefusalKind.CONFLICT
    title = "That cheque is already recorded"
    for_programs = "Check cheque_number. If the first entry was the mistake, reopen that invoice."

    def __init__(self, cheque: str, payer: str, amount: str, invoices: Collection[str]) -> None:
        sentence = f"Cheque {cheque} of {payer} over {amount} is already recorded, on {', '.join(invoices)}."
        super().__init__(
            sentence,
            "Check the number. If the first entry was the mistake, have a manager reopen that invoice.",
            {CHEQUE_NUMBER: sentence},
        )


class CreditNotUsable(StepRefused):
    """There is no unapplied credit that the step could use, or several, and the step does not say which."""

    code = "credit-not-usable"
    kind = RefusalKind.CONFLICT
    title = "That credit cannot be used"
    for_programs = "GET /clinics/{clinic}/credits lists the credits. Give cheque_number, or credit_invoice, of one that can be used."

    def __init__(
        self, number: str, action: str, payer: str, usable: Sequence[str], waiting: Sequence[str]
    ) -> None:
        whose = f"{payer} has" if payer else "It holds"
        if usable:
            sentence = f"{whose} several credits: {'; '.join(usable)}."
            remedy = "Type the Cheque number of the one to use."
        elif waiting:
            sentence = f"{whose} credit whose cheque has not cleared: {'; '.join(waiting)}."
            remedy = "Clear the invoice with that cheque first: until then, the cheque may bounce."
        else:
            sentence = f"{whose} no unapplied credit of this description."
            remedy = (
                "Check the payer and the Cheque number. Invoice list lists the invoices that hold credit."
            )
            self.remedies = (SHOW_CREDITS,)
        sentence = (
            f"Invoice {number}, “{action}”: {sentence[0].lower() if not payer else sentence[0]}{sentence[1:]}"
        )
        super().__init__(sentence, remedy, {CHEQUE_NUMBER if usable else ACTION: sentence})


class ChequeDiffers(StepRefused):
    """Rows of one sheet have the same cheque number but different facts about the cheque."""

    code = "cheque-differs"
    kind = RefusalKind.UNUSABLE
    title = "Two rows disagree about one cheque"
    for_programs = "Steps of one cheque need the same dates and cheque_cents; a different cheque needs its own cheque_number."

    def __init__(self, cheque: str, payer: str, headings: Sequence[str]) -> None:
        sentence = f"Another row with cheque {cheque} of {payer} has a different {' and '.join(headings)}."
        super().__init__(
            sentence,
            "Rows of one cheque need the same dates; a different cheque needs its own number.",
            dict.fromkeys(headings, sentence),
        )


class StepsRefused(BillingError):
    """Several steps were sent together and some are refused. No step was recorded."""

    code = "steps-refused"
    kind = RefusalKind.CONFLICT
    title = "Nothing was recorded"
    for_programs = (
        "Correct the steps that are named by their places, or send “apply”: “good-rows” to take the others."
    )

    def __init__(self, sent: int, findings: Sequence[Finding]) -> None:
        super().__init__(
            f"{len(findings):,} of {count_of(sent, 'step')} cannot be taken, so none was recorded.",
            "Correct the steps that are named by their places, or ask for the good ones without them.",
            findings,
        )


class ChangedSinceShown(BillingError):
    """The books or the prices changed between showing what would be recorded and recording it. Nothing was recorded."""

    code = "changed-since-shown"
    kind = RefusalKind.CONFLICT
    title = "Nothing was recorded"

    def __init__(self) -> None:
        super().__init__(
            "An invoice or a price changed at the same moment, so nothing was recorded.",
            "Press the button again to see what would be recorded now.",
        )


class UnknownCase(BillingError):
    """The clinic's books have no case with this name and patient."""

    code = "unknown-case"
    kind = RefusalKind.UNKNOWN
    title = "That case is not in the books"
    remedies = (OPEN_INVOICES,)
    for_programs = "GET /clinics/{clinic}/cases lists the cases. Patient and case are compared as names, without regard to case and spaces."

    def __init__(self, case: str) -> None:
        super().__init__(
            f"There is no case “{case}” in these books.",
            "Select a row of the case on the Invoices sheet, or choose one from the list.",
        )


class NotCleared(BillingError):
    """Some invoices of a case cannot be cleared. None was cleared."""

    code = "not-cleared"
    kind = RefusalKind.CONFLICT
    title = "Nothing was cleared"
    for_programs = "Give another day, or take the step “clear” for the other invoices one by one."

    def __init__(self, refusals: Sequence[StepRefused]) -> None:
        which = "One invoice" if len(refusals) == 1 else f"{len(refusals)} invoices"
        super().__init__(
            f"{which} of the case cannot be cleared like that, so none was.",
            "Give another day, or clear the others row by row on the Invoices sheet.",
            [Finding(StepNotRecorded.of(refusal), "") for refusal in refusals],
        )


class NotOfThisCase(BillingError):
    """An invoice that was to be cleared with a case is not of that case. None was cleared."""

    code = "not-of-this-case"
    kind = RefusalKind.UNUSABLE
    title = "An invoice is not of this case"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Invoice “{number}” is not of this case, so nothing was cleared.",
            "Give the invoices of the case with the versions that were shown, and no others.",
        )


class ExamsUnusable(BillingError):
    """Exams, or lines of an exam, cannot be billed. Nothing was billed."""

    code = "exams-unusable"
    kind = RefusalKind.UNUSABLE
    title = "Exams cannot be billed as they are"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"Nothing was billed. {findings[0].message}", findings[0].remedy, findings)
        self.for_programs = findings[0].program_remedy


class NotAnExamsSheet(BillingError):
    """The active sheet lacks headings that every exam needs."""

    code = "not-an-exams-sheet"
    kind = RefusalKind.UNUSABLE
    title = "This is not an Exams sheet"
    remedies = (BLANK_EXAMS,)

    def __init__(self, sheet: str, missing: Sequence[str]) -> None:
        names = " and ".join(f"“{name}”" for name in missing)
        super().__init__(
            f"“{sheet}” has no column for {names}.",
            "Go to the sheet with the exams, or start a blank exams sheet.",
        )


class EmptyExamsSheet(BillingError):
    """The active sheet has the headings of exams but no rows below them."""

    code = "empty-exams-sheet"
    kind = RefusalKind.UNUSABLE
    title = "There are no exams on the sheet"

    def __init__(self, sheet: str) -> None:
        super().__init__(
            f"“{sheet}” has no exam below its headings.", "Fill in a row for each exam and press again."
        )


class NoPrices(BillingError):
    """The clinic's setup has no prices."""

    code = "no-prices"
    kind = RefusalKind.UNUSABLE
    title = "The clinic has no prices yet"
    remedies = (OPEN_SETUP,)
    for_programs = "The prices of a clinic are saved with its setup workbook, in Excel."

    def __init__(self, clinic: str) -> None:
        super().__init__(
            f"{clinic} has no prices yet, so no exam can be billed.",
            "Press Open setup, fill in Prices and Exam types, and press Save setup.",
        )
