"""Dialects of what stands between and around the rows of a log: titles, totals, headers, footers and strays."""

from decimal import Decimal

from tests.differential.page import BLANK, MONEY, Page, Row, Shown
from tests.differential.switches import Stage, switch
from tests.differential.truth import PEOPLE

AMOUNTS = (
    "units",
    "charge",
    "collected",
    "collected:client",
    "collected:insurer",
    "charge:client",
    "charge:insurer",
)


def _sums(page: Page, rows: list[Row], kind: str) -> Row:
    """Return a row with the sum of each column of plain numbers that one would add up."""
    total = page.empty_row(kind)
    for at, column in enumerate(page.fields):
        values = [row.cells[at].value for row in rows]
        numbers = [value for value in values if isinstance(value, int | float)]
        if column.holds in AMOUNTS and len(numbers) == len(values):
            added = sum((Decimal(str(value)) for value in numbers), Decimal(0))
            total.cells[at] = Shown(float(round(added, 2)), MONEY)
    return total


def _label_place(page: Page) -> int:
    """Return the first column without a sum."""
    return next(at for at, column in enumerate(page.fields) if column.holds not in AMOUNTS)


@switch("title rows", "title", Stage.ROWS, mild=True)
def title_rows(page: Page) -> None:
    for text in ("Birchwood Practice", "Appointments by provider, printed 11/02/2026"):
        row = page.empty_row("title")
        row.cells[0] = Shown(text)
        page.rows.insert(0, row)
    page.rows.insert(2, page.empty_row("blank"))


@switch("a band of words above the headings", "title", Stage.ROWS)
def band_above_headings(page: Page) -> None:
    band = page.empty_row("band")
    words = ("Visit", "Date", "Provider", "Amounts")
    for at, text in zip(range(0, len(page.fields), 3), words, strict=False):
        band.cells[at] = Shown(text)
    page.rows.insert(0, band)


@switch("blank rows between", "blanks", Stage.FURNITURE, mild=True)
def blank_rows(page: Page) -> None:
    for _ in range(2):
        page.rows.insert(page.rng.randrange(page.first_visit(), len(page.rows)), page.empty_row("blank"))


@switch("a totals row", "totals", Stage.FURNITURE, mild=True)
def totals_row(page: Page) -> None:
    total = _sums(page, page.visit_rows(), "total")
    total.cells[_label_place(page)] = Shown(page.rng.choice(("Total", "Grand Total", "Totals:")))
    page.rows.append(total)


@switch("a totals row with the count of visits as a date", "totals", Stage.FURNITURE)
def counted_totals_row(page: Page) -> None:
    total = _sums(page, page.visit_rows(), "total")
    total.cells[_label_place(page)] = Shown("Total")
    at = page.place("date")
    if at is not None:
        total.cells[at] = Shown(len(page.visits))
    page.rows.append(total)


@switch("totals without a label", "totals", Stage.FURNITURE)
def unlabelled_totals(page: Page) -> None:
    page.rows.append(_sums(page, page.visit_rows(), "total"))


@switch("subtotals as Excel writes them", "totals", Stage.FURNITURE)
def excel_subtotals(page: Page) -> None:
    at = page.place("provider") if page.place("provider") is not None else page.place("service")
    if at is None or any(row.kind == "group row" for row in page.rows):
        return
    first = page.first_visit()
    groups: dict[str, list[Row]] = {}
    for row in page.visit_rows():
        groups.setdefault(row.visit.provider if row.visit else "", []).append(row)
    rest = [row for row in page.rows[first:] if row.kind != "visit"]
    page.rows[first:] = []
    for name, rows in sorted(groups.items()):
        subtotal = _sums(page, rows, "subtotal")
        subtotal.cells[at] = Shown(f"{name} Total")
        page.rows += [*rows, subtotal]
    grand = _sums(page, page.visit_rows(), "total")
    grand.cells[at] = Shown("Grand Total")
    page.rows += [grand, *rest]


