"""The headings that practice systems use for the columns of a payments sheet, and their words for kinds of payments.

Exact synonyms after folding, never a resemblance (rule: pay-runs#payments-sheet).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.billing.names import fold
from server.billing.payroll.payment_lines import PaymentKind
from server.sheets.appointment_log.heading_synonyms import BY_NAME, WHOLE, flag_of, fold_heading
from server.sheets.cells import text_of
from server.sheets.sheet import Sheet

LOOKED_AT = 60
"""The headings must be within this many rows from the top."""


def _of_log(name: str, *without: str) -> tuple[str, ...]:
    """Return the headings of a field of the appointment log, without those that mean something else here."""
    return tuple(one for one in (BY_NAME[name].heading, *BY_NAME[name].synonyms) if one not in without)


HEADINGS: Mapping[str, tuple[str, ...]] = {
    "Payment date": (
        "Date of Payment", "Paid On", "Date Paid", "Paid Date", "Posted", "Posted On", "Post Date", "Posting Date", "Posted Date",
        "Date Posted", "Received On", "Date Received", "Received Date", "Deposit Date", "Transaction Date", "Pmt Date", "Payment Day",
    ),
    "Appointment ID": _of_log("appointment", "ID", "Record ID"),
    "Patient": _of_log("patient"),
    "Date of service": (
        "DOS", "Service Date", "Appt Date", "Appointment Date", "Visit Date", "Session Date", "Encounter Date", "Date of Visit",
        "Date of Session", "Date of Appointment", "Day of Service", "Service Date From", "From DOS", "DOS From",
    ),
    "Provider": _of_log("provider"),
    "Amount": (
        "Payment Amount", "Amount Paid", "Paid Amount", "Paid", "Payment", "Amount Received", "Received", "Received Amount",
        "Amount Collected", "Collected", "Collected Amount", "Transaction Amount", "Pmt Amount", "Net Amount", "Amt",
    ),
    "Payer": ("Payor", "Paid By", "Insurer", "Insurance", "Carrier", "Payer Name", "Payor Name", "Payment Source", "Received From"),
    "Kind": ("Type", "Payment Type", "Transaction Type", "Entry Type", "Kind of Payment", "Transaction"),
    "Payment ID": (
        "Payment #", "Payment No", "Payment Number", "Transaction ID", "Transaction #", "Transaction Number", "Receipt ID", "Receipt #",
    ),
}  # fmt: skip
"""Heading -> its synonyms."""

_FIELD_OF = {
    fold_heading(heading): title for title, others in HEADINGS.items() for heading in (title, *others)
}

KIND_WORDS: Mapping[PaymentKind, frozenset[str]] = {
    kind: frozenset(map(fold, (kind.value, *words)))
    for kind, words in {
        PaymentKind.PAYMENT: (
            "Payments", "Pmt", "Paid", "Copay", "Co-pay", "Deductible", "Coinsurance", "Insurance Payment", "Insurer Payment", "Patient Payment",
            "Client Payment", "Payer Payment", "Cash", "Check", "Cheque", "Card", "Credit Card", "Debit Card", "ACH", "EFT", "ERA", "HSA",
        ),
        PaymentKind.REFUND: ("Refunds", "Refunded", "Patient Refund", "Client Refund", "Insurance Refund", "Payer Refund"),
        PaymentKind.TAKE_BACK: (
            "Takebacks", "Take back", "Recoupment", "Recoup", "Recouped", "Clawback", "Chargeback", "Reversal", "Reversed", "NSF",
            "Returned Check", "Bounced Check",
        ),
        PaymentKind.ADJUSTMENT: (
            "Adjustments", "Adj", "Write-off", "Write off", "Contractual", "Contractual Adjustment", "Contractual Write-off", "Discount",
            "Courtesy Adjustment", "Bad Debt",
        ),
    }.items()
}  # fmt: skip
"""Kind -> the folded words for it that are always known."""


@dataclass(frozen=True, slots=True)
class PaymentColumns:
    """Where the columns of a payments sheet are: the row of the headings, and the position of each column by its own heading."""

    header: int
    places: Mapping[str, int]
    unclear: tuple[str, ...] = ()
    """The fields that more than one column could be."""

    @property
    def missing_titles(self) -> list[str]:
        """Return what a payments sheet needs and this one does not have."""
        lacking = [title for title in ("Payment date", "Amount") if title not in self.places]
        lacking += [title for title in self.unclear if title not in {*lacking, "Payer"}]
        by_patient = {"Patient", "Date of service"} <= self.places.keys()
        if "Appointment ID" not in {*self.places, *lacking} and not by_patient:
            lacking.append("Appointment ID")
        return lacking


def find_columns(sheet: Sheet) -> PaymentColumns:
    """Return the columns of a payments sheet, by the row with the most of its headings.

    The sheet's own heading goes before its synonyms. If two columns could be one field, neither is, because it may be the wrong amount.
    """
    best = PaymentColumns(0, {})
    for row in range(min(sheet.height, LOOKED_AT)):
        found: dict[str, list[int]] = {}
        for position, column in enumerate(sheet.columns):
            title = _FIELD_OF.get(fold_heading(text_of(column[row])))
            if title:
                found.setdefault(title, []).append(position)
        places = {
            title: only
            for title, positions in found.items()
            if (only := _only_column(sheet, row, title, positions)) is not None
        }
        if len(found) > len(best.places) + len(best.unclear):
            best = PaymentColumns(row, places, tuple(title for title in found if title not in places))
    return best


def _only_column(sheet: Sheet, row: int, title: str, positions: Sequence[int]) -> int | None:
    """Return the one column that is a field: the only one, or the only one with its own heading."""
    own = [one for one in positions if fold_heading(text_of(sheet.columns[one][row])) == fold_heading(title)]
    found = own or positions
    return found[0] if len(found) == 1 else None


def is_payments_export(sheet: Sheet) -> bool:
    """Return whether a sheet is a list of payments and no appointment log: it has their headings, and none of a status."""
    columns = find_columns(sheet)
    if columns.missing_titles:
        return False
    texts = [text_of(column[columns.header]) for column in sheet.columns]
    return not any(WHOLE.get(fold_heading(text)) == "status" or flag_of(text) for text in texts)


def is_heading(title: str, text: str) -> bool:
    """Return whether a text is a heading of a column, as in a row of headings that is repeated further down."""
    return _FIELD_OF.get(fold_heading(text)) == title


def known_kinds(answered: Mapping[str, PaymentKind]) -> dict[str, PaymentKind]:
    """Return what each folded word means; ``answered`` are the answers of the clinic."""
    known = {word: kind for kind, words in KIND_WORDS.items() for word in words}
    return {**known, **answered}
