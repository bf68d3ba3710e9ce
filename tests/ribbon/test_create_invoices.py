"""Create invoices: the exams of the sheet in front, all or none, each once, the result beside each row."""

import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.billing.invoices.cases import Injury
from server.billing.invoices.invoice import Action, ActionRequest, Invoice
from server.billing.invoices.step_batches import Asked
from server.billing.people import Role
from server.errors import EmptyExamsSheet, MissingInput, MissingSheet, NoClinic, NoPrices, NotAnExamsSheet
from server.ledger.store import Ledger
from server.ledger.verify import FirstBadRow
from server.operations.steps import decide_steps
from server.sheets import cell_addresses
from server.sheets.invoices.tables import EXAMS
from server.sheets.sheet import Cell
from tests.invented_exams import PRICED, exam_columns, exams_of, typed
from tests.ribbon.clicks import HARBOR, a_click, a_clock, a_ledger, offered, pressed

Row = Mapping[str, Cell]
RESULTS = (*EXAMS.titles, "Result")
GOOD_ROWS = {"apply": "good-rows"}


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_ledger(tmp_path_factory.mktemp("priced") / "ledger", PRICED, HARBOR).folder


@pytest.fixture
def ledger(tmp_path: Path, priced: Path) -> Ledger:
    """Return a ledger where Lakeside has prices and Harbor has none."""
    return Ledger(shutil.copytree(priced, tmp_path / "ledger"), a_clock)


def created(
    ledger: Ledger,
    *rows: Row,
    headings: tuple[str, ...] = EXAMS.titles,
    **click: Any,  # noqa: ANN401 - as a_click takes
) -> dict[str, Any]:
    """Press the button on a sheet of these rows."""
    sheet = {"name": "Exams", "columns": exam_columns(rows, headings)}
    return pressed(ledger, "invoices.create", a_click(sheets=[sheet], **click))


def agreed(ledger: Ledger, *rows: Row) -> dict[str, Any]:
    """Press the button, look at what would be billed, and agree to all of it."""
    return created(ledger, *rows, inputs={"apply": offered(created(ledger, *rows))})


def cells(reply: dict[str, Any]) -> dict[str, str]:
    """Return the text written into each cell."""
    found: dict[str, str] = {}
    for edit in reply["edits"]:
        column, first, _, _ = cell_addresses.bounds(edit["range"])
        found |= {
            cell_addresses.cell(column, row): text for row, (text,) in enumerate(edit["values"] or [], first)
        }
    return found


def marked(reply: dict[str, Any]) -> list[str]:
    return [edit["range"] for edit in reply["edits"] if edit["fill"]]


def codes(reply: dict[str, Any]) -> list[tuple[str, str]]:
    return [(finding["code"], finding["cell"]) for finding in reply["findings"]]


def fates(reply: dict[str, Any]) -> tuple[int, int, int, int]:
    """Return how many rows were created, billed before, blocked, left; together they are all rows."""
    figures = reply["figures"]
    found = (figures["rows_created"], figures["already"], figures["blocked"], figures["left"])
    assert figures["rows_in"] == sum(found)
    return found


def in_books(ledger: Ledger, clinic: str = "lakeside") -> list[Invoice]:
    with ledger.clinic(clinic).reading() as books:
        return books.invoices.find()


def void(ledger: Ledger, number: str) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        request = ActionRequest(number, Action.VOID, Role.MANAGER, note="billed to the wrong case")
        batch = decide_steps(books, [Asked(2, request)], a_clock().date())
        books.invoices.record(list(batch.decided.values()), "click", "tests")


def test_an_exams_sheet_becomes_invoices(ledger: Ledger) -> None:
    reply = created(
        ledger, *exams_of("P-1", "P-2"), typed(Patient="P-2", Exam_type=None, Code="EX-303", Bilateral="yes")
    )

    assert (reply["level"], reply["findings"], reply["asks"]) == ("done", [], None)
    assert reply["summary"] == "2 invoices created from 3 rows for Lakeside, total $405.08."
    assert fates(reply) == (3, 0, 0, 0)
    assert [reply["figures"][name] for name in ("invoices", "lines", "billed_cents")] == [2, 5, 405_08]
    invoices = in_books(ledger)
    assert [one.number for one in invoices] == reply["figures"]["created"] == ["INV-000001", "INV-000002"]
    assert [one.billed_cents for one in invoices] == [150_00, 255_08]
    assert invoices[0].facts.exam_date == date(2026, 10, 5)
    assert (invoices[0].facts.payer, invoices[0].facts.attorney) == ("Oak (invented)", "Lex Invented")


def test_what_became_of_a_row_is_written_beside_it_in_the_first_free_column(ledger: Ledger) -> None:
    assert cells(created(ledger, *exams_of("P-1", "P-2"))) == {
        "P1": "Result",
        "P2": "INV-000001 created, $150.00",
        "P3": "INV-000002 created, $150.00",
    }


