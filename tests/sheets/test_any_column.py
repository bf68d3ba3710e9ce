"""Any column added to a fine log, and any heading nobody knows: pay as before and listed, or a question."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from server.billing.clinics import CountsAs, ImportProfile, PayBasis, Setup, StatusWord
from server.errors import MissingColumn
from server.sheets.appointment_log.heading_synonyms import KNOWN, flag_of, fold_heading
from server.sheets.appointment_log.reader import read_log
from server.sheets.questions import Unanswered
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, a_rate, a_sheet, amounts, paying, run_of_log

HEADINGS = ("DOS", "Clinician", "CPT", "Status", "Charge", "Collected")
TRUTH: list[tuple[Cell, ...]] = [
    ("2026-10-05", "Jane Roe", "EX-101", "Attended", 100, 60),
    ("2026-10-06", "Jane Roe", "EX-102", "No Show", 100, 0),
    ("2026-10-07", "Max Doe", "EX-101", "Completed", 120, 20),
    ("2026-10-08", "Max Doe", "EX-103", "Cancelled", 80, 0),
]
SETUPS = [
    LAKESIDE,
    paying(a_rate(500_000, PayBasis.OF_CHARGE)),
    paying(a_rate(500_000, PayBasis.OF_COLLECTED)),
    replace(LAKESIDE, statuses=(StatusWord("Came in", CountsAs.ATTENDED),)),
]

CELLS: dict[str, list[Cell]] = {
    "status": ["Attended", "Cancelled", "No Show", "booked", "arrived", "Came in", None],
    "money": [0, 20, 130.5, "$45.00", "(5.00)", -5, None],
    "date": ["2026-10-05", "10/26/2026", "2026-09-01 09:00", "Oct 8, 2026", None],
    "provider": ["Jane Roe", "Max Doe", "Roe, Jane LCSW", None],
    "service": ["EX-101", "EX-102", "Talk", None],
    "yes-no": ["Yes", "No", True, False, "x", None],
    "text": ["seen well", "=1+1", "\u200b", "none", 7, 1e300, "#N/A", None],
}
WORDS = (
    "State", "Stage", "Where", "Ins", "Paid", "Amount", "Copay", "Other", "Fee", "Day", "Start", "Booked", "Who", "Lead",
    "Kind", "Cancelled", "Missed", "Client", "None", "A", "Insurance", "Note", "Total", "x;y", "No", "#",
)  # fmt: skip

headings = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
columns = st.sampled_from(sorted(CELLS)).flatmap(
    lambda kind: st.lists(st.sampled_from(CELLS[kind]), min_size=len(TRUTH), max_size=len(TRUTH))
)


def is_unknown(heading: str) -> bool:
    return fold_heading(heading) not in KNOWN and flag_of(heading) is None


def paid(rows: Sequence[Sequence[Cell]], heads: Sequence[str], setup: Setup) -> tuple[list[int], list[str]]:
    """Return the cents of each paid visit, and the headings that are listed as not read."""
    log, _ = read_log(a_sheet(rows, heads), "", setup, ImportProfile(), {})
    run = run_of_log(log, setup)
    return amounts(run), [heading for heading, _ in run.log.unread]


@given(st.sampled_from(SETUPS), headings.filter(is_unknown), columns, st.integers(0, len(HEADINGS)))
def test_a_column_nobody_knows_changes_no_pay_and_is_listed_or_is_asked_about(
    setup: Setup, heading: str, cells: list[Cell], place: int
) -> None:
    rows = [(*row[:place], cell, *row[place:]) for row, cell in zip(TRUTH, cells, strict=True)]
    expected = (paid(TRUTH, HEADINGS, setup)[0], [heading])
    asked: set[int | None] = set()
    try:
        found = paid(rows, (*HEADINGS[:place], heading, *HEADINGS[place:]), setup)
    except Unanswered as unanswered:
        asked = {finding.column for finding in unanswered.findings}
    assert place in asked or found == expected


@given(st.sampled_from(SETUPS), headings.filter(is_unknown), st.integers(0, len(HEADINGS) - 1))
def test_a_heading_nobody_knows_changes_no_pay_or_is_asked_about(
    setup: Setup, heading: str, place: int
) -> None:
    try:
        cents, unread = paid(TRUTH, (*HEADINGS[:place], heading, *HEADINGS[place + 1 :]), setup)
    except (Unanswered, MissingColumn):
        return
    expected, _ = paid(TRUTH, HEADINGS, setup)
    lacking = HEADINGS[place] in {"Charge", "Collected"} and not cents
    assert cents == expected or lacking
    assert heading in unread or cents == expected


@given(
    st.lists(
        st.sampled_from(("Paid", "Client Paid", "Insurance Paid", "Ins Pmt Amt", "Copay")),
        min_size=1,
        unique=True,
    ),
    st.data(),
)
def test_collected_money_is_never_taken_in_part(names: list[str], data: st.DataObject) -> None:
    """What is paid without a question rests on all the money there is, or on a total that is the sum of the rest."""
    setup = SETUPS[2]
    money = st.lists(st.sampled_from([0, 10, 20, 50]), min_size=len(names), max_size=len(names))
    parts = [data.draw(money) for _ in TRUTH]
    rows = [(*row[:4], *amounts) for row, amounts in zip(TRUTH, parts, strict=True)]
    try:
        cents, _ = paid(rows, (*HEADINGS[:4], *names), setup)
    except Unanswered:
        return
    if names == ["Ins Pmt Amt"]:
        assert not cents  # nothing is read as collected: every row that took place is blocked
        return
    kept = [amounts for row, amounts in zip(TRUTH, parts, strict=True) if row[3] in {"Attended", "Completed"}]
    sums = [sum(amounts) * 50 for amounts in kept]
    totals = [amounts[names.index("Paid")] * 50 for amounts in kept] if "Paid" in names else sums
    is_total = (
        all(2 * amounts[names.index("Paid")] == sum(amounts) for amounts in parts)
        if "Paid" in names
        else False
    )
    assert cents == sums or (is_total and cents == totals)
