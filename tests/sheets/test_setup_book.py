"""The Setup workbook: written, typed into, read back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from server.billing.clinics import (
    ANY,
    Cadence,
    Clinic,
    CountsAs,
    MissedPay,
    MissedVisitRule,
    PayBasis,
    Provider,
    Rate,
    Service,
    Setup,
    StatusWord,
    WorksAs,
)
from server.billing.invoices.prices import Bilateral, ExamCode, Price
from server.errors import Severity
from server.sheets.clinics.setup_reader import read_setup, version_row
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.sheet import Cell, Sheet
from server.sheets.tables import CLINIC_FIELDS, MARK, SETUP_SHEETS, SETUP_VERSION
from tests.sheets.typed_setup import GOOD, a_sheet, only, rates, told, typed
from tests.sheets.workbooks import sheets_of

SINCE = date(2026, 1, 1)
SETUP = Setup(
    Clinic(
        "lakeside",
        "Lakeside Sample Psychology",
        "Pat Placeholder",
        cadence=Cadence.BIWEEKLY,
        anchor=date(2026, 1, 5),
        pay_to="Lakeside Billing LLC",
        remit_to="PO Box 7\nSample Falls, OH 00000",
        tax_id="12-3456789",
        invoice_terms="Due on receipt.; Thank you.",
        days_to_pay_date=5,
        two_people_approve=True,
    ),
    (
        Provider(
            "Ada Sample", ("Sample, Ada", "A. Sample LCSW"), "P-7", "0123456789", works_as=WorksAs.EMPLOYEE
        ),
        Provider("=Flo Formula", active=False),
    ),
    (Service("EX-101", "Invented visit", ("101",), 15), Service("EX-102")),
    (
        Rate("Ada Sample", "EX-101", PayBasis.PER_SESSION, 9_500, SINCE, "as agreed"),
        Rate("Ada Sample", "EX-101", PayBasis.OF_COLLECTED, 625_000, date(2026, 7, 1)),
        Rate(ANY, "EX-102", PayBasis.OF_CHARGE, 10_000, SINCE),
        Rate("=Flo Formula", ANY, PayBasis.PER_HOUR, 0, SINCE, "Unpaid trainee"),
        Rate("=Flo Formula", ANY, PayBasis.PER_HOUR, None, date(2026, 9, 1)),
    ),
    (StatusWord("Cxl 24h", CountsAs.LATE_CANCELLED),),
    (
        MissedVisitRule(ANY, ANY, CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, SINCE),
        MissedVisitRule(ANY, "EX-101", CountsAs.LATE_CANCELLED, MissedPay.OF_RATE, 500_000, SINCE),
        MissedVisitRule("Ada Sample", ANY, CountsAs.NO_SHOW, MissedPay.NONE, None, SINCE),
    ),
    (
        Price("EX-301", "=Knee, riddle", 120_50, SINCE, Bilateral.HALF_MORE),
        Price("EX-301", "Knee; riddle", 1, SINCE, Bilateral.NOT_ALLOWED, "@Acme + Sons"),
        Price("-302", "", 9_999_999_99, date(2026, 7, 1), Bilateral.ONCE),
        Price("0303", "+1 of everything", 80_05, SINCE),
    ),
    (ExamCode("=Joints", "EX-301", "Knee"), ExamCode("=Joints", "-302", "@Back"), ExamCode("Talk", "0303")),
)


def test_what_is_written_is_read_back_the_same() -> None:
    assert read_setup(sheets_of(write_setup(SETUP))) == (SETUP, [])


def test_the_same_setup_is_the_same_bytes() -> None:
    assert write_setup(SETUP) == write_setup(SETUP)


def test_the_version_is_read_and_not_printed() -> None:
    content = write_setup(SETUP, "0123456789abcdef")
    sheet = load_workbook(BytesIO(content))["Clinic"]
    (row,) = (cell.row for cell in sheet["A"] if cell.value == SETUP_VERSION)
    place, version = version_row(sheets_of(content)) or ("", "")
    assert (place, version) == (f"A{row}:B{row}", "0123456789abcdef")
    assert sheet.print_area == f"'Clinic'!$A$1:$C${row - 1}"
    assert [cell.value for cell in sheet["A"]][-2] == CLINIC_FIELDS[-1].title, "nothing else is left out"


def test_the_setup_sheets_are_marked_and_offer_the_words_that_may_stand_there() -> None:
    book = load_workbook(BytesIO(write_setup(SETUP)))
    assert book.sheetnames == [table.name for table in SETUP_SHEETS]
    assert all(sheet.defined_names[MARK].attr_text == '"setup"' for sheet in book.worksheets)
    offered = {rule.formula1 for rule in book["Rates"].data_validations.dataValidation}
    assert f'"{",".join(PayBasis)}"' in offered
    assert "Providers!$A$4:$A$2000" in offered


def test_an_empty_form_asks_for_the_clinic_and_nothing_else() -> None:
    setup, findings = read_setup(sheets_of(write_setup(Setup(Clinic("", "")))))
    assert {(one.code, one.sheet, tuple(one.rows)) for one in findings} == {
        ("blank-cell", "Clinic", (4,)),
        ("blank-cell", "Clinic", (5,)),
    }
    assert setup == Setup(Clinic("", ""))


def test_columns_may_stand_in_any_order_under_titles_with_others_between() -> None:
    rows: list[list[Cell]] = [
        ["Our rates", None, None],
        [None],
        ["RATE ", "Colour", "effective-from", "service", "Pay Basis", "Provider"],
    ]
    sheet = a_sheet("rates", [*rows, [60, "blue", 46023, "ex 101", "% of collected", "sample ada"]])
    sheets = [one for one in typed() if one.name != "Rates"]
    setup, findings = read_setup([*sheets, sheet])
    assert findings == []
    assert setup.rates == (Rate("Ada Sample", "EX-101", PayBasis.OF_COLLECTED, 600_000, SINCE),)


@pytest.mark.parametrize(("typed_rate", "form", "share"), [
    (0.6, None, 600_000), (0.6, "0%", 600_000), (60, None, 600_000), ("60%", None, 600_000), ("62.5 %", None, 625_000),
    (1, "0%", 1_000_000), (0.01, "0%", 10_000), ("1%", None, 10_000), (100, None, 1_000_000),
])  # fmt: skip
def test_a_percentage_may_be_typed_in_every_way_that_has_one_meaning(
    typed_rate: Cell, form: str | None, share: int
) -> None:
    row: list[Cell] = ["Ada Sample", "EX-101", "% of charge", typed_rate, "2026-01-01"]
    sheet = a_sheet("Rates", [GOOD["Rates"][0], row], [None, None, None, form, None])
    setup, findings = read_setup([*typed(Rates=None), sheet])
    assert findings == []
    assert setup.rates[0].amount == share


@pytest.mark.parametrize(("row", "code", "heading"), [
    (["Ada Sample", "EX-101", "% of charge", 1, "2026-01-01"], "one-or-hundred-percent", "Rate"),
    (["Ada Sample", "EX-101", "% of charge", 101, "2026-01-01"], "not-a-percentage", "Rate"),
    (["Ada Sample", "EX-101", "% of charge", "$60", "2026-01-01"], "money-for-percent", "Rate"),
    (["Ada Sample", "EX-101", "per session", "60%", "2026-01-01"], "percent-for-money", "Rate"),
    (["Ada Sample", "EX-101", "per session", "ninety", "2026-01-01"], "not-money", "Rate"),
    (["Ada Sample", "EX-101", "per session", 33.333, "2026-01-01"], "fraction-of-cent", "Rate"),
    (["Ada Sample", "EX-101", "per session", -5, "2026-01-01"], "negative-number", "Rate"),
    (["Ada Sample", "EX-101", "per session", "#REF!", "2026-01-01"], "error-value", "Rate"),
    (["Ada Sample", "EX-101", "per session", 0, "2026-01-01"], "rate-of-zero", "Rate"),
    (["Ada Sample", "EX-101", "per month", 95, "2026-01-01"], "not-a-choice", "Pay basis"),
    (["Ada Sample", "EX-101", None, 95, "2026-01-01"], "blank-cell", "Pay basis"),
    (["Ada Sample", "EX-101", "per session", 95, "soon"], "not-a-date", "Effective from"),
    (["Ada Sample", "EX-101", "per session", 95, None], "blank-cell", "Effective from"),
    (["Ida Sample", "EX-101", "per session", 95, "2026-01-01"], "unknown-provider", "Provider"),
    ([None, "EX-101", "per session", 95, "2026-01-01"], "blank-cell", "Provider"),
    (["Ada Sample", "EX-999", "per session", 95, "2026-01-01"], "unknown-service", "Service"),
])  # fmt: skip
def test_a_rate_nobody_can_be_sure_of_is_a_blocker_on_its_cell(
    row: list[Cell], code: str, heading: str
) -> None:
    finding = only(rates(row))
    assert (finding.code, finding.heading, tuple(finding.rows)) == (code, heading, (2,))
    assert finding.severity is Severity.BLOCKER
    assert finding.column == GOOD["Rates"][0].index(heading)
    assert read_setup(rates(row))[0].rates == ()


def test_a_rate_of_zero_is_fine_where_its_note_says_unpaid() -> None:
    setup, findings = read_setup(rates(["*", "*", "per session", 0, "2026-01-01", "UNPAID, trainee"]))
    assert findings == []
    assert setup.rates[0].amount == 0


def test_a_blank_rate_ends_the_one_before_it() -> None:
    assert read_setup(rates(["*", "*", "per session", None, "2026-01-01"]))[0].rates[0].amount is None


def test_two_rates_of_one_key_and_day_are_a_blocker_however_they_are_spelled() -> None:
    good = GOOD["Rates"][1]
    finding = only(rates(good, ["Sample, ADA", "ex101", "per hour", 40, "01/01/2026"]))
    assert (finding.code, tuple(finding.rows)) == ("rate-twice", (3,))
    assert "row 2" in finding.message


def test_every_bad_cell_of_a_row_is_told_at_once() -> None:
    assert [code for code, *_ in told(rates(["Nobody", "Nothing", "sometimes", 1, "never"]))] == [
        "unknown-provider",
        "unknown-service",
        "not-a-choice",
        "not-a-date",
    ]


def test_a_suggestion_is_made_and_never_taken() -> None:
    assert (
        "Do you mean “Ada Sample”?"
        in only(rates(["Ada Sampel", "*", "per session", 9, "2026-01-01"])).message
    )


@pytest.mark.parametrize(("providers", "code"), [
    ([["Ada Sample", None], ["ADA SAMPLE.", None]], "name-twice"),
    ([["Ada Sample", "A S"], ["Bo Placeholder", "as; Bo"]], "name-twice"),
    ([["Ada Sample", None], ["Bo Placeholder", "Ada, Sample"]], "name-twice"),
    ([["Ada Sample", None], ["—", None]], "no-letters"),
    ([["Ada Sample", None], [None, "Someone"]], "blank-cell"),
    ([["Ada Sample", None], ["#N/A", None]], "error-value"),
])  # fmt: skip
def test_a_spelling_means_one_provider(providers: list[list[Cell]], code: str) -> None:
    finding = only(typed(Providers=[["Provider", "Also known as"], *providers]))
    assert (finding.code, tuple(finding.rows)) == (code, (3,))


def test_two_providers_cannot_share_an_id() -> None:
    rows: list[list[Cell]] = [["Provider", "Provider ID"], ["Ada Sample", 17], ["Bo Placeholder", "17"]]
    assert only(typed(Providers=rows)).code == "name-twice"


def test_an_alias_that_repeats_the_name_is_no_conflict() -> None:
    setup, findings = read_setup(
        typed(Providers=[["Provider", "Also known as"], ["Ada Sample", "ADA SAMPLE; Ada;ada"]])
    )
    assert findings == []
    assert setup.providers[0].aliases == ("Ada", "ada")


def test_two_service_codes_that_fold_to_one_are_a_blocker() -> None:
    rows: list[list[Cell]] = [["Service code"], ["EX-101"], ["ex 101"]]
    assert only(typed(Services=rows)).code == "name-twice"


def test_a_service_name_must_not_be_another_services_code() -> None:
    rows: list[list[Cell]] = [["Service code", "Service name"], ["EX-101", "Visit"], ["EX-102", "ex101"]]
    assert only(typed(Services=rows)).code == "name-twice"


def test_two_services_may_share_a_name() -> None:
    rows: list[list[Cell]] = [["Service code", "Service name"], ["EX-101", "Visit"], ["EX-102", "Visit"]]
    assert told(typed(Services=rows)) == []


@pytest.mark.parametrize("minutes", [0, -15, 7.5, "a while", 2000])
def test_unit_minutes_are_whole_minutes_of_a_day(minutes: Cell) -> None:
    rows: list[list[Cell]] = [["Service code", "Unit minutes"], ["EX-101", minutes]]
    assert only(typed(Services=rows)).heading == "Unit minutes"


def test_one_status_cannot_count_as_two_things() -> None:
    rows: list[list[Cell]] = [
        ["Status", "Counts as"],
        ["NS", "no show"],
        ["n.s.", "no show"],
        ["ns", "attended"],
    ]
    finding = only(typed(Statuses=rows))
    assert (finding.code, tuple(finding.rows)) == ("status-twice", (4,))


def test_a_visit_that_took_place_cannot_be_a_missed_visit() -> None:
    rows: list[Sequence[Cell]] = [GOOD["Missed visits"][0], ["*", "*", "attended", "flat", 25, "2026-01-01"]]
    assert only(typed(Missed_visits=rows)).code == "not-a-choice"


def test_a_paid_missed_visit_needs_its_amount() -> None:
    rows: list[Sequence[Cell]] = [GOOD["Missed visits"][0], ["*", "*", "no show", "flat", None, "2026-01-01"]]
    assert only(typed(Missed_visits=rows)).code == "blank-cell"


def test_statuses_and_missed_visits_left_out_stay_as_they_were_saved() -> None:
    sheets = typed(Statuses=None, Missed_visits=None)
    setup, findings = read_setup(sheets, SETUP)
    assert (setup.statuses, setup.missed_visits) == (SETUP.statuses, SETUP.missed_visits)
    assert [finding.severity for finding in findings] == [Severity.REVIEW] * 2
    assert read_setup(sheets)[0].statuses == ()


@pytest.mark.parametrize("name", ["Clinic", "Providers", "Services", "Rates"])
def test_a_missing_sheet_is_named(name: str) -> None:
    assert ("missing-sheet", name, (), "") in told(typed(**{name: None}))


def test_a_missing_heading_is_named_with_its_row() -> None:
    finding = only(typed(Statuses=[["Our words"], ["Status", "Means"], ["Kept", "attended"]]))
    assert (finding.code, tuple(finding.rows), finding.heading) == (
        "missing-heading",
        (2,),
        "Counts as",
    )


@pytest.mark.parametrize("columns", [[], [[]], [[None], [None]]])
def test_an_empty_sheet_lacks_its_headings(columns: list[list[Cell]]) -> None:
    sheets = [*typed(Rates=None), Sheet("Rates", 1, 0, columns)]
    assert {code for code, *_ in told(sheets)} == {"missing-heading"}


def test_a_heading_that_stands_twice_is_a_blocker() -> None:
    assert (
        only(typed(Statuses=[["Status", "Counts as", "status"], ["Kept", "attended", ""]])).code
        == "heading-twice"
    )


@pytest.mark.parametrize("clinic_id", ["Lake Side", "../lakeside", "-x", "é", "a" * 64])
def test_a_clinic_id_must_be_fit_for_a_file_name(clinic_id: str) -> None:
    rows: list[list[Cell]] = [["Field", "Value"], ["Clinic ID", clinic_id], ["Clinic name", "Lakeside"]]
    finding = only(typed(Clinic=rows))
    assert (finding.code, tuple(finding.rows)) == ("bad-clinic-id", (2,))


def test_a_clinic_without_a_name_is_asked_for_it() -> None:
    assert only(typed(Clinic=[["Field", "Value"], ["Clinic ID", "lakeside"]])).code == "missing-field"


def test_cells_are_named_where_they_stand_however_far_down_the_sheet_begins() -> None:
    sheets = [replace(one, top=5, left=2) if one.name == "Statuses" else one for one in typed(
        Statuses=[["Status", "Counts as"], ["Kept", "perhaps"]])]  # fmt: skip
    finding = only(sheets)
    assert (tuple(finding.rows), finding.column) == ((6,), 3)


def test_a_new_rate_far_from_all_others_is_remarked_on_and_saved_all_the_same() -> None:
    usual: list[Cell] = ["Ada Sample", "EX-101", "per session", 95, "2026-01-01", None]
    mistyped: list[Cell] = ["Bo Placeholder", "EX-101", "per session", 9500, "2026-01-01", None]
    sheets = rates(usual, mistyped, ["*", "EX-102", "per hour", 9500, "2026-01-01", None])
    saved, _ = read_setup(rates(usual))

    assert [one for one in told(sheets) if one[2] == (3,)] == [("rate-far-off", "Rates", (3,), "Rate")]
    setup, findings = read_setup(sheets, saved)
    assert len(setup.rates) == 3
    (finding,) = findings
    assert (finding.severity, finding.message) == (
        "review",
        "$9,500.00 per session is far from the clinic's other amounts of this kind: $95.00 per session.",
    )
    assert read_setup(sheets, setup)[1] == [], "what is saved already is not remarked on again"


def test_a_new_fee_for_missed_visits_far_from_all_others_is_remarked_on() -> None:
    heads, usual = GOOD["Missed visits"]
    mistyped: list[Cell] = ["*", "EX-101", "no show", "flat", 0.25, "2026-01-01"]
    sheets = typed(Missed_visits=[heads, usual, mistyped])
    assert ("rate-far-off", "Missed visits", (3,), "Amount") in told(sheets)