def test_results_go_under_their_heading_and_not_beside_blank_rows(ledger: Ledger) -> None:
    reply = created(ledger, typed(), {}, typed(Patient="P-2"), headings=("Result", *EXAMS.titles))
    assert [*cells(reply)] == ["A2", "A4"]


def test_every_row_says_its_fate_in_figures_without_naming_a_patient(ledger: Ledger) -> None:
    reply = created(ledger, typed(Patient="Robin Sample"), typed(Patient="Robin Sample", Case=None))
    assert fates(reply) == (0, 0, 2, 0)
    assert "Robin" not in str(reply["figures"]) + reply["summary"]


# -- all or none


def test_one_bad_row_and_nothing_is_created_until_somebody_says_so(ledger: Ledger) -> None:
    rows = [*exams_of("P-1", "P-2"), typed(Patient="P-3", Units="two")]
    reply = created(ledger, *rows)

    assert (reply["level"], codes(reply), fates(reply)) == ("blocked", [("not-a-number", "I4")], (0, 0, 1, 2))
    assert reply["summary"] == "No invoice was created for Lakeside. 1 row needs attention. 2 rows are good."
    assert marked(reply) == ["I4:I4"]
    assert [field["name"] for field in reply["asks"]["fields"]] == ["apply"]
    assert cells(reply)["P2"] == "Good, $150.00; not created yet."
    assert cells(reply)["P4"].startswith("“two” is not a number")
    assert in_books(ledger) == []


@pytest.mark.parametrize("answer", ["good-rows", "yes", "Yes"])
def test_the_good_rows_alone_are_a_second_explicit_click(ledger: Ledger, answer: str) -> None:
    rows = [*exams_of("P-1", "P-2"), typed(Patient="P-3", Units="two")]
    reply = created(ledger, *rows, inputs={"apply": answer})

    assert (reply["level"], fates(reply), reply["asks"]) == ("review", (2, 0, 1, 0), None)
    assert (
        reply["summary"]
        == "2 invoices created from 2 rows for Lakeside, total $300.00. 1 row needs attention."
    )
    assert codes(reply) == [("not-a-number", "I4")]
    assert len(in_books(ledger)) == 2


@pytest.mark.parametrize("answer", ["no", "FALSE"])
def test_after_a_no_nothing_is_created_and_nothing_asked(ledger: Ledger, answer: str) -> None:
    reply = created(ledger, typed(), typed(Patient="P-2", Units="two"), inputs={"apply": answer})
    assert (reply["level"], reply["figures"]["invoices"], reply["asks"]) == ("blocked", 0, None)


def test_an_answer_that_is_neither_yes_nor_no_is_refused(ledger: Ledger) -> None:
    with pytest.raises(MissingInput, match="no answer to “apply”") as caught:
        created(ledger, typed(), typed(Patient="P-2", Units="two"), inputs={"apply": "all"})
    assert "good-rows | yes | no" in caught.value.remedy


def test_an_exam_is_never_billed_in_half(ledger: Ledger) -> None:
    """One row of the exam is bad, of another nobody can say whether it belongs to it."""
    bad = typed(Exam_type=None, Code="EX-999")
    torn = typed(Patient="P-2", Exam_date="soon")
    reply = created(ledger, typed(), bad, typed(Patient="P-2"), torn, typed(Patient="P-3"), inputs=GOOD_ROWS)

    assert fates(reply) == (1, 0, 4, 0)
    assert (cells(reply)["P2"], cells(reply)["P4"]) == ("Waits for row 3.", "Waits for row 5.")
    assert [one.facts.patient for one in in_books(ledger)] == ["P-3"]


def test_with_nothing_good_there_is_nothing_to_ask(ledger: Ledger) -> None:
    assert created(ledger, typed(Units="two"))["asks"] is None


def test_a_heading_over_two_columns_lets_nothing_through(ledger: Ledger) -> None:
    reply = created(ledger, typed(), headings=(*EXAMS.titles, "Units"), inputs=GOOD_ROWS)
    assert (fates(reply), codes(reply), in_books(ledger)) == ((0, 0, 1, 0), [("heading-twice", "P1")], [])
    assert cells(reply)["Q2"] == "Waits for row 1."


def test_a_corrected_sheet_goes_through(ledger: Ledger) -> None:
    created(ledger, typed(), typed(Patient="P-2", Units="two"))
    assert fates(created(ledger, typed(), typed(Patient="P-2", Units=2))) == (2, 0, 0, 0)