@switch("a totals row that is wrong", "totals", Stage.FURNITURE)
def wrong_totals_row(page: Page) -> None:
    totals_row(page)
    for at, shown in enumerate(page.rows[-1].cells):
        if isinstance(shown.value, float):
            page.rows[-1].cells[at] = Shown(shown.value + 10, MONEY)


@switch("the header repeated", "headers", Stage.FURNITURE, mild=True)
def repeated_header(page: Page) -> None:
    header = next(row for row in page.rows if row.kind == "header")
    page.rows.insert(_middle(page), Row("header again", list(header.cells)))


@switch("a part of the header repeated", "headers", Stage.FURNITURE)
def part_of_header(page: Page) -> None:
    header = next(row for row in page.rows if row.kind == "header")
    part = [shown if at < len(header.cells) - 3 else BLANK for at, shown in enumerate(header.cells)]
    page.rows.insert(_middle(page), Row("header again", part))


def _middle(page: Page) -> int:
    return page.rng.randrange(page.first_visit() + 1, len(page.rows) + 1)


@switch("a page footer", "footer", Stage.FURNITURE)
def page_footer(page: Page) -> None:
    footer = page.empty_row("footer")
    texts = page.rng.choice(
        (("Page", "1 of 1"), ("Printed on 11/02/2026",), ("Generated by PracticeSuite", "v2"))
    )
    footer.cells[: len(texts)] = [Shown(text) for text in texts]
    page.rows += [page.empty_row("blank"), footer]


@switch("a summary table below", "footer", Stage.FURNITURE)
def summary_below(page: Page) -> None:
    head = page.empty_row("summary")
    head.cells[:2] = [Shown("Provider"), Shown("Visits")]
    page.rows += [page.empty_row("blank"), head]
    for name in PEOPLE[:3]:
        row = page.empty_row("summary")
        row.cells[:2] = [Shown(name), Shown(sum(visit.provider == name for visit in page.visits))]
        page.rows.append(row)


@switch("a remark between the rows", "remark", Stage.FURNITURE, mild=True)
def remark(page: Page) -> None:
    row = page.empty_row("remark")
    row.cells[0] = Shown(page.rng.choice(("Please check this week", "Week 2", "continued")))
    page.rows.insert(_middle(page), row)


@switch("hidden rows", "hidden", Stage.FURNITURE, mild=True)
def hidden_rows(page: Page) -> None:
    for row in page.rng.sample(page.visit_rows(), 2):
        row.hidden = True


@switch("a stray cell right of the headings", "stray", Stage.FURNITURE)
def stray_cell(page: Page) -> None:
    page.rng.choice(page.visit_rows()).cells.append(Shown(page.rng.choice(("ok", 250, "see note"))))


@switch("a row shifted by one cell", "stray", Stage.FURNITURE)
def shifted_row(page: Page) -> None:
    row = page.rng.choice(page.visit_rows())
    row.cells.insert(page.rng.randrange(len(row.cells)), BLANK)
    row.kind = "shifted"


@switch("a row written twice", "copies", Stage.FURNITURE)
def copied_row(page: Page) -> None:
    row = page.rng.choice(page.visit_rows())
    copy = Row("again", list(row.cells), row.visit)
    page.rows.insert(page.rows.index(row) + page.rng.randrange(2), copy)


@switch("rows without a date", "gaps in rows", Stage.FURNITURE)
def dateless_row(page: Page) -> None:
    _cleared(page, "date")


@switch("rows without a provider", "gaps in rows", Stage.FURNITURE)
def providerless_row(page: Page) -> None:
    _cleared(page, "provider")


@switch("rows without a service", "gaps in rows", Stage.FURNITURE)
def serviceless_row(page: Page) -> None:
    _cleared(page, "service")


def _cleared(page: Page, holds: str) -> None:
    at = page.place(holds)
    row = page.rng.choice(page.visit_rows())
    if at is not None:
        row.cells[at] = BLANK
        row.kind = "incomplete"
