"""The Aging sheet: what is owed by age, and by age for each payer, attorney, facility and physician (rule: receivables#aging)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from server.billing.clinics import Clinic
from server.billing.days import us
from server.billing.money import MILLION
from server.billing.receivables.aging import (
    Aging,
    AgingBasis,
    AgingGroup,
    OpenInvoices,
    PartyOwed,
    advice_for,
)
from server.errors import count_of
from server.sheets import cell_addresses
from server.sheets.receivables.aging_detail import AGING_DETAIL, add_detail, first_rows, places_of_buckets
from server.sheets.receivables.bucket_colors import tint_of
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import (
    ACCENT,
    COUNT,
    COUNT_OR_DASH,
    HEADING,
    HEADING_GROUP,
    HEADING_RIGHT,
    INK,
    MONEY,
    MONEY_OR_DASH,
    NOTE,
    SECTION,
    STANDFIRST,
    SUBTITLE,
    TEXT,
    TITLE,
    WRAPPED,
    places_look,
    strong_look,
    total_look,
)
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

AGING_NAME = "Aging"
AGING_KIND = "aging"
"""The mark of both sheets: the button replaces sheets that have it."""

TOTAL, CREDIT, NET = "Outstanding", "Unapplied credit", "Net outstanding"
SHARE = places_look(6, 1, "%")
FIRST_BUCKET = 6
"""The row of the first bucket."""

_HEADINGS = ("Days", "Risk", "What to do", "Invoices", "Balance", "Share")
_AS_KNOWN = "As it was known at the end of that day: what was recorded later does not show."
_CREDIT_ADVICE = "Apply or refund it."
_PARTY_WIDTH, _MONEY_WIDTH, _ADVICE_WIDTH, _COUNT_WIDTH = 36.0, 15.0, 29.0, 10.5


def write_aging(clinic: Clinic, aging: Aging, invoices: OpenInvoices, scope: str, date_system: int) -> bytes:
    """Return an .xlsx workbook with the sheets Aging and Aging Detail. ``scope`` is what ``scope_words`` returns."""
    builder = WorkbookBuilder(AGING_KIND, clinic.name, AGING_NAME, date_system)
    builder.reserve([AGING_NAME, AGING_DETAIL.name])
    widths = _widths(len(aging.buckets))
    grid = Grid(builder.writer, widths)
    _put_top(grid, clinic, aging, scope, len(widths))
    row = _put_buckets(grid, aging)
    for group, parties in aging.groups.items():
        row = _put_parties(grid, aging, group, parties, row + 1)
    page = Page(
        widths,
        f"{AGING_NAME} · {us(aging.as_of)}",
        landscape=True,
        freeze="B4",
        repeat_rows="1:3",
        tab=ACCENT,
    )
    sheet = builder.add(AGING_NAME, page, [grid.xml()])
    rows = first_rows(places_of_buckets(aging, invoices))
    builder.link_cells(sheet, _detail_links(rows))
    cells = [
        cell_addresses.link_target(AGING_NAME, f"A{FIRST_BUCKET + place}")
        for place in range(len(aging.buckets))
    ]
    add_detail(builder, clinic, aging, invoices, cells)
    return builder.to_bytes()


def title_of(aging: Aging) -> str:
    """Return what the sheet is about: the day from which ages are counted, and the day on which."""
    return f"Aging by {aging.basis.day_in_words} · as of {us(aging.as_of)}"


def scope_words(filter_words: str, *, is_past: bool) -> str:
    """Return which invoices the sheet counts. ``filter_words`` is what narrows them, "" if nothing does.

    ``is_past`` is whether the as-of day is before today.
    """
    narrowed = f"Only {filter_words}." if filter_words else "All open invoices."
    return f"{narrowed} {_AS_KNOWN}" if is_past else narrowed


def basis_sentence(aging: Aging) -> str:
    """Return how many invoices lack the day of the basis, "" if none does."""
    if not aging.without_basis:
        return ""
    lack = "has" if aging.without_basis == 1 else "have"
    missing = {AgingBasis.SENT: "not been sent", AgingBasis.AGREED: "no agreement"}[aging.basis]
    counted = "It is" if aging.without_basis == 1 else "They are"
    return f"{count_of(aging.without_basis, 'invoice')} {lack} {missing}. {counted} counted from the day of creation."


def _widths(buckets: int) -> list[float]:
    money = [_MONEY_WIDTH, _ADVICE_WIDTH, *[_MONEY_WIDTH] * (buckets - 1)]
    return [_PARTY_WIDTH, *money, *[_COUNT_WIDTH] * (buckets + 1)]


def _put_top(grid: Grid, clinic: Clinic, aging: Aging, scope: str, columns: int) -> None:
    grid.band(1, columns, clinic.name, TITLE, height=34)
    grid.band(2, columns, title_of(aging), SUBTITLE, height=22)
    grid.band(3, columns, f"{scope} {basis_sentence(aging)}".rstrip(), STANDFIRST, height=20)


def _put_buckets(grid: Grid, aging: Aging) -> int:
    """Put the table of the buckets; return the next free row."""
    right = {"Invoices", "Balance", "Share"}
    looks = [HEADING_RIGHT if title in right else HEADING for title in _HEADINGS]
    grid.fill(FIRST_BUCKET - 1, _HEADINGS, looks)
    outstanding = aging.total.balance_cents
    row = FIRST_BUCKET
    for bucket, owed, share in zip(aging.buckets, aging.owed, aging.shares, strict=True):
        tinted = replace(TEXT, fill=tint_of(bucket), bold=True)
        grid.fill(
            row,
            (bucket.name, bucket.risk, advice_for(bucket), owed.invoices, owed.balance_cents, share),
            (replace(tinted, underline=True), tinted, WRAPPED, COUNT, MONEY, SHARE),
        )
        row += 1
    grid.fill(
        row,
        (TOTAL, None, None, aging.total.invoices, outstanding, MILLION if outstanding else 0),
        [total_look(look) for look in (TEXT, TEXT, TEXT, COUNT, MONEY, SHARE)],
    )
    grid.fill(
        row + 1,
        (
            CREDIT,
            None,
            _CREDIT_ADVICE if aging.unapplied_cents else None,
            aging.credits,
            -aging.unapplied_cents,
            None,
        ),
        (TEXT, TEXT, WRAPPED, COUNT, MONEY, SHARE),
    )
    grid.fill(
        row + 2,
        (NET, None, None, None, aging.net_cents, None),
        [total_look(look) for look in (TEXT, TEXT, TEXT, COUNT, MONEY, SHARE)],
    )
    grid.put(
        row + 3, 1, "Credit is in no bucket: it belongs to payers until it is applied or refunded.", NOTE
    )
    return row + 4


def _put_parties(grid: Grid, aging: Aging, group: AgingGroup, parties: Sequence[PartyOwed], row: int) -> int:
    """Put a table with a row for each party: the balance in each bucket, then the count; return the next free row."""
    buckets = aging.buckets
    width = 2 * len(buckets) + 3
    grid.band(row, width, f"By {group}", SECTION, height=24)
    over = ["", "Balance", *[None] * len(buckets), "Invoices", *[None] * len(buckets)]
    grid.fill(row + 1, over, HEADING_GROUP)
    tinted = [replace(HEADING_RIGHT, ink=INK, fill=tint_of(bucket)) for bucket in buckets]
    names = [bucket.name for bucket in buckets]
    grid.fill(
        row + 2,
        (group.capitalize(), *names, "Total", *names, "Total"),
        (HEADING, *tinted, HEADING_RIGHT, *tinted, HEADING_RIGHT),
    )
    row += 3
    looks = (
        WRAPPED,
        *[MONEY_OR_DASH] * len(buckets),
        strong_look(MONEY),
        *[COUNT_OR_DASH] * len(buckets),
        strong_look(COUNT),
    )
    values: tuple[str | int | None, ...]
    for party in parties:
        cents = [owed.balance_cents for owed in party.buckets]
        counts = [owed.invoices for owed in party.buckets]
        values = (
            party.name or group.nobody,
            *cents,
            party.total.balance_cents,
            *counts,
            party.total.invoices,
        )
        grid.fill(row, values, looks)
        row += 1
    cents = [owed.balance_cents for owed in aging.owed]
    counts = [owed.invoices for owed in aging.owed]
    grid.fill(
        row,
        (TOTAL, *cents, aging.total.balance_cents, *counts, aging.total.invoices),
        [total_look(look) for look in (TEXT, *looks[1:])],
    )
    return row + 1


def _detail_links(rows: Mapping[int, tuple[int, int]]) -> dict[str, str]:
    """Return the links from each bucket that has invoices to the first of them."""
    return {
        f"A{FIRST_BUCKET + place}": cell_addresses.link_target(AGING_DETAIL.name, f"A{first}")
        for place, (first, _) in rows.items()
    }