def test_units_for_both_sides_are_billed_as_typed_and_want_a_look(ledger: Ledger) -> None:
    knee = typed(Patient="P-2", Exam_type=None, Code="EX-303", Units=2, Bilateral="yes")
    reply = agreed(ledger, typed(), knee)

    assert (reply["level"], codes(reply), fates(reply)) == (
        "review",
        [("units-of-both-sides", "I3")],
        (2, 0, 0, 0),
    )
    assert (marked(reply), reply["figures"]["billed_cents"]) == (["I3:I3"], 150_00 + 210_15)
    assert reply["findings"][0]["message"] == "2 units × both sides = 3 × the price."


def test_it_wants_that_look_before_anything_is_billed(ledger: Ledger) -> None:
    knee = typed(Exam_type=None, Code="EX-303", Units=2, Bilateral="yes")
    reply = created(ledger, knee, typed(Patient="P-2", Units="two"))
    assert codes(reply) == [("not-a-number", "I3"), ("units-of-both-sides", "I2")]
    assert in_books(ledger) == []


# -- never twice


def test_rows_that_say_their_invoice_are_not_billed_again(ledger: Ledger) -> None:
    first = cells(created(ledger, *exams_of("P-1")))
    reply = created(ledger, typed(Result=first["P2"]), typed(Patient="P-2"), headings=RESULTS)

    assert fates(reply) == (1, 1, 0, 0)
    assert reply["summary"].endswith("1 row was billed before.")
    assert [*cells(reply)] == ["P3"], "what stands beside the first row stays as it is"
    assert len(in_books(ledger)) == 2


def test_the_same_sheet_again_creates_nothing(ledger: Ledger) -> None:
    first = cells(created(ledger, *exams_of("P-1", "P-2")))
    rows = [row | {"Result": first[f"P{number}"]} for number, row in enumerate(exams_of("P-1", "P-2"), 2)]
    reply = created(ledger, *rows, headings=RESULTS)
    assert (reply["level"], fates(reply), cells(reply)) == ("done", (0, 2, 0, 0), {})
    assert reply["summary"] == "No invoice was created for Lakeside. 2 rows were billed before."


def test_the_same_exam_in_another_sheet_is_said_with_its_invoice(ledger: Ledger) -> None:
    created(ledger, typed())
    reply = created(ledger, typed(Patient="p 1", Facility="NORTH"), typed(Patient="P-2"))

    assert (codes(reply), fates(reply)) == ([("exam-billed-already", "A2")], (0, 0, 1, 1))
    assert "INV-000001" in reply["findings"][0]["message"]
    assert [field["name"] for field in reply["asks"]["fields"]] == ["again", "apply"]


def test_only_the_invoice_named_is_doubled(ledger: Ledger) -> None:
    created(ledger, *exams_of("P-1", "P-2"))
    again = GOOD_ROWS | {"again": "inv-000001; INV-000099"}
    reply = created(ledger, *exams_of("P-1", "P-2"), inputs=again)
    assert (fates(reply), codes(reply)) == ((1, 0, 1, 0), [("exam-billed-already", "A3")])


def test_an_answer_left_in_the_settings_doubles_nothing_a_third_time(ledger: Ledger) -> None:
    created(ledger, typed())
    for expected in (1, 0, 0):
        assert created(ledger, typed(), inputs={"again": "INV-000001"})["figures"]["invoices"] == expected


def test_another_code_of_a_billed_exam_is_billed_and_wants_a_look(ledger: Ledger) -> None:
    created(ledger, typed())
    reply = agreed(ledger, typed(Exam_type=None, Code="EX-303"))
    assert (reply["level"], codes(reply), fates(reply)) == (
        "review",
        [("exam-billed-in-part", "A2")],
        (1, 0, 0, 0),
    )


@pytest.mark.parametrize("change", [{"Patient": "P-2"}, {"Exam type": None, "Code": "EX-303"}], ids=str)
def test_a_row_copied_with_its_result_is_not_lost(ledger: Ledger, change: Row) -> None:
    result = cells(created(ledger, typed()))["P2"]
    reply = created(ledger, typed(Result=result) | dict(change), headings=RESULTS)
    assert (codes(reply), fates(reply)) == ([("result-of-another-exam", "P2")], (0, 0, 1, 0))


@pytest.mark.parametrize(
    "result", ["INV-000777 created, $1.00", "done", "=1+1", "Good, $150.00; not created yet."]
)
def test_a_result_that_names_no_invoice_of_the_clinic_bills_nothing(ledger: Ledger, result: str) -> None:
    assert fates(created(ledger, typed(Result=result), headings=RESULTS)) == (1, 0, 0, 0)


def test_the_remark_that_names_an_invoice_is_not_taken_for_the_result_of_one(ledger: Ledger) -> None:
    created(ledger, typed())
    remark = cells(created(ledger, typed()))["P2"]
    assert codes(created(ledger, typed(Result=remark), headings=RESULTS)) == [("exam-billed-already", "A2")]


