"""What a bookkeeper prints: how many pages, what is on them, and whether it can be read."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.clinics import Clinic, Provider, Service, Setup, WorksAs
from server.billing.days import date_of
from server.billing.payroll.pay_history import (
    EarlierRuns,
    PayHistory,
    ProviderNames,
    RunInTime,
    YearPay,
    pay_history,
    work_rows,
)
from server.billing.payroll.pay_run import Period, RateUsed
from server.billing.payroll.run_columns import PaidLines
from server.billing.payroll.state_lines import DRAFT_LINE
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.payroll.long_sheets import name_or_any
from server.sheets.payroll.payroll_workbook import write_check, write_payroll
from server.sheets.payroll.tables import (
    EXCLUDED,
    FINDINGS,
    LINES,
    PAY_BY_SERVICE_NAME,
    SUMMARY_NAME,
)
from server.sheets.xlsx.row_heights import height_of
from server.sheets.xlsx.style import TONE_FILLS, WHITE, Look, share_look
from server.sheets.xlsx.wording import rate_look
from tests.papers.reading import pages_of
from tests.sheets.invented import CLINIC, GONE, IDLE, SERVICES, a_run, adjusted
from tests.sheets.workbooks import rows_of

OFFICE = shutil.which("soffice")

FIFTEEN = [
    f"{name} Placeholder-Longname"
    for name in [
        "Ada",
        "Bo",
        "Cy",
        "Di",
        "Ed",
        "Flo",
        "Gus",
        "Hal",
        "Ida",
        "Jon",
        "Kit",
        "Lou",
        "Mia",
        "Ned",
        "Ola",
    ]
]
LEFT = ("Lea Left", "Leo Left", "Liv Left", "Lux Left")
PROVIDERS = [
    Provider(name, provider_id=f"P-{place}", works_as=list(WorksAs)[place % 2])
    for place, name in enumerate([*FIFTEEN, "Zed Gone", *LEFT])
]
PAID_EARLIER = dict.fromkeys([*LEFT, "Uma Unlisted", "Val Unlisted"], 1_234_56)
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30))
NAMED = [Service(code, f"Service number {place}") for place, code in enumerate(SERVICES)]


def october() -> tuple[bytes, PayHistory]:
    """Return the payroll of fifteen providers with missed visits, beside a last period that paid one more."""
    run, last = a_run(1_500, FIFTEEN, unpaid=80), a_run(1_200, [*FIFTEEN, "Zed Gone"], seed=9)
    lines = run.lines.frame()
    lines.loc[lines.index % 40 == 0, "counts_as"] = "no show"
    clinic = replace(CLINIC, address="12 Sample Street; Sample Falls, OH 00000", phone="(555) 010-0199")
    run = replace(run, lines=PaidLines.of_frame(lines), clinic=clinic, pay_date=date(2026, 11, 5))
    names = ProviderNames(PROVIDERS)
    now, before = (names.works_of(work_rows(one.lines.frame(), one.rates_used)) for one in (run, last))
    earlier = EarlierRuns(SEPTEMBER, ("last",), (), ("last",))
    when = RunInTime(run.id, run.period, run.pay_date)
    history = pay_history(when, earlier, now, {"last": before}, YearPay(PAID_EARLIER))
    return write_payroll(run, PROVIDERS, services=NAMED, history=history), history


BYTES, HISTORY = october()


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook(BytesIO(BYTES))


def cells_of(sheet: Worksheet) -> Iterator[Any]:
    """Yield the cells of a sheet."""
    return chain.from_iterable(sheet.iter_rows())


# -- pages


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return printed(BYTES, tmp_path_factory.mktemp("print"))


def printed(workbook: bytes, folder: Path) -> list[str]:
    """Return the text of each printed page, as LibreOffice prints the workbook."""
    if OFFICE is None:
        pytest.skip("LibreOffice (soffice) is not installed, so nothing is printed")
    (folder / "payroll.xlsx").write_bytes(workbook)
    command = [OFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    convert: list[str | Path] = ["--convert-to", "pdf", "--outdir", folder, folder / "payroll.xlsx"]
    subprocess.run([*command, *convert], check=True, capture_output=True, timeout=180)
    return pages_of((folder / "payroll.pdf").read_bytes())


def test_the_summary_of_fifteen_providers_is_one_page_with_all_of_them(pages: list[str]) -> None:
    summary = [
        page
        for page in pages
        if "Clinic total" in page and "Why the pay differs" in page and "Rows that need attention" in page
    ]
    assert len(summary) == 1
    assert all(name.split()[0] in summary[0] for name in [*FIFTEEN, "Zed Gone"])
    assert summary[0].count("Others paid this year (2)") == 3
    assert summary[0] == pages[0]
    for shown in (
        "Pay date 11/05/2026",
        "12 Sample Street, Sample Falls, OH 00000",
        "P-14",
        "Year to date 2026",
    ):
        assert shown in pages[0], shown


def test_the_summary_of_fifteen_providers_with_adjustments_is_one_page(tmp_path: Path) -> None:
    run = adjusted(a_run(300, FIFTEEN), FIFTEEN)
    pages = printed(write_payroll(run, PROVIDERS, services=NAMED, history=HISTORY), tmp_path)
    assert all(
        shown in pages[0]
        for shown in (
            "Clinic total",
            "Total to pay",
            "Carried in",
            "Why the pay differs",
            f"{GONE}, who",
            f"{IDLE}, who",
        )
    )
    assert "Pay by service and provider" in pages[1]
    assert sum("From the visits to the total to pay" in page for page in pages) == 1
    (listed,) = [page for page in pages if "adjustments of earlier pay, 1 late visit" in page]
    assert DRAFT_LINE in listed


def test_the_reconciliation_is_one_page_and_the_lines_are_not_printed(pages: list[str]) -> None:
    assert sum("Where every row of the log went" in page for page in pages) == 1
    assert sum("Which columns were read" in page for page in pages) == 1
    assert not [page for page in pages if "Rate effective from" in page]


def test_the_fingerprint_is_on_the_reconciliation_alone(pages: list[str]) -> None:
    with_it = [page for page in pages if re.search(r"[0-9a-f]{64}", page)]
    assert len(with_it) == 1
    assert "Where every cent came from" in with_it[0]


def test_no_statement_ends_with_a_nearly_empty_page(pages: list[str]) -> None:
    for name in FIFTEEN:
        of_provider = [page for page in pages[1:] if f"{name} · Oct" in page]
        assert len(of_provider) > 1
        assert len(re.findall(r"\d\d/\d\d/2026", of_provider[-1])) > 4


# -- what is on them


def test_the_fingerprint_is_still_on_the_summary_for_programs_in_a_hidden_row(book: Workbook) -> None:
    sheet = book[SUMMARY_NAME]
    (cell,) = [cell for cell in cells_of(sheet) if str(cell.value).startswith("Fingerprint")]
    assert sheet.row_dimensions[cell.row].hidden


def test_the_difference_of_each_provider_is_the_sum_of_its_parts_on_the_sheet(book: Workbook) -> None:
    rows = rows_of(book[SUMMARY_NAME])
    start = next(place for place, row in enumerate(rows) if row[0] == "Provider")
    titles = rows[start]
    parts = [titles.index(title) for title in ("Rate", "Volume", "New services")]
    shown = [row for row in rows[start + 1 :] if row[0] in {*FIFTEEN, "Zed Gone", "Clinic total"}]
    assert len(shown) == len(FIFTEEN) + 2
    for row in shown:
        cents = [round(float(str(row[place])) * 100) for place in parts if row[place] != "–"]
        assert sum(cents) == round(float(str(row[titles.index("Difference")])) * 100)


def test_zero_and_none_are_shown_differently(book: Workbook) -> None:
    (gone,) = [row for row in rows_of(book[SUMMARY_NAME]) if row[0] == "Zed Gone"]
    assert gone[3:6] == ("–", "–", "–")
    assert isinstance(gone[6], int)
    nobody = a_run(60, FIFTEEN[:3], unpaid=0)
    lines = nobody.lines.frame()
    lines = lines[(lines["provider"] != FIFTEEN[0]) | (lines["service"] != SERVICES[0])]
    cut = replace(nobody, lines=PaidLines.of_frame(lines))
    used = tuple(
        replace(rate, paid_cents=int(lines["amount_cents"][lines["rate"] == place].sum()))
        for place, rate in enumerate(nobody.rates_used)
    )
    cut = replace(cut, rates_used=used)
    shown = load_workbook(BytesIO(write_payroll(cut, PROVIDERS)))[PAY_BY_SERVICE_NAME]
    first = next(row for row in shown.iter_rows() if row[0].value == SERVICES[0])
    assert first[1].value == "–"


def test_services_are_shown_by_code_and_name(book: Workbook) -> None:
    down = [row[0] for row in book[PAY_BY_SERVICE_NAME].values]
    assert {f"{code} Service number {place}" for place, code in enumerate(SERVICES)} <= set(down)
    statement = book[FIFTEEN[0][:31]]
    assert any(str(row[0]).startswith("EX-101 Service number 0") for row in statement.values)


def test_blocked_rows_come_first_on_excluded(book: Workbook) -> None:
    outcomes = [str(row[EXCLUDED.position("Outcome")]) for row in rows_of(book[EXCLUDED.name])[1:]]
    assert outcomes == sorted(outcomes)
    assert outcomes[0] == "blocked"


def test_hours_are_hours_and_not_minutes(book: Workbook) -> None:
    statement = book[FIFTEEN[0][:31]]
    hourly = [row for row in statement.iter_rows() if str(row[3].value).endswith("per hour")]
    assert hourly
    for row in hourly:
        assert '"hours"' in row[2].number_format
    for row in hourly[1:]:
        assert row[2].value in {0.5, 0.75, 0.833333, 1.0}


@pytest.mark.parametrize(
    ("share", "shown"), [(600_000, "0%"), (625_000, "0.0%"), (333_333, "0.0000%"), (12_500, "0.00%")]
)
def test_a_percentage_has_the_decimal_places_it_needs(share: int, shown: str) -> None:
    assert share_look(share).form.removeprefix("#,##") == f"{shown}_)"
    rate = RateUsed(
        "*",
        "*",
        "% of charge",
        share,
        is_share=True,
        effective_from=date_of(46_000),
        note="",
        lines=1,
        paid_cents=1,
    )
    assert rate_look(rate) is share_look(share)


def test_the_sign_for_any_is_a_word() -> None:
    assert (name_or_any("*", "provider"), name_or_any("EX-101", "service")) == ("Any provider", "EX-101")


# -- whether it can be read


def test_every_number_of_a_thousand_or_more_has_a_separator(book: Workbook) -> None:
    plain = {"Source row"}
    for sheet in book.worksheets:
        heads = {cell.column: cell.value for cell in sheet[1]}
        for cell in cells_of(sheet):
            is_number = isinstance(cell.value, int | float) and abs(cell.value) >= 1_000
            if is_number and not cell.is_date and heads.get(cell.column) not in plain:
                assert "#,##0" in cell.number_format, (sheet.title, cell.coordinate, cell.number_format)


def test_every_row_has_a_height_that_fits_its_text(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.sheet_format.customHeight
        assert sheet.sheet_format.defaultRowHeight == height_of(1)
        for cell in cells_of(sheet):
            lines = str(cell.value or "").count("\n") + 1
            height = sheet.row_dimensions[cell.row].height or height_of(1)
            assert height >= lines * cell.font.size * 1.2, (sheet.title, cell.coordinate)


def _luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: str, ground: str) -> float:
    """Return the contrast ratio of two colors (WCAG 2.2, 1.4.3)."""
    lighter, darker = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def looks() -> Iterator[Look]:
    """Yield every look that a module of the sheets holds."""
    for name, module in sorted(sys.modules.items()):
        if name.startswith("server.sheets"):
            for value in vars(module).values():
                yield from _looks_in(value)


def _looks_in(value: object) -> Iterator[Look]:
    if isinstance(value, Look):
        yield value
    elif isinstance(value, dict):
        yield from (one for one in value.values() if isinstance(one, Look))
    elif isinstance(value, tuple | list):
        yield from (one for one in value if isinstance(one, Look))


def test_all_text_has_a_contrast_of_at_least_4_5_to_1() -> None:
    checked = list(looks())
    assert len(checked) > 40
    for look in checked:
        assert contrast(look.ink, look.fill or WHITE) >= 4.5, look
        assert "[" not in look.form, "a color of a number format is Excel's own, and its red is too light"
    for fill in TONE_FILLS.values():
        assert contrast(WHITE, fill) >= 4.5


@pytest.mark.parametrize(
    "workbook",
    [
        BYTES,
        write_check(a_run()),
        write_setup(Setup(Clinic("lakeside", "Lakeside"), tuple(PROVIDERS), tuple(NAMED)), "v1"),
    ],
    ids=["payroll", "check", "setup"],
)
def test_the_cells_of_a_workbook_have_that_contrast_too(workbook: bytes) -> None:
    for cell in chain.from_iterable(map(cells_of, load_workbook(BytesIO(workbook)).worksheets)):
        if cell.value is None:
            continue
        ground = cell.fill.fgColor.rgb[-6:] if cell.fill.fill_type else WHITE
        assert contrast(cell.font.color.rgb[-6:], ground) >= 4.5, cell.coordinate


def test_findings_use_the_full_width_of_the_paper(book: Workbook) -> None:
    sheet = book[FINDINGS.name]
    assert sheet.max_column == len(FINDINGS.titles)
    assert str(sheet["G3"].value).startswith("DRAFT")
    assert str(sheet.print_title_rows).strip("$").startswith("3")


def test_the_lines_have_an_empty_print_area(book: Workbook) -> None:
    sheet = book[LINES.name]
    area = sheet.print_area.rsplit("!", 1)[-1].replace("$", "").split(":")[0]
    assert sheet[area].value is None
