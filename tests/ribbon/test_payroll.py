"""Checking and generating: which period is paid, what is asked, what is remembered, what is shown."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.billing.clinics import Cadence, PayBasis
from server.errors import (
    AnotherClinicsLog,
    EmptySetup,
    EmptySheet,
    HeaderNotFound,
    ImplausiblePeriod,
    MissingColumn,
    MissingInput,
    MissingSheet,
    OwnSheet,
)
from server.ledger.store import Ledger
from server.ribbon.protocol import FINDINGS_SHOWN
from server.sheets.sheet import Cell
from tests.invented import HEADINGS, LAKESIDE, a_rate, a_row, paying
from tests.ribbon.clicks import a_click, a_ledger, a_new_clinic, keeping, pressed, visits

BIWEEKLY = keeping(Cadence.BIWEEKLY, anchor=date(2026, 10, 5))
OCTOBER = ("2026-10-01", "2026-10-31")
FIGURES = {
    "run", "rows_in", "paid", "excluded", "held", "blocked", "already_paid", "paid_cents", "providers",
}  # fmt: skip
TICKED = tuple("No-show" if heading == "Status" else heading for heading in HEADINGS)


def period_of(reply: dict[str, Any]) -> tuple[str, str]:
    return reply["figures"]["from"], reply["figures"]["to"]


def codes(reply: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in reply["findings"]]


def test_the_reply_holds_the_promised_figures(ledger: Ledger) -> None:
    figures = pressed(ledger, "payroll.generate", a_click(visits(5, 6)))["figures"]
    assert set(figures) >= FIGURES
    assert set(figures["providers"][0]) >= {"provider", "visits", "paid_cents"}
    outcomes = ("paid", "excluded", "held", "blocked", "already_paid")
    assert figures["rows_in"] == sum(figures[outcome] for outcome in outcomes)
    assert figures["paid_cents"] == sum(provider["paid_cents"] for provider in figures["providers"])


def test_a_check_counts_rows_and_names_no_money(ledger: Ledger) -> None:
    reply = pressed(ledger, "payroll.check", a_click([*visits(5, 6), a_row(status="Perhaps")]))
    assert (reply["figures"]["rows_in"], reply["figures"]["blocked"]) == (3, 1)
    assert not {"run", "paid_cents", "providers"} & set(reply["figures"])
    assert not re.search(r"\$", reply["summary"])


def test_a_check_leaves_no_run_behind(ledger: Ledger) -> None:
    pressed(ledger, "payroll.check", a_click(visits(5, 6)))
    assert pressed(ledger, "payroll.history", a_click())["figures"]["runs"] == []


def test_a_workbook_that_cannot_be_kept_leaves_no_run_behind(ledger: Ledger) -> None:
    click, outputs = a_click(visits(5, 6)), ledger.folder / "outputs"
    outputs.write_bytes(b"a file where the folder belongs")

    with pytest.raises(NotADirectoryError):
        pressed(ledger, "payroll.generate", click)

    outputs.unlink()
    assert pressed(ledger, "payroll.history", a_click())["figures"]["runs"] == []
    assert pressed(ledger, "payroll.generate", click)["figures"]["paid"] == 2


def test_a_log_of_october_is_paid_for_october(ledger: Ledger) -> None:
    assert period_of(pressed(ledger, "payroll.generate", a_click(visits(5, 30)))) == OCTOBER


def test_a_stray_visit_of_the_month_before_stays_outside(ledger: Ledger) -> None:
    log = [*visits(*range(1, 21)), *visits(30, month=9)]

    reply = pressed(ledger, "payroll.generate", a_click(log))

    assert period_of(reply) == OCTOBER
    assert "outside-period" in codes(reply)
    assert (reply["figures"]["paid"], reply["figures"]["excluded"]) == (20, 1)


def test_a_log_of_two_biweekly_periods_is_paid_for_both_and_says_so(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "ledger", BIWEEKLY)

    reply = pressed(ledger, "payroll.generate", a_click(visits(5, 6, 20, 30)))

    assert period_of(reply) == ("2026-10-05", "2026-11-01")
    assert "several-periods" in codes(reply)


def test_the_period_asked_for_is_the_period_paid(ledger: Ledger) -> None:
    reply = pressed(
        ledger,
        "payroll.generate",
        a_click(visits(5, 6, 20), inputs={"from": "10/05/2026", "to": "2026-10-06"}),
    )
    assert period_of(reply) == ("2026-10-05", "2026-10-06")
    assert reply["figures"]["paid"] == 2


def test_most_visits_outside_the_period_asked_for_are_said(ledger: Ledger) -> None:
    inputs = {"from": "2026-10-05", "to": "2026-10-06"}
    most = pressed(ledger, "payroll.generate", a_click(visits(5, 20, 21), inputs=inputs))
    few = pressed(ledger, "payroll.generate", a_click(visits(5, 6, 20), inputs=inputs))

    assert ("outside-period" in codes(most), most["level"]) == (True, "review")
    assert "outside-period" not in codes(few)


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"from": "2026-10-01"}, "Only one end"),
        ({"to": "2026-10-31"}, "Only one end"),
        ({"from": "2026-10-31", "to": "2026-10-01"}, "before it begins"),
        ({"from": "2025-01-01", "to": "2026-10-31"}, "over a year"),
    ],
)
def test_a_period_that_is_none_is_refused(ledger: Ledger, inputs: dict[str, str], sentence: str) -> None:
    with pytest.raises(ImplausiblePeriod, match=sentence):
        pressed(ledger, "payroll.generate", a_click(visits(5), inputs=inputs))


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "13/45/2026", "#N/A", "=1+1"])
def test_a_day_that_is_none_is_refused_by_name(ledger: Ledger, text: str) -> None:
    with pytest.raises(MissingInput, match=re.escape(text)) as caught:
        pressed(ledger, "payroll.generate", a_click(visits(5), inputs={"from": text, "to": "2026-10-31"}))
    assert "“from”" in caught.value.remedy


def test_a_row_nobody_can_date_is_counted_like_any_other(ledger: Ledger) -> None:
    figures = pressed(ledger, "payroll.generate", a_click([*visits(5), a_row(date="soon")]))["figures"]
    assert (figures["rows_in"], figures["paid"], figures["blocked"]) == (2, 1, 1)


def test_a_heading_nobody_knows_is_asked_about_where_its_cells_fit(ledger: Ledger) -> None:
    headings = ["Worker" if heading == "Provider" else heading for heading in HEADINGS]
    (field,) = pressed(ledger, "payroll.check", a_click(visits(5), headings=headings))["asks"]["fields"]
    assert "Worker" in field["choices"][0]["label"]


def test_a_heading_nobody_knows_is_refused_where_its_cells_are_strangers(ledger: Ledger) -> None:
    headings = ["Worker" if heading == "Provider" else heading for heading in HEADINGS]
    with pytest.raises(MissingColumn) as caught:
        pressed(ledger, "payroll.check", a_click(visits(5, provider="Ann Nobody"), headings=headings))
    assert "Worker" in caught.value.remedy


def test_two_columns_that_could_be_the_date_are_asked_about_once(ledger: Ledger) -> None:
    headings = [*HEADINGS, "DOS"]
    rows = [(*row, "2026-10-06") for row in visits(5)]
    asked = pressed(ledger, "payroll.generate", a_click(rows, headings=headings))
    (field,) = asked["asks"]["fields"]

    answered = pressed(
        ledger,
        "payroll.generate",
        a_click(rows, headings=headings, inputs={field["name"]: field["choices"][1]["value"]}),
    )
    again = pressed(ledger, "payroll.generate", a_click(rows, headings=headings))

    assert answered["asks"] is again["asks"] is None
    assert answered["figures"] == again["figures"]


AMOUNTS = tuple("Amount" if heading == "Charge" else heading for heading in HEADINGS)


def paying_a_share(folder: Path) -> Ledger:
    return a_ledger(folder, paying(a_rate(500_000, PayBasis.OF_CHARGE)))


def test_a_heading_nobody_knows_over_numbers_is_asked_about_once_where_pay_depends_on_them(
    tmp_path: Path,
) -> None:
    ledger = paying_a_share(tmp_path)
    asked = pressed(ledger, "payroll.check", a_click(visits(5, charge=80), headings=AMOUNTS))
    (field,) = asked["asks"]["fields"]
    assert [choice["label"] for choice in field["choices"]] == ["Amount (column H)", "None of them"]

    answer = {field["name"]: field["choices"][0]["value"]}
    answered = pressed(
        ledger, "payroll.generate", a_click(visits(5, charge=80), headings=AMOUNTS, inputs=answer)
    )
    again = pressed(ledger, "payroll.generate", a_click(visits(5, charge="$80.00"), headings=AMOUNTS))

    assert answered["figures"]["paid_cents"] == again["figures"]["paid_cents"] == 4_000


def test_numbers_nobody_is_paid_by_are_not_asked_about(ledger: Ledger) -> None:
    reply = pressed(ledger, "payroll.generate", a_click(visits(5, charge=80), headings=AMOUNTS))
    assert (reply["asks"], reply["figures"]["paid"]) == (None, 1)


def test_numbers_said_to_be_none_that_pay_depends_on_block_their_rows_and_are_not_asked_about_again(
    tmp_path: Path,
) -> None:
    ledger = paying_a_share(tmp_path)
    click = a_click(visits(5, charge=80), headings=AMOUNTS, inputs={"charge_column": "none"})
    told = [
        pressed(ledger, "payroll.check", click),
        pressed(ledger, "payroll.check", a_click(visits(5, charge=80), headings=AMOUNTS)),
    ]
    assert [(reply["asks"], codes(reply)) for reply in told] == [
        (None, ["missing-measure", "columns-not-read"])
    ] * 2


@pytest.mark.parametrize("charge", ["by phone", None])
def test_a_heading_nobody_knows_over_anything_but_numbers_is_not_asked_about(
    tmp_path: Path, charge: Cell
) -> None:
    ledger = paying_a_share(tmp_path)
    reply = pressed(ledger, "payroll.check", a_click(visits(5, charge=charge), headings=AMOUNTS))
    assert (reply["asks"], reply["figures"]["blocked"]) == (None, 1)


def test_the_title_counts_what_is_asked(ledger: Ledger) -> None:
    one = pressed(
        ledger, "payroll.check", a_click([("2026-10-05", "Jane Roe", "EX-101")], headings=HEADINGS[1:4])
    )
    two = pressed(ledger, "payroll.generate", a_click([("2026-10-05", "Jane Roe")], headings=HEADINGS[1:3]))
    assert one["asks"]["title"] == "One question before this sheet can be checked."
    assert two["asks"]["title"] == "2 questions before payroll can be generated."


def test_what_holds_for_a_whole_log_is_asked_once_and_said_each_time(ledger: Ledger) -> None:
    rows, headings = [("2026-10-05", "Jane Roe"), ("2026-10-06", "Max Doe")], HEADINGS[1:3]
    asked = pressed(ledger, "payroll.generate", a_click(rows, headings=headings))["asks"]["fields"]
    answers = {"all_attended": "yes", "one_service": "EX-101"}

    first = pressed(ledger, "payroll.generate", a_click(rows, headings=headings, inputs=answers))
    again = pressed(ledger, "payroll.generate", a_click(rows, headings=headings))

    assert {field["name"]: field["kind"] for field in asked} == {
        "all_attended": "yes-no",
        "one_service": "choice",
    }
    for reply in (first, again):
        assert reply["figures"]["paid"] == 2
        assert {"all-attended", "one-service"} <= set(codes(reply))


def test_money_columns_are_picked_together_and_remembered(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path, paying(a_rate(500_000, PayBasis.OF_COLLECTED)))
    headings, rows = [*HEADINGS[:8], "Copay", "Ins Pmt Amt"], [(*row[:8], 20, 130) for row in visits(5)]
    (field,) = pressed(ledger, "payroll.generate", a_click(rows, headings=headings))["asks"]["fields"]
    answer = {field["name"]: ";".join(choice["value"] for choice in field["choices"][:2])}

    first = pressed(ledger, "payroll.generate", a_click(rows, headings=headings, inputs=answer))
    again = pressed(ledger, "payroll.generate", a_click(rows, headings=headings))

    assert (field["kind"], answer) == ("several", {"collected_column": "Copay;Ins Pmt Amt"})
    assert first["figures"]["paid_cents"] == again["figures"]["paid_cents"] == 7_500


def test_columns_nobody_read_are_listed_with_the_run_and_not_what_stands_in_them(ledger: Ledger) -> None:
    rows = [(*row, "felt better", 3) for row in visits(5)]

    reply = pressed(ledger, "payroll.generate", a_click(rows, headings=[*HEADINGS, "Clinical notes", "Room"]))

    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    listed = [row[:2] for row in book["Reconciliation"].iter_rows(values_only=True)]
    everything = repr([[*sheet.iter_rows(values_only=True)] for sheet in book]) + repr(reply)
    assert reply["figures"]["unread_columns"] == ["Clinical notes", "Room"]
    assert listed[listed.index(("Columns not read", None)) + 2 :][:2] == [
        ("Clinical notes", "J"),
        ("Room", "K"),
    ]
    assert "felt better" not in everything


def test_a_question_writes_nothing_down(ledger: Ledger) -> None:
    headings = [*HEADINGS, "DOS"]
    click = a_click([(*row, "2026-10-06") for row in visits(5)], headings=headings)
    pressed(ledger, "payroll.generate", click)
    with ledger.clinic("lakeside").reading() as books:
        assert books.runs() == []
        assert books.profile().columns == ()
        assert books.replay(click["request_id"], "") is None


def test_what_one_clinic_answered_is_not_taken_for_another(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "ledger", LAKESIDE, a_new_clinic(LAKESIDE, "hillside"))
    headings = [*HEADINGS, "DOS"]
    rows = [(*row, "2026-10-06") for row in visits(5)]
    (field,) = pressed(ledger, "payroll.check", a_click(rows, headings=headings))["asks"]["fields"]
    answer = {field["name"]: field["choices"][0]["value"]}
    pressed(ledger, "payroll.check", a_click(rows, headings=headings, inputs=answer))

    assert pressed(ledger, "payroll.check", a_click(rows, headings=headings, clinic="hillside"))["asks"]


def test_a_no_in_the_no_show_column_is_an_attended_visit(ledger: Ledger) -> None:
    rows = [*visits(5, status="No"), *visits(6, status="Yes")]
    figures = pressed(ledger, "payroll.generate", a_click(rows, headings=TICKED))["figures"]
    assert (figures["paid"], figures["excluded"]) == (1, 1)


@pytest.mark.parametrize(
    ("rows", "headings", "refusal"),
    [
        ([], (), EmptySheet),
        ([("a", "b")], ("one", "two"), HeaderNotFound),
        ([("2026-10-05", "Attended")], ("Date", "Status"), MissingColumn),
        ([("2026-10-05", "EX-101", "Attended")], ("Date", "Service", "Status"), MissingColumn),
    ],
    ids=["empty", "no headings", "two headings", "no provider"],
)
@pytest.mark.parametrize("button", ["payroll.check", "payroll.generate"])
def test_a_sheet_that_is_no_log_is_refused(
    ledger: Ledger, button: str, rows: list[Any], headings: tuple[str, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        pressed(ledger, button, a_click(rows, headings=headings))


def test_a_click_without_its_sheet_is_refused(ledger: Ledger) -> None:
    with pytest.raises(MissingSheet):
        pressed(ledger, "payroll.generate", a_click())


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("Lines", "Source row"),
        ("Excluded", "Source row"),
        ("Check", "Severity"),
        ("Check", "Lakeside"),
        ("Payroll Summary", "Lakeside"),
    ],
)
def test_a_sheet_we_wrote_is_no_log(ledger: Ledger, name: str, heading: str) -> None:
    click = a_click(visits(5))
    column = (
        [heading, "Check · Oct 1–31, 2026", "To fix: 1", "Severity"] if heading == "Lakeside" else [heading]
    )
    click["sheets"][0] |= {"name": name, "columns": [column, ["Date of service"] * len(column)]}
    with pytest.raises(OwnSheet):
        pressed(ledger, "payroll.generate", click)


def test_a_log_may_be_called_what_we_call_a_sheet_of_ours(ledger: Ledger) -> None:
    click = a_click(visits(5))
    click["sheets"][0]["name"] = "Lines"
    assert pressed(ledger, "payroll.generate", click)["figures"]["paid"] == 1


def test_a_clinic_without_providers_is_sent_to_its_setup(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "ledger", a_new_clinic(LAKESIDE, "bare"))
    ledger.open_clinic(a_new_clinic(LAKESIDE, "empty").clinic)
    with pytest.raises(EmptySetup) as caught:
        pressed(ledger, "payroll.generate", a_click(visits(5), clinic="empty"))
    assert "Save setup" in caught.value.remedy


def test_another_clinics_log_is_refused_without_saying_whose_it_is(ledger: Ledger) -> None:
    with pytest.raises(AnotherClinicsLog) as caught:
        pressed(ledger, "payroll.generate", a_click(visits(5, 6, provider="Pat Poe")))
    assert "arbor" not in f"{caught.value}{caught.value.remedy}"
    assert [remedy.button for remedy in caught.value.remedies] == ["clinic.choose"]


def test_a_long_log_of_another_clinic_is_one_finding_that_leads_to_its_first_cell(ledger: Ledger) -> None:
    rows = [a_row(id=f"A-{number}", provider="Pat Poe") for number in range(600)]
    with pytest.raises(AnotherClinicsLog) as caught:
        pressed(ledger, "payroll.check", a_click(rows))
    (finding,) = caught.value.findings
    assert list(finding.rows) == [2]
    assert "rows 2-601" in finding.message


def test_findings_are_capped_in_the_reply_and_all_of_them_in_the_sheet(ledger: Ledger) -> None:
    many = FINDINGS_SHOWN + 200
    rows = [a_row(id=f"A-{number}", status="Perhaps") for number in range(many)]

    reply = pressed(ledger, "payroll.check", a_click([*rows, *visits(6)]))

    assert len(reply["findings"]) == FINDINGS_SHOWN
    assert reply["findings_total"] == many
    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    (row,) = book["Check"].iter_rows(min_row=5, values_only=True)
    assert row[2:5] == (many, "Appointments", f"E2:E{many + 1}")


def test_blockers_are_listed_before_reviews(ledger: Ledger) -> None:
    rows = [a_row(id="A-1", units=60), a_row(id="A-2", status="Perhaps"), a_row(id="A-3", units=45)]
    findings = pressed(ledger, "payroll.check", a_click(rows))["findings"]
    severities = [finding["severity"] for finding in findings]
    assert severities == sorted(severities, key=["blocker", "review", "info"].index)
    assert severities[0] == "blocker"


def test_cells_below_one_another_are_marked_as_one_range(ledger: Ledger) -> None:
    rows = [*visits(5), *visits(6, 7, 8, status="Perhaps"), *visits(9), *visits(12, status="Perhaps")]
    reply = pressed(ledger, "payroll.check", a_click(rows))
    assert {edit["range"]: edit["fill"] for edit in reply["edits"]} == {
        "E3:E5": "#FFC7CE",
        "E7:E7": "#FFC7CE",
    }
    assert reply["clear_marks"] == ["Appointments"]


def test_a_spotless_sheet_loses_its_old_marks_and_gets_no_list(ledger: Ledger) -> None:
    reply = pressed(ledger, "payroll.check", a_click(visits(5, 6)))
    assert (reply["level"], reply["edits"], reply["output"]) == ("done", [], None)
    assert reply["clear_marks"] == ["Appointments"]
    assert reply["summary"].endswith("2 rows. No problems found.")


def test_the_summary_says_who_is_paid_and_how_many_rows_wait(ledger: Ledger) -> None:
    one = pressed(ledger, "payroll.generate", a_click([*visits(5), a_row(status="Perhaps")]))
    two = pressed(
        ledger, "payroll.generate", a_click([*visits(5, status="Perhaps"), a_row(status="Perhaps")])
    )
    assert (
        one["summary"] == "Payroll for Lakeside, Oct 1–31, 2026: 1 provider, $50.00. 1 row needs attention."
    )
    assert (
        two["summary"] == "Payroll for Lakeside, Oct 1–31, 2026: 2 rows need attention. No run is recorded."
    )
    assert one["activate"] == "Payroll Summary"