def test_a_voided_exam_is_billed_again_once_its_result_is_cleared(ledger: Ledger) -> None:
    result = cells(created(ledger, typed()))["P2"]
    void(ledger, "INV-000001")

    reply = created(ledger, typed(Result=result), headings=RESULTS)
    assert fates(reply) == (0, 1, 0, 0)
    assert cells(reply)["P2"] == "INV-000001 was voided. To bill the exam again, clear this cell."
    still = created(ledger, typed(Result=cells(reply)["P2"]), headings=RESULTS)
    assert fates(still) == (0, 1, 0, 0)
    assert fates(created(ledger, typed(), headings=RESULTS)) == (1, 0, 0, 0)


def test_a_click_sent_twice_is_answered_twice_and_done_once(ledger: Ledger) -> None:
    click = a_click(sheets=[{"name": "Exams", "columns": exam_columns(exams_of("P-1"))}])
    assert pressed(ledger, "invoices.create", click) == pressed(ledger, "invoices.create", click)
    assert len(in_books(ledger)) == 1


def test_of_two_staff_who_press_at_once_one_bills_and_the_other_is_told(ledger: Ledger) -> None:
    patients = [f"P-{number}" for number in range(20)]
    with ThreadPoolExecutor(4) as staff:
        replies = list(staff.map(lambda _: created(ledger, *exams_of(*patients)), range(4)))

    assert sorted(reply["figures"]["invoices"] for reply in replies) == [0, 0, 0, 20]
    told = [reply for reply in replies if not reply["figures"]["invoices"]]
    assert {code for reply in told for code, _ in codes(reply)} == {"exam-billed-already"}
    assert len(in_books(ledger)) == 20


def test_the_books_of_another_clinic_know_nothing_of_it(ledger: Ledger) -> None:
    result = cells(created(ledger, typed()))["P2"]
    assert in_books(ledger, "harbor") == []
    with pytest.raises(NoPrices, match="Harbor Practice"):
        created(ledger, typed(Result=result), headings=RESULTS, clinic="harbor")


# -- what is refused


def test_a_clinic_without_prices_is_told_where_they_go(ledger: Ledger) -> None:
    with pytest.raises(NoPrices) as refused:
        created(ledger, typed(), clinic="harbor")
    assert "Prices" in refused.value.remedy


def test_the_button_wants_a_clinic_a_sheet_and_exams_in_it(ledger: Ledger) -> None:
    with pytest.raises(NoClinic):
        created(ledger, typed(), clinic=None)
    with pytest.raises(MissingSheet):
        pressed(ledger, "invoices.create", a_click())
    with pytest.raises(NotAnExamsSheet):
        pressed(ledger, "invoices.create", a_click([]))
    with pytest.raises(EmptyExamsSheet):
        created(ledger)


def test_more_bad_cells_than_are_marked_are_still_said_beside_their_rows(ledger: Ledger) -> None:
    rows = [typed(Patient=f"P-{number}") | {("Units", "Case")[number % 2]: "#N/A"} for number in range(2_200)]
    reply = created(ledger, *rows)
    assert reply["summary"].endswith("200 more cells are listed but not marked.")
    assert sum(text.startswith("This cell holds the error value") for text in cells(reply).values()) == 2_200


def injury_of(ledger: Ledger, number: str) -> Injury:
    with ledger.clinic("lakeside").reading() as books:
        return books.invoices.injuries_of([number])[number]


def test_the_injury_and_the_claim_are_kept_with_the_case_and_may_come_later(ledger: Ledger) -> None:
    first = cells(created(ledger, typed(Date_of_injury="2026-03-01")))
    assert injury_of(ledger, "INV-000001") == Injury(date(2026, 3, 1))

    told = typed(Claim_number="CL-77", Result=first["P2"])
    reply = created(ledger, told, headings=RESULTS)
    assert reply["summary"].endswith("The date of injury or claim number of 1 case is recorded.")
    assert injury_of(ledger, "INV-000001") == Injury(date(2026, 3, 1), "CL-77")
    assert not isinstance(ledger.verify_clinic("lakeside"), FirstBadRow)

    created(ledger, told, headings=RESULTS)
    blocked = typed(Patient="P-2", Units="two", Claim_number="CL-88")
    created(ledger, typed(Claim_number="CL-99", Result=first["P2"]), blocked, headings=RESULTS)
    assert injury_of(ledger, "INV-000001") == Injury(date(2026, 3, 1), "CL-77"), "all of a sheet or nothing"


def test_a_claim_number_that_lost_digits_blocks_its_row(ledger: Ledger) -> None:
    reply = created(ledger, typed(Claim_number=2.98725e15))
    assert (codes(reply), in_books(ledger)) == ([("lost-digits", "N2")], [])
