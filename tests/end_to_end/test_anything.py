"""Nothing, far too much, and nonsense: the service answers in words and never breaks."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from addin.desktop import bridge, headless
from addin.desktop.files import open_workbook
from addin.desktop.service import Service
from tests.end_to_end.clicks import a_click
from tests.end_to_end.conftest import Biller
from tests.end_to_end.exports import blue_door
from tests.end_to_end.practice import PEOPLE, SERVICES, a_month, owed
from tests.end_to_end.test_payroll import OUTCOMES, QUINCE

MANY = 60_000


def test_sixty_thousand_rows_of_text_pay_the_right_cents(biller: Biller) -> None:
    visits = a_month(visits=MANY)
    book = headless.show_workbook(open_workbook(blue_door(visits, biller.folder / "visits.csv")))
    with Service(biller.url) as service:
        click = bridge.read_request(book, "payroll.generate", service.ribbon())
        click["workbook"]["clinic"] = "quince"
        click["asked_sheets"] = ["Payments"]
        figures = service.press("payroll.generate", click)["figures"]
    book.app.quit()

    assert figures["rows_in"] == MANY
    assert {one["provider"]: one["paid_cents"] for one in figures["providers"]} == owed(visits)


def test_an_empty_file_sheet_or_log_is_refused_and_changes_nothing(biller: Biller) -> None:
    empty = {"nothing.csv": "", "blank.csv": "\r\n \r\n", "headings.csv": "Date,Provider,Service,Status\r\n"}
    for name, text in empty.items():
        path = biller.folder / name
        path.write_text(text)
        told = biller.refused("payroll.generate", path, *QUINCE)
        assert told["code"] in {"file-empty", "empty-sheet"}
    assert sorted(path.name for path in biller.folder.glob("*.*")) == sorted(empty)


HEADINGS = st.sampled_from(
    ["Date", "DOS", "Provider", "Therapist", "Service", "CPT Code", "Status", "No-show", "Attended", "Units",
     "Minutes", "Fee", "Paid", "Paid", "Client Paid", "Visit ID", "Client", "Clinic", "Provider ID", "", "Total",
     None, 7, "Notes"]
)  # fmt: skip
WORDS = st.sampled_from(
    [*PEOPLE, *SERVICES, "quince", "attended", "no show", "LC", "yes", "No", "Total", "Grand total", "Date",
     "10/25/2025", "25/10/2025", "05/06/2025", "2025-10-07", "20251007", "Oct 7, 2025", "#N/A", "#REF!",
     "$1,234.50", "(50.00)", "50.00-", "—", "1:30", "2.98725E+13", "=1+1", "\u00a0", "İ", "\U0001f600", "9" * 400]
)  # fmt: skip
CELLS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(45_900, 45_999)
    | WORDS
    | st.text(max_size=12)
)


RIGHT: dict[str, st.SearchStrategy[Any]] = {
    "DOS": st.integers(45_931, 45_961) | st.sampled_from(["10/25/2025", "05/06/2025", "2025-10-07"]),
    "Therapist": st.sampled_from(PEOPLE),
    "CPT Code": st.sampled_from(SERVICES),
    "Status": st.sampled_from(["attended", "no show", "LC", "Scheduled"]),
    "Units": st.sampled_from([1, 2.5, 60, "3"]),
    "Minutes": st.sampled_from([50, "1:30", 0]),
    "Fee": st.sampled_from([120, 33.33, "$1,234.50", "(50.00)"]),
    "Paid": st.sampled_from([60.01, "-5", 0]),
    "Visit ID": st.integers(1, 5) | st.none(),
    "Client": st.sampled_from(["PT-1", "PT-2"]) | st.none(),
}
"""Headings of a log and the cells that belong under them."""


ONE_IN_TEN = st.integers(0, 9).map(lambda dice: dice == 9)


@st.composite
def columns(draw: st.DrawFn) -> list[list[Any]]:
    """Return a log with a few wrong cells, or columns that may be anything."""
    height = draw(st.integers(0, 8))
    if draw(st.booleans()):
        return [
            [heading, *(draw(CELLS if draw(ONE_IN_TEN) else right) for _ in range(height))]
            for heading, right in RIGHT.items()
        ]
    any_column = st.tuples(HEADINGS, st.lists(CELLS, min_size=height, max_size=height))
    return [[heading, *cells] for heading, cells in draw(st.lists(any_column, max_size=9))]


@st.composite
def sheets(draw: st.DrawFn) -> dict[str, Any]:
    """Return a sheet as it is sent: mostly what a sheet can be, sometimes what none can."""
    formats = st.sampled_from([None, "General", "mm/dd/yyyy", "0.00%", "[h]:mm", "00000", "@", ""])
    merged = st.sampled_from(["A1:A4", "B2:C9", "A3", "ZZ1:ZZ9", "nonsense", ""])
    return {
        "name": draw(st.sampled_from(["Visits", "Lines", "Clinic", "Rates", "a" * 31])),
        "top_left": draw(st.sampled_from(["A1", "A1", "B7", "XFD1", "A1048576"])),
        "columns": draw(columns()),
        "formats": draw(st.lists(formats | st.lists(formats, max_size=9), max_size=9)),
        "hidden_rows": draw(st.lists(st.integers(-5, 2_000_000), max_size=3)),
        "merged": draw(st.lists(merged, max_size=2)),
    }


ANSWERS = st.dictionaries(
    st.sampled_from(
        ["from", "to", "date_order", "yes_means", "date_column", "provider_column", "run", "clinic"]
    ),
    st.sampled_from(
        ["2025-10-01", "10/31/2025", "mdy", "attended", "A", "Date", "XFE", "0", "", None, 7, True]
    ),
    max_size=3,
)
BUTTONS = st.sampled_from(
    ["payroll.check", "payroll.generate", "clinic.save", "payroll.close", "payroll.void"]
)


@given(
    button=BUTTONS, sent=st.lists(sheets(), max_size=2), answers=ANSWERS, since=st.sampled_from([1900, 1904])
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_is_sent_is_answered_in_words(
    biller: Biller, button: str, sent: list[dict[str, Any]], answers: dict[str, Any], since: int
) -> None:
    click = a_click() | {"sheets": sent, "inputs": answers}
    click["workbook"]["date_system"] = since
    with biller.http() as http:
        answer = http.post(f"/ribbon/{button}", json=click)

    told = answer.json()
    assert answer.status_code in {200, 400, 404, 409, 413, 422}, (told, click)
    assert told["detail"] if answer.is_error else told["summary"]
    figures = told.get("figures") or {}
    if "rows_in" in figures and "excluded" in figures:
        assert figures["rows_in"] == sum(figures[outcome] for outcome in OUTCOMES)
