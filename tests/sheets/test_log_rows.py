"""Which rows of a log are visits: totals, subtotals, footers, group rows and tables below are not; the rest is."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from server.billing.clinics import CountsAs, MissedPay, MissedVisitRule, PayBasis, Setup
from server.billing.payroll.appointment_log import AppointmentLog
from server.billing.payroll.pay_run import Outcome, PayRun
from server.sheets.payroll.payroll_workbook import write_payroll
from server.sheets.sheet import Cell, Sheet
from tests.invented import (
    JANUARY,
    LAKESIDE,
    a_log,
    a_rate,
    a_sheet,
    amounts,
    fates,
    paying,
    run_of_log,
)

HEADINGS = ("Date", "Provider", "Service", "Status", "Charge", "Note")
SHARE = paying(a_rate(500_000, PayBasis.OF_CHARGE))
BLANK = (None,) * len(HEADINGS)


def a_visit(charge: Cell = 100, **cells: Cell) -> tuple[Cell, ...]:
    row: dict[str, Cell] = {
        "date": "10/25/2026",
        "provider": "Jane Roe",
        "service": "EX-101",
        "status": "Show",
        "charge": charge,
        "note": None,
    }
    return tuple((row | cells).values())


def a_line(**cells: Cell) -> tuple[Cell, ...]:
    """A row with these cells and no others."""
    return a_visit(**(dict.fromkeys(("date", "provider", "service", "status", "charge", "note")) | cells))


def a_table(*rows: Sequence[Cell], headings: Sequence[str] = HEADINGS, **options: object) -> Sheet:
    return a_sheet(rows, headings, **options)


def run_of(sheet: Sheet, setup: Setup = SHARE) -> PayRun:
    return run_of_log(a_log(sheet, setup), setup)


def codes(log: AppointmentLog | PayRun) -> list[str]:
    """The codes of what is said; the column Note is never read, and that is said each time."""
    return [finding.code for finding in log.findings if finding.code != "columns-not-read"]


def rows_below(log: AppointmentLog) -> int:
    """Return how many rows a reading accounts for."""
    facts = log.facts
    furniture = facts.repeated_headers + facts.totals_rows + facts.blank_rows + sum(facts.furniture.values())
    return len(log) + furniture


@pytest.mark.parametrize(
    "row",
    [
        a_visit(date=None, service="Total Care"),
        a_visit(date=None, note="Total of 3 visits this week"),
        a_visit(date=None, service="Total Care", provider="Somebody New"),
        a_visit(date=None, service="Total Care", provider=None),
        a_visit(date=None, service="Total Care", provider=None, status=None, charge=55),
        a_visit(date=None, note="Grand total agreed with the insurer", status="Sort of"),
        a_visit(date=None, status="Printed on paper"),
        a_visit(date=None, note="Page 1 of 2"),
        a_visit(date=None, note="1 of 2"),
        a_line(provider="Zoe New", status="Show", charge=100),
        a_line(provider="Zoe New", note="1 of 2"),
        a_line(provider="Jane Max", charge=70),
        a_line(date="TBD", charge=70),
        a_line(date=12, provider="Zoe New", service="EX-999", charge=70),
        a_line(charge=70),
    ],
    ids=str,
)
def test_a_row_without_a_date_counts_and_blocks_whatever_its_words_begin_with(row: tuple[Cell, ...]) -> None:
    run = run_of(a_table(a_visit(), a_visit(110), row))

    assert run.rows_in == 3
    assert amounts(run) == [5_000, 5_500]
    assert [outcome for outcome, _ in fates(run)] == [Outcome.BLOCKED]


def test_dated_and_undated_rows_called_total_are_all_accounted_for() -> None:
    run = run_of(
        a_table(
            a_visit(),
            a_visit(),
            a_visit(date=None, service="Total Care"),
            a_visit(date=None, note="Total of 3 visits this week"),
        )
    )

    assert (run.rows_in, len(run.lines)) == (4, 2)
    assert codes(run).count("blank-date") == 1  # one sentence for both rows
    assert not run.log.totals_rows


def test_a_labelled_row_of_nothing_but_sums_is_a_total_even_where_it_is_wrong() -> None:
    log = a_log(a_table(a_visit(), a_visit(), a_line(date="Total", charge=210)))

    assert (len(log), log.facts.totals_rows) == (2, 1)
    assert log.findings[0].message == "The totals row says $210.00, and the rows above it add up to $200.00."


def test_a_total_with_the_count_under_the_dates_is_a_total() -> None:
    for label in ({"provider": "Total"}, {"note": "Totals:"}, {}):
        log = a_log(a_table(a_visit(), a_visit(110), a_line(date=2, charge=210, **label)))

        assert (len(log), log.facts.totals_rows, codes(log)) == (2, 1, ["total-verified"])


def test_an_unlabelled_row_is_a_total_only_if_it_adds_up() -> None:
    right, wrong = (a_log(a_table(a_visit(), a_visit(110), a_line(charge=sum_))) for sum_ in (210, 211))

    assert (len(right), right.facts.totals_rows) == (2, 1)
    assert (len(wrong), wrong.facts.totals_rows) == (3, 0)


def test_subtotals_as_excel_writes_them_are_held_against_their_group() -> None:
    log = a_log(
        a_table(
            a_visit(),
            a_visit(),
            a_line(service="EX-101 Total", charge=200),
            a_line(service="EX-101 Count", charge=2),
            a_visit(50, service="EX-102"),
            a_line(service="EX-102 Total", charge=50),
            a_line(provider="Jane Roe Total", charge=250),
            a_line(provider="Jane Roe Average", charge=83.33),
            a_visit(10, provider="Max Doe"),
            a_line(provider="Max Doe Total", charge=11),
            a_line(provider="Grand Total", charge=260),
            a_line(provider="Grand Count", charge=4),
        )
    )

    assert (len(log), log.facts.totals_rows) == (4, 5)
    assert log.facts.furniture == {"count or average row": 3}
    said = {finding.rows[0]: finding for finding in log.findings if finding.rows}
    assert [row for row, finding in said.items() if finding.code == "total-verified"] == [4, 7, 8, 12]
    assert said[11].message == "The totals row says $11.00, and the rows above it add up to $10.00."
    (left_out,) = [one for one in log.findings if one.code == "page-furniture"]
    assert left_out.message == "The run leaves out 3 count or average rows (rows 5, 9, 13)."


def test_a_subtotal_is_never_offered_as_a_spelling_of_a_provider() -> None:
    run = run_of(a_table(a_visit(), a_line(provider="Jane Roe Total", charge=100), a_visit()))

    assert (run.rows_in, len(run.lines)) == (2, 2)
    assert "unknown-provider" not in codes(run)


def test_a_total_over_ten_million_dollars_is_held_against_its_rows() -> None:
    rows = [a_visit(9_000_000), a_visit(9_000_000)]

    for total, code in ((18_000_000, "total-verified"), (18_000_001, "total-mismatch")):
        assert codes(a_log(a_table(*rows, a_line(date="Total", charge=total)))) == [code]


@pytest.mark.parametrize(
    "row",
    [
        ("Page", "1 of 1", None, None, None, None),
        ("Page", 1, "of", 1, None, None),
        (None, None, None, None, "Page 3", None),
        ("Page 1 / 3", None, None, None, None, None),
        ("Printed on 10/31/2026", None, None, "Page 1 of 1", None, None),
        ("Printed on", "10/31/2026", None, None, None, None),
        ("Generated by OurSoftware 4.2", None, None, None, None, None),
        (None, "Report generated 10/31/2026 8:15 AM", None, None, None, None),
        ("© 2026 Invented Software", None, None, None, None, None),
        ("End of report", None, None, None, None, None),
    ],
    ids=str,
)
def test_a_page_footer_is_left_out_and_said(row: tuple[Cell, ...]) -> None:
    log = a_log(a_table(a_visit(), row, a_visit()))

    assert (len(log), log.facts.furniture) == (2, {"page footer": 1})
    assert log.findings[0].message == "The run leaves out 1 page footer (row 3)."


@pytest.mark.parametrize(
    "row",
    [
        ("Date", "Provider", "Service", "Status", None, None),
        ("Date", "Provider", "Service", "Status", "Fee", 4),
        (None, None, "Service", "STATUS:", None, None),
        (None, None, None, "Status", None, None),
    ],
    ids=str,
)
def test_a_shorter_repeated_header_is_a_header(row: tuple[Cell, ...]) -> None:
    log = a_log(a_table(a_visit(), row, a_visit()))

    assert (len(log), log.facts.repeated_headers) == (2, 1)


def test_a_summary_table_below_the_log_is_left_out() -> None:
    summaries: list[list[tuple[Cell, ...]]] = [
        [("Provider", "Visits", "Pay"), ("Jane Roe", 2, 105), ("Zoe New", 1, 9), ("Total", 3, 114)],
        [("Jane Roe", 2, 105), ("Max Doe", 1, 9)],
        [("Status", "Count"), ("Show", 2), ("Rescheduled twice", 1)],
        [("Summary",), ("Clinician", "Service", "Visits", "Pay"), ("Jane Roe", "EX-101", 2, "$105.00")],
    ]
    for summary in summaries:
        rows = [(*row, *BLANK)[: len(HEADINGS)] for row in summary]
        log = a_log(a_table(a_visit(), a_visit(110), BLANK, *rows))

        assert (len(log), log.facts.furniture) == (2, {"summary table row": len(summary)}), summary


def test_visits_without_dates_below_a_blank_row_are_no_summary() -> None:
    blocks: list[list[tuple[Cell, ...]]] = [
        [a_visit(date=None), a_visit(date=None)],
        [a_visit(date="TBD", provider="Zoe New", service="EX-999"), a_visit(date="TBD", provider="Zoe New")],
        [a_line(provider="Zoe New", charge=50), a_line(provider="Zoe New", charge=60)],
        [a_line(service="EX-101", charge=50), a_line(service="EX-102", charge=60)],
        [a_line(date="TBD", charge=50), a_line(date="TBD", charge=60)],
        [a_line(date="10/32/2026", charge=50), a_line(date="10/33/2026", charge=60)],
    ]
    for block in blocks:
        assert len(a_log(a_table(a_visit(), BLANK, *block))) == 3, block


def test_provider_rows_give_their_provider_to_the_rows_below() -> None:
    own = a_visit(provider="Max Doe")
    nameless = a_visit(provider=None)
    run = run_of(
        a_table(
            nameless,
            a_line(date="Provider: Jane Roe"),
            nameless,
            BLANK,
            HEADINGS,
            nameless,
            own,
            a_line(date="Clinician:", provider="Max Doe"),
            nameless,
            a_line(provider="Jane Roe"),
            nameless,
            a_line(provider="Jane Roe Total", charge=100),
            nameless,
        )
    )

    assert run.lines.provider.tolist() == ["Jane Roe", "Jane Roe", "Max Doe", "Max Doe", "Jane Roe"]
    assert run.lines.row.tolist() == [4, 7, 8, 10, 12]
    assert [int(row) for row in run.unpaid.row] == [2, 14]
    assert codes(run).count("blank-provider") == 1
    assert "mixed-group-rows" in codes(run)


@pytest.mark.parametrize("name", [a_line(date="Clinician: Jane Roe"), a_line(date="Jane Roe")], ids=str)
def test_a_row_that_names_another_provider_than_the_name_above_it_blocks(name: tuple[Cell, ...]) -> None:
    same, other = a_visit(provider="Roe, Jane LCSW"), a_visit(provider="Max Doe")
    run = run_of(a_table(name, same, other, a_visit(provider=None)))

    assert run.lines.row.tolist() == [3, 5]
    assert set(run.lines.provider) == {"Jane Roe"}
    assert [(finding.code, finding.rows) for finding in run.findings if finding.severity == "blocker"] == [
        ("group-conflict", [4])
    ]


def test_a_missed_visit_below_another_name_is_not_left_out() -> None:
    rule = MissedVisitRule("Jane Roe", "*", CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, JANUARY)
    missed = a_visit(provider="Max Doe", status="No Show")
    run = run_of(a_table(a_line(date="Clinician: Jane Roe"), missed), replace(SHARE, missed_visits=(rule,)))

    assert (run.count(Outcome.BLOCKED), codes(run)) == (1, ["page-furniture", "group-conflict"])


def test_a_stray_name_among_the_visits_takes_no_provider_away() -> None:
    visit = a_visit(provider="Max Doe")
    run = run_of(a_table(visit, a_line(provider="Jane Roe"), visit))

    assert run.lines.provider.tolist() == ["Max Doe"] * 2


def test_a_name_nobody_knows_ends_the_group_above_it() -> None:
    nameless = a_visit(provider=None)

    run = run_of(a_table(a_line(date="Jane Roe"), nameless, a_line(date="Zoe New"), nameless))

    assert run.lines.row.tolist() == [3]
    assert [finding.message for finding in run.findings if finding.code == "unknown-provider"] == [
        "“Zoe New” is not a provider of this clinic."
    ]


@pytest.mark.parametrize(
    "between",
    [a_line(date="Location: Main Street"), a_line(date="Page 1 of 2"), a_line(date="Lakeside"), BLANK],
    ids=str,
)
def test_what_names_nobody_does_not_end_a_group(between: tuple[Cell, ...]) -> None:
    nameless = a_visit(provider=None)
    sheet = a_table(a_line(date="Jane Roe"), nameless, between, nameless)
    title: list[list[Cell]] = [
        ["Lakeside" if place == 0 else None, *c] for place, c in enumerate(sheet.columns)
    ]

    run = run_of(Sheet("Log", 1, 0, title))

    assert run.lines.provider.tolist() == ["Jane Roe"] * 2


def test_a_row_nobody_can_read_ends_a_group() -> None:
    nameless = a_visit(provider=None)
    strange = a_line(date="Zoe New", charge="12 visits")

    run = run_of(a_table(a_line(date="Jane Roe"), nameless, strange, nameless))

    assert run.lines.row.tolist() == [3]


def test_group_rows_are_the_provider_column_of_a_sheet_without_one() -> None:
    headings = ("Date", "Service", "Status", "Charge")
    visit = ("10/25/2026", "EX-101", "Show", 100)
    for first, second in (("Provider: Jane Roe", "Provider: Max Doe"), ("Jane Roe", "Max Doe")):
        log = a_log(
            a_table(
                (first, None, None, None), visit, (second, None, None, None), visit, visit, headings=headings
            ),
            paying(a_rate(500_000, PayBasis.OF_CHARGE)),
        )

        assert log.words["provider"].texts().tolist() == ["Jane Roe", "Max Doe", "Max Doe"]
        assert log.facts.furniture == {"provider name row": 2}
        assert log.facts.headings["Provider"] == "the names above the visits (rows 2, 4)"
        assert codes(log) == ["group-rows"]


def test_a_provider_named_in_the_title_is_the_provider_of_a_sheet_without_the_column() -> None:
    columns: list[list[Cell]] = [
        ["Clinician: Jane Roe", "Date", "10/25/2026"],
        [None, "Service", "EX-101"],
        [None, "Status", "Show"],
    ]

    log = a_log(Sheet("Log", 1, 0, columns))

    assert log.words["provider"].values == ("Jane Roe",)
    assert log.findings[0].message.startswith(
        "The provider of 1 row is read from the name above them (the title)"
    )


def test_a_cell_beside_the_headings_blocks_its_row_and_no_other() -> None:
    rows = [(*a_visit(), None), (*a_visit(1), 234.5), (*a_visit(), ""), (*a_visit(), None)]

    run = run_of(a_table(*rows, headings=(*HEADINGS, "")))

    assert amounts(run) == [5_000] * 3
    assert fates(run)[0][1].startswith("This row has more cells than the sheet has headings: column G")


def test_a_cell_left_of_the_headings_blocks_its_row() -> None:
    rows = [(None, *a_visit()), ("x", *a_visit()), (None, *a_visit())]

    run = run_of(a_table(*rows, headings=("", *HEADINGS)))

    assert [int(row) for row in run.unpaid.row] == [3]


def test_a_column_without_a_heading_is_said_once() -> None:
    rows = [(*a_visit(), "seen") for _ in range(4)]

    run = run_of(a_table(*rows, headings=(*HEADINGS, None)))  # type: ignore[arg-type]

    assert len(run.lines) == 4
    assert codes(run)[0] == "column-without-heading"


def test_amounts_cut_at_their_thousands_comma_block_even_where_all_are() -> None:
    headings = (*HEADINGS[:5], "")
    rows = [(*a_visit(1)[:5], 234.5), (*a_visit(2)[:5], 0), (*a_visit(12.5)[:5], 7)]

    run = run_of(a_table(*rows, headings=headings))

    assert [int(row) for row in run.unpaid.row] == [2, 3]


def test_a_cut_amount_blocks_where_the_cells_behind_it_moved_on() -> None:
    rows = [(*a_visit(1)[:5], "050.00", "checked"), (*a_visit(1)[:5], 234.5, "checked"), (*a_visit(80), None)]

    run = run_of(a_table(*rows, headings=(*HEADINGS, "")))

    assert [int(row) for row in run.unpaid.row] == [2, 3]
    assert amounts(run) == [4_000]


def test_a_heading_merged_over_two_columns_covers_both() -> None:
    rows = [(*a_visit(), None), (*a_visit(), "see chart"), (*a_visit(), None)]

    run = run_of(a_table(*rows, headings=(*HEADINGS, ""), merged=["F1:G1"]))

    assert len(run.lines) == 3


def test_a_merged_amount_is_paid_once() -> None:
    sheet = a_table(a_visit(), a_visit(None), a_visit(30), merged=["E2:E3"])

    run = run_of(sheet)

    assert amounts(run) == [5_000, 1_500]
    assert fates(run) == [
        (
            Outcome.BLOCKED,
            "100 is merged over E2:E3: it is paid once, in the first of these rows, and this row has no amount.",
        )
    ]


def test_a_merged_amount_that_nobody_is_paid_by_blocks_nothing() -> None:
    run = run_of(a_table(a_visit(), a_visit(None), merged=["E2:E3"]), LAKESIDE)

    assert amounts(run) == [5_000, 5_000]


def test_a_merged_part_of_what_was_collected_leaves_no_partial_sum() -> None:
    headings = (*HEADINGS[:4], "Client paid", "Insurance paid")
    rows = [(*a_visit()[:4], 20, 100), (*a_visit()[:4], None, 100)]
    setup = paying(a_rate(500_000, PayBasis.OF_COLLECTED))

    run = run_of(a_table(*rows, headings=headings, merged=["E2:E3"]), setup)

    assert amounts(run) == [6_000]
    assert "merged-amount" in codes(run)


def test_merged_words_are_every_rows_and_a_merged_id_is_the_first_rows() -> None:
    headings = (*HEADINGS[:5], "Appointment ID")
    rows = [
        (*a_visit()[:5], "A-1"),
        (*a_visit(provider=None, service=None, status=None, date=None)[:5], None),
        (*a_visit()[:5], "A-3"),
    ]
    merged = ["A2:A3", "B2:B3", "C2:C3", "D2:D3"]

    filled = run_of(a_table(*rows[:1], (*rows[1][:5], "A-2"), rows[2], headings=headings, merged=merged))
    run = run_of(a_table(*rows, headings=headings, merged=[*merged, "F2:F3"]))

    assert len(filled.lines) == 3
    assert run.lines.row.tolist() == [2, 4]
    assert fates(run)[0][1] == "The ID A-1 is merged over F2:F3, so this row has no ID of its own."


def test_a_row_that_is_merged_altogether_is_not_paid_twice() -> None:
    sheet = a_table(a_visit(None), BLANK, a_visit(None), merged=["A2:A3", "B2:B3", "C2:C3", "D2:D3"])

    run = run_of(sheet, LAKESIDE)

    assert run.lines.row.tolist() == [2, 4]
    assert codes(run).count("merged-row") == 1


def test_a_total_inside_a_merged_provider_is_still_a_total() -> None:
    sheet = a_table(a_visit(), a_visit(provider=None), a_line(service="Total", charge=200), merged=["B2:B4"])

    log = a_log(sheet)

    assert (len(log), log.facts.totals_rows) == (2, 1)


def test_reconciliation_lists_every_kind_of_furniture() -> None:
    run = run_of(a_table(a_line(date="Jane Roe"), a_visit(), a_line(note="Page 1"), a_line(date="Page 2")))

    book = load_workbook(BytesIO(write_payroll(run, SHARE.providers)))

    rows = [(row[0], row[1]) for row in book["Reconciliation"].iter_rows(values_only=True)]
    assert ("Provider name rows, left out", 1) in rows
    assert ("Page footers, left out", 2) in rows


def test_no_row_of_a_sheet_goes_uncounted() -> None:
    rows = [
        a_line(date="Jane Roe"), a_visit(), a_line(date="Page 1"), BLANK, HEADINGS, a_visit(provider=None),
        a_line(date="Total", charge=200), a_line(note="checked by Ann"), BLANK, ("Service", "n", *BLANK[2:]),
        ("EX-101", 2, *BLANK[2:]),
    ]  # fmt: skip

    log = a_log(a_table(*rows))

    assert rows_below(log) == len(rows)
