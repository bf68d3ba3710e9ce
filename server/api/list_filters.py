"""What a list is narrowed to, how it is sorted, and which page of it is asked for.

Names of patients and cases are filters of a search, which is a POST: names in URLs would end up in logs (ADR 19).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from server.api.invoice_bodies import Body, Day, Name
from server.billing.invoices.invoice import State
from server.billing.payroll.held_visits import HeldState
from server.billing.receivables.aging_buckets import EVERY_BUCKET, bucket_named
from server.billing.receivables.invoice_export import ExportFormat
from server.billing.receivables.mail_log import MessageState
from server.ledger.invoices.cases import CaseFilter, CaseOrder
from server.ledger.invoices.cheque_list import ChequeFilter, ChequeOrder
from server.ledger.invoices.documents import DocumentOrder
from server.ledger.invoices.invoice_filter import InvoiceFilter
from server.ledger.invoices.invoice_records import InvoiceOrder
from server.ledger.list_places import ListPlace, Order
from server.ledger.payroll.held_visits import HeldVisitFilter, HeldVisitOrder
from server.ledger.receivables.mail_list import MailFilter, MailOrder
from server.operations.invoice_filters import DATES, NAMED, days_between, invoice_filter
from server.operations.session import Session

Row = TypeVar("Row")

MOST_LISTED = 1_000
"""The most rows on a page."""

Limit = Annotated[int, Field(ge=1, le=MOST_LISTED)]
Place = Annotated[int, Field(ge=0, lt=2**53)]
BodyLimit = Annotated[int, Field(strict=True, ge=1, le=MOST_LISTED)]
BodyPlace = Annotated[int, Field(strict=True, ge=0, lt=2**53)]
"""A parameter of an address is a text that is read as a number; a body has numbers."""

BucketName = StrEnum(  # type: ignore[misc] # the names come from the table of buckets
    "BucketName", {word: word for bucket in EVERY_BUCKET for word in (bucket.name, bucket.risk)}
)
"""An age in days, such as ``31-60``, or its risk, such as ``High``."""


def _sort_words(orders: Iterable[str]) -> dict[str, str]:
    """Return what a list can be sorted by: each order, and with a hyphen before it, descending."""
    return {f"{sign}{order}": f"{sign}{order}" for order in orders for sign in ("", "-")}


InvoiceSort = StrEnum("InvoiceSort", _sort_words(InvoiceOrder))  # type: ignore[misc]
CaseSort = StrEnum("CaseSort", _sort_words(CaseOrder))  # type: ignore[misc]
ChequeSort = StrEnum("ChequeSort", _sort_words(ChequeOrder))  # type: ignore[misc]
HeldVisitSort = StrEnum("HeldVisitSort", _sort_words(HeldVisitOrder))  # type: ignore[misc]
MailSort = StrEnum("MailSort", _sort_words(MailOrder))  # type: ignore[misc]
DocumentSort = StrEnum("DocumentSort", _sort_words(DocumentOrder))  # type: ignore[misc]

AS_ON_SHEET = "sheet"
"""The order of the rows of a sheet of the setup."""

ProviderSort = StrEnum("ProviderSort", _sort_words((AS_ON_SHEET, "name", "provider_id")))  # type: ignore[misc]
RateSort = StrEnum(  # type: ignore[misc]
    "RateSort", _sort_words((AS_ON_SHEET, "provider", "service", "effective_from"))
)
PriceSort = StrEnum(  # type: ignore[misc]
    "PriceSort", _sort_words(("code", "payer", "unit_price_cents", "effective_from"))
)
RunSort = StrEnum("RunSort", _sort_words(("last", "first", "paid_cents")))  # type: ignore[misc]

Dates = StrEnum("Dates", {word: word for word in DATES})  # type: ignore[misc]
"""The dates that ``from`` and ``to`` can limit."""


class ChosenInvoices(Body):
    """Which invoices are meant. A part that is left out matches any invoice."""

    state: tuple[State | Literal["open", "all", "credit"], ...] = ()
    bucket: BucketName | None = None
    payer: Name = ""
    attorney: Name = ""
    facility: Name = ""
    physician: Name = ""
    cheque: Name = ""
    dates: Dates = Dates("created")
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")

    def invoice_filter(self, session: Session) -> InvoiceFilter:
        """Return the filter for the books. Raises MissingInput if ``from`` is after ``to``."""
        parties = {name: getattr(self, name) for name in NAMED if name in type(self).model_fields}
        limited = (self.dates.value, days_between(self.since, self.until))
        bucket = bucket_named(self.bucket) if self.bucket else None
        return invoice_filter(session.today, self.state, parties, limited, bucket)


class ListOfInvoices(ChosenInvoices):
    """Which invoices to list, and in which order."""

    sort: InvoiceSort = InvoiceSort("number")
    limit: Limit = 100
    after: Name = ""

    def place(self) -> ListPlace[InvoiceOrder]:
        """Return where the page begins."""
        return _place_of(InvoiceOrder, self.sort, self.after)


class ExportOfInvoices(ChosenInvoices):
    """Which invoices to export, and as what kind of file."""

    made_as: ExportFormat = Field(ExportFormat.CSV, alias="format")


class SearchForInvoices(ListOfInvoices):
    """The same, and the invoices of one patient or one case."""

    patient: Name = ""
    case: Name = ""
    limit: BodyLimit = 100


class ListOfCases(Body):
    """Which cases to list. A part that is left out matches any case."""

    state: Literal["open", "settled"] | None = None
    attorney: Name = ""
    payer: Name = ""
    sort: CaseSort = CaseSort("recorded")
    limit: Limit = 100
    after: Place = 0

    def case_filter(self) -> CaseFilter:
        """Return the filter for the books."""
        is_settled = None if self.state is None else self.state == "settled"
        return CaseFilter(attorney=self.attorney, payer=self.payer, is_settled=is_settled)

    def place(self) -> ListPlace[CaseOrder]:
        """Return where the page begins."""
        return _place_of(CaseOrder, self.sort, self.after)


class SearchForCases(ListOfCases):
    """The same, and the cases of one patient or of one name."""

    patient: Name = ""
    case: Name = ""
    limit: BodyLimit = 100
    after: BodyPlace = 0

    def case_filter(self) -> CaseFilter:
        """Return the filter for the books."""
        return replace(super().case_filter(), patient=self.patient, case=self.case)


class ListOfCheques(Body):
    """Which cheques to list. A part that is left out matches any cheque; the days are days of receipt."""

    state: Literal["in_effect", "taken_back"] | None = None
    payer: Name = ""
    number: Name = ""
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")
    sort: ChequeSort = ChequeSort("recorded")
    limit: Limit = 100
    after: Place = 0

    def cheque_filter(self) -> ChequeFilter:
        """Return the filter for the books. Raises MissingInput if ``from`` is after ``to``."""
        is_in_effect = None if self.state is None else self.state == "in_effect"
        return ChequeFilter(self.payer, self.number, is_in_effect, days_between(self.since, self.until))

    def place(self) -> ListPlace[ChequeOrder]:
        """Return where the page begins."""
        return _place_of(ChequeOrder, self.sort, self.after)


class ListOfHeldVisits(Body):
    """Which held visits to list. A part that is left out matches any; the days are days of service."""

    state: tuple[HeldState, ...] = ()
    provider: Name = ""
    run: Name = ""
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")
    sort: HeldVisitSort = HeldVisitSort("recorded")
    limit: Limit = 100
    after: Place = 0

    def held_filter(self) -> HeldVisitFilter:
        """Return the filter for the books. Raises MissingInput if ``from`` is after ``to``."""
        return HeldVisitFilter(self.state, self.provider, self.run, days_between(self.since, self.until))

    def place(self) -> ListPlace[HeldVisitOrder]:
        """Return where the page begins."""
        return _place_of(HeldVisitOrder, self.sort, self.after)


class ListOfMail(Body):
    """Which messages to list. A part that is left out matches any message; the days are days of recording."""

    state: tuple[MessageState, ...] = ()
    payer: Name = ""
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")
    sort: MailSort = MailSort("-recorded")
    limit: Limit = 100
    after: Place = 0

    def mail_filter(self) -> MailFilter:
        """Return the filter for the books. Raises MissingInput if ``from`` is after ``to``."""
        return MailFilter(self.state, self.payer, days_between(self.since, self.until))

    def place(self) -> ListPlace[MailOrder]:
        """Return where the page begins."""
        return _place_of(MailOrder, self.sort, self.after)


class ListOfDocuments(Body):
    """Which documents to list."""

    sort: DocumentSort = DocumentSort("recorded")
    limit: Limit = 100
    after: Name = ""

    def place(self) -> ListPlace[DocumentOrder]:
        """Return where the page begins."""
        return _place_of(DocumentOrder, self.sort, self.after)


class ShortList(Body):
    """Which rows to return of a list that is short and read whole. ``after`` is a count of rows."""

    limit: Limit = 100
    after: Place = 0


class ListOfProviders(ShortList):
    """Which providers to list."""

    sort: ProviderSort = ProviderSort(AS_ON_SHEET)


class ListOfRates(ShortList):
    """Which rates to list."""

    sort: RateSort = RateSort(AS_ON_SHEET)


class ListOfPrices(ShortList):
    """Which prices to list."""

    sort: PriceSort = PriceSort("code")


class ListOfRuns(ShortList):
    """Which pay runs to list."""

    sort: RunSort = RunSort("-last")


def _place_of(orders: type[Order], sort: str, after: int | str) -> ListPlace[Order]:
    """Return where a page begins, by one of the orders of its list."""
    name, is_descending = _order_named(sort)
    return ListPlace(orders(name), after, is_descending)


def sort_rows(rows: Sequence[Row], sort: str) -> list[Row]:
    """Return rows as a word of ``sort`` says. Texts are compared without regard to case. Of equal rows, the first one comes
    first, or last if descending.
    """
    name, is_descending = _order_named(sort)
    in_order = list(rows) if name == AS_ON_SHEET else sorted(rows, key=lambda row: _comparable(row, name))
    return in_order[::-1] if is_descending else in_order


def _comparable(row: object, name: str) -> Any:  # noqa: ANN401 - a text, a number or a day
    value = getattr(row, name)
    return value.casefold() if isinstance(value, str) else value


def _order_named(sort: str) -> tuple[str, bool]:
    """Return the order that a word of ``sort`` names, and whether it is descending."""
    return sort.removeprefix("-"), sort.startswith("-")
