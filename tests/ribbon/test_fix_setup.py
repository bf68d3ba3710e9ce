"""Fix in setup: what a log uses and the setup lacks is asked about, shown, and saved like Save setup."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.billing.clinics import ANY, CountsAs, PayBasis, Provider, Rate, Setup, StatusWord, WorksAs
from server.billing.names import fold
from server.errors import AnotherClinicsLog, FixOvertaken, FixUnusable, MissingInput, StaleSetup
from server.ledger.store import Ledger
from server.ribbon.fixes.fix_setup import MOST_ASKED, fix_setup
from server.ribbon.fixes.offered_fixes import MOST_GAPS
from server.sheets import cell_addresses
from server.sheets.sheet import Cell
from server.sheets.tables import SETUP_SHEETS
from tests.invented import LAKESIDE, a_rate, a_row, paying
from tests.ribbon.clicks import (
    HARBOR,
    a_click,
    a_ledger,
    interrupted,
    pressed,
    setup_sheets,
    visits,
)

Rows = Sequence[Sequence[Cell]]
FIXED = {"unknown-provider", "unknown-service", "unknown-status", "no-rate"}


def in_books(ledger: Ledger, clinic: str = "lakeside") -> Setup:
    with ledger.clinic(clinic).reading() as books:
        return books.setup()


def fixing(
    rows: Rows,
    inputs: Mapping[str, str] | None = None,
    sheets: Sequence[dict[str, Any]] = (),
    *,
    selected: Sequence[int] = (),
) -> dict[str, Any]:
    """Return a click on Fix in setup; with setup sheets if the workbook has some, as the add-in sends them when asked."""
    click = a_click(rows, inputs=inputs, sheets=sheets)
    click["asked_sheets"] = [table.name for table in SETUP_SHEETS]
    click["selection"] = {"sheet": "Appointments", "rows": list(selected)}
    return click


def fields_of(reply: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list((reply["asks"] or {"fields": []})["fields"])


def name_of(ledger: Ledger, rows: Rows, word: str) -> str:
    """Return the name of the gap that is about a word."""
    (name,) = [
        field["name"]
        for field in fields_of(pressed(ledger, "clinic.fix", fixing(rows)))
        if word in field["label"]
    ]
    return str(name)


def saved(
    ledger: Ledger, rows: Rows, inputs: Mapping[str, str], sheets: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Press Fix in setup with these answers, and agree to what is shown."""
    shown = pressed(ledger, "clinic.fix", fixing(rows, inputs, sheets))
    (button,) = fields_of(shown)
    agreed = {**inputs, "save": button["choices"][0]["value"]}
    return pressed(ledger, "clinic.fix", fixing(rows, agreed, sheets))


def problems(ledger: Ledger, rows: Rows) -> set[str]:
    found = pressed(ledger, "payroll.check", a_click(rows))["findings"]
    return {finding["code"] for finding in found} & FIXED


def test_a_spelling_becomes_another_spelling_of_a_provider_and_the_rows_can_be_paid(ledger: Ledger) -> None:
    rows = visits(5, 6, provider="Jane Row")
    shown = pressed(ledger, "clinic.fix", fixing(rows, {name_of(ledger, rows, "Jane Row"): "Jane Roe"}))

    assert shown["asks"]["title"] == "Save this in the setup of Lakeside?"
    (table,) = shown["asks"]["tables"]
    assert table["rows"] == [["Providers", "Jane Roe, also known as: Jane Row (besides Roe, Jane LCSW)"]]
    assert in_books(ledger) == LAKESIDE

    reply = saved(ledger, rows, {name_of(ledger, rows, "Jane Row"): "Jane Roe"})
    assert reply["level"] == "done"
    assert in_books(ledger).providers[0].aliases == ("Roe, Jane LCSW", "Jane Row")
    assert problems(ledger, rows) == set()


@pytest.mark.parametrize("counts_as", list(CountsAs))
def test_a_status_counts_as_what_a_person_says(ledger: Ledger, counts_as: CountsAs) -> None:
    rows = visits(5, status="Pending chart")
    saved(ledger, rows, {name_of(ledger, rows, "Pending chart"): counts_as})
    assert in_books(ledger).statuses == (StatusWord("Pending chart", counts_as),)
    assert problems(ledger, rows) == set()


def test_a_new_provider_is_asked_how_they_are_paid(ledger: Ledger) -> None:
    rows = visits(5, provider="Nora New")
    name = name_of(ledger, rows, "Nora New")
    (field,) = fields_of(pressed(ledger, "clinic.fix", fixing(rows, {name: "new"})))
    assert [choice["value"] for choice in field["choices"]] == ["1099", "W-2"]
    saved(ledger, rows, {name: "new", field["name"]: "W-2"})
    assert in_books(ledger).providers[-1] == Provider("Nora New", works_as=WorksAs.EMPLOYEE)


def test_a_service_is_another_spelling_or_a_new_one(ledger: Ledger) -> None:
    rows = [*visits(5, service="EX-1O1"), *visits(6, service="EX-900")]
    answers = {name_of(ledger, rows, "EX-1O1"): "EX-101", name_of(ledger, rows, "EX-900"): "new"}
    saved(ledger, rows, answers)
    services = in_books(ledger).services
    assert services[0].aliases == ("Talk session", "EX-1O1")
    assert services[-1].code == "EX-900"


LATER = date(2026, 10, 15)


@pytest.fixture
def late(tmp_path: Path) -> Ledger:
    """Return a ledger in which everybody is paid from October 15 on only, and Max Doe before, too."""
    rates = (a_rate(5_000, since=LATER), a_rate(7_000, provider="Max Doe"))
    return a_ledger(tmp_path / "late", paying(*rates))


def test_a_rate_from_a_later_day_is_used_until_that_day_and_changes_nothing_else(late: Ledger) -> None:
    rows = visits(5, 9, 20)
    name = name_of(late, rows, "Jane Roe")
    (field,) = fields_of(pressed(late, "clinic.fix", fixing(rows)))
    assert [choice["label"] for choice in field["choices"]] == [
        "$50.00 per session, as from 10/15/2026 on",
        "The rate of Max Doe, $70.00 per session",
        "Another rate",
    ]
    saved(late, rows, {name: field["choices"][0]["value"]})
    added = set(in_books(late).rates) - {a_rate(5_000, since=LATER), a_rate(7_000, provider="Max Doe")}
    assert added == {
        Rate("Jane Roe", "EX-101", PayBasis.PER_SESSION, 5_000, date(2026, 10, 5)),
        Rate("Jane Roe", "EX-101", PayBasis.PER_SESSION, None, LATER),
    }
    assert problems(late, rows) == set()


def test_a_rate_can_be_typed(late: Ledger) -> None:
    rows = visits(5)
    name = name_of(late, rows, "Jane Roe")
    asked = fields_of(pressed(late, "clinic.fix", fixing(rows, {name: "other"})))
    typed = dict(zip((field["name"] for field in asked), ("% of charge", "62.5%", "10/01/2026"), strict=True))
    saved(late, rows, {name: "other", **typed})
    assert Rate("Jane Roe", "EX-101", PayBasis.OF_CHARGE, 625_000, date(2026, 10, 1)) in in_books(late).rates


def test_a_typed_rate_far_from_all_others_is_said_before_it_is_saved(late: Ledger) -> None:
    rows = visits(5, 6)
    name = name_of(late, rows, "Jane Roe")
    shown = pressed(late, "clinic.fix", fixing(rows, {name: "per session | 5000 | 10/05/2026"}))
    message = (
        "$5,000.00 per session is far from the clinic's other amounts of this kind: "
        "from $50.00 per session to $70.00 per session."
    )
    assert message in shown["asks"]["title"]
    assert [(one["severity"], one["sheet"], one["message"]) for one in shown["findings"]] == [
        ("review", "Rates", message)
    ]
    usual = pressed(late, "clinic.fix", fixing(rows, {name: "per session | 50 | 10/05/2026"}))
    assert usual["findings"] == []


@pytest.mark.parametrize(
    ("rate", "first"), [("fifty", "10/05/2026"), ("-5", "10/05/2026"), ("50", "10/06/2026"), ("50", "soon")]
)
def test_a_rate_that_cannot_be_is_refused(late: Ledger, rate: str, first: str) -> None:
    rows = visits(5)
    answers = {name_of(late, rows, "Jane Roe"): f"per session | {rate} | {first}"}
    with pytest.raises(MissingInput):
        pressed(late, "clinic.fix", fixing(rows, answers))


def test_a_rate_of_nothing_is_refused_as_save_setup_refuses_it(late: Ledger) -> None:
    rows = visits(5)
    answers = {name_of(late, rows, "Jane Roe"): "per session | 0 | 10/05/2026"}
    with pytest.raises(FixUnusable, match="does not say “unpaid”"):
        pressed(late, "clinic.fix", fixing(rows, answers))


def test_only_what_the_selected_rows_need_is_asked(ledger: Ledger) -> None:
    rows = [*visits(5, provider="Jane Row"), *visits(6, status="Pending chart")]
    assert len(fields_of(pressed(ledger, "clinic.fix", fixing(rows)))) == 2
    (field,) = fields_of(pressed(ledger, "clinic.fix", fixing(rows, selected=[3])))
    assert "Pending chart" in field["label"]


def test_a_form_asks_about_a_dozen_and_says_how_many_are_left(ledger: Ledger) -> None:
    rows = [a_row(id=f"A-{number}", status=f"Word {number}x") for number in range(20)]
    reply = pressed(ledger, "clinic.fix", fixing(rows))
    assert len(fields_of(reply)) == MOST_ASKED
    assert "8 more can be added after these." in reply["summary"]


def test_what_is_left_out_of_the_form_stays_open(ledger: Ledger) -> None:
    rows = [*visits(5, provider="Jane Row"), *visits(6, status="Pending chart")]
    saved(ledger, rows, {name_of(ledger, rows, "Jane Row"): "Jane Roe"})
    assert problems(ledger, rows) == {"unknown-status"}


def test_ten_thousand_alike_rows_are_one_question(ledger: Ledger) -> None:
    rows = [a_row(id=f"A-{number}", provider="Jane Row") for number in range(10_000)]
    reply = saved(ledger, rows, {name_of(ledger, rows, "Jane Row"): "Jane Roe"})
    assert reply["figures"]["rows"] == 10_000
    assert len(in_books(ledger).providers[0].aliases) == 2


def test_a_log_that_lacks_nothing_has_nothing_to_fix(ledger: Ledger) -> None:
    reply = pressed(ledger, "clinic.fix", fixing(visits(5)))
    assert (reply["asks"], reply["level"]) == (None, "done")
    assert "has every provider" in reply["summary"]


def test_pressed_twice_it_is_added_once(ledger: Ledger) -> None:
    rows = visits(5, provider="Jane Row")
    answers = {name_of(ledger, rows, "Jane Row"): "Jane Roe"}
    saved(ledger, rows, answers)
    again = pressed(ledger, "clinic.fix", fixing(rows, answers))
    assert "Nothing was added." in again["summary"]
    assert again["level"] == "done"
    assert len(in_books(ledger).providers[0].aliases) == 2


# -- from the finding


def remedies_of(ledger: Ledger, rows: Rows, code: str, **inputs: str) -> list[dict[str, Any]]:
    """Return what the check offers for the first finding of a kind."""
    found = pressed(ledger, "payroll.check", a_click(rows, inputs=inputs))["findings"]
    return next(list(finding["remedies"]) for finding in found if finding["code"] == code)


def test_a_finding_offers_the_likeliest_fix_first(ledger: Ledger) -> None:
    rows = [*visits(5, provider="Row, Jane"), *visits(6, status="Pending chart"), *visits(7, service="Talks")]
    labels = [
        [remedy["label"] for remedy in remedies_of(ledger, rows, code)]
        for code in ("unknown-provider", "unknown-status", "unknown-service")
    ]
    assert labels == [
        [
            "Add as another spelling of Jane Roe",
            "New provider “Row, Jane” …",
            "Add as another spelling of another provider …",
        ],
        ["Count “Pending chart” as attended", "Count “Pending chart” as not attended …"],
        [
            "Add as another spelling of EX-101",
            "New service “Talks” …",
            "Add as another spelling of another service …",
        ],
    ]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"provider": "Row, Jane"}, "unknown-provider"),
        ({"service": "Talks"}, "unknown-service"),
        ({"status": "Pending chart"}, "unknown-status"),
    ],
)
def test_each_remedy_leads_to_a_form_and_the_finding_goes(
    ledger: Ledger, cells: dict[str, Cell], code: str
) -> None:
    rows = [a_row(id=f"A-{number}", **cells) for number in range(2)]
    for remedy in remedies_of(ledger, rows, code):
        assert remedy["button"] == "clinic.fix"
        reply = pressed(ledger, "clinic.fix", fixing(rows, remedy["inputs"]))
        assert len(fields_of(reply)) == 1
    saved(ledger, rows, remedies_of(ledger, rows, code)[0]["inputs"])
    assert problems(ledger, rows) == set()


def test_a_missing_rate_is_offered_with_its_day_and_all_its_days_are_one_kind(late: Ledger) -> None:
    rows = visits(5, 9)
    found = pressed(late, "payroll.check", a_click(rows))["findings"]
    (remedies,) = {tuple(remedy["label"] for remedy in finding["remedies"]) for finding in found}
    assert remedies == (
        "Use $50.00 per session, as from 10/15/2026 on",
        "Use the rate of Max Doe, $70.00 per session",
        "Another rate for Jane Roe, EX-101 …",
    )
    saved(late, rows, found[0]["remedies"][1]["inputs"])
    paid = pressed(late, "payroll.generate", a_click(rows))
    assert paid["figures"]["paid_cents"] == 2 * 7_000


def test_generate_payroll_offers_the_same_and_keeps_its_period(ledger: Ledger) -> None:
    rows = [*visits(5), *visits(6, provider="Row, Jane")]
    period = {"from": "2026-10-01", "to": "2026-10-31"}
    found = pressed(ledger, "payroll.generate", a_click(rows, inputs=period))["findings"]
    assert found[0]["remedies"][0]["inputs"].items() >= period.items()


def test_fifty_strangers_have_fixes_and_the_rest_none(ledger: Ledger) -> None:
    """A long list of strange names means a wrong sheet, and not misspellings."""
    rows = [a_row(id=f"A-{n}", provider=f"Stranger {n}") for n in range(60)]
    found = pressed(ledger, "payroll.check", a_click(rows))["findings"]
    buttons = [remedy["button"] for finding in found for remedy in finding["remedies"][:1]]
    assert buttons.count("clinic.fix") == MOST_GAPS


# -- what somebody else does meanwhile


def colleague_saves(ledger: Ledger, setup: Setup) -> None:
    click = a_click(sheets=setup_sheets(setup))
    pressed(ledger, "clinic.save", click)


def test_an_answer_about_an_earlier_setup_saves_nothing_and_asks_again(ledger: Ledger) -> None:
    rows = visits(5, provider="Jane Row")
    answers = {name_of(ledger, rows, "Jane Row"): "Jane Roe"}
    shown = pressed(ledger, "clinic.fix", fixing(rows, answers))
    agreed = {**answers, "save": fields_of(shown)[0]["choices"][0]["value"]}
    colleague_saves(ledger, replace(LAKESIDE, providers=LAKESIDE.providers[:1]))

    reply = pressed(ledger, "clinic.fix", fixing(rows, agreed))
    assert reply["asks"]["title"].startswith(
        "The setup or the log changed since you were asked. Nothing was saved."
    )
    assert in_books(ledger).providers == LAKESIDE.providers[:1]


def test_a_setup_saved_in_the_same_moment_is_not_overwritten(ledger: Ledger) -> None:
    rows = visits(5, provider="Jane Row")
    answers = {name_of(ledger, rows, "Jane Row"): "Jane Roe"}
    shown = pressed(ledger, "clinic.fix", fixing(rows, answers))
    agreed = {**answers, "save": fields_of(shown)[0]["choices"][0]["value"]}
    fewer = replace(LAKESIDE, providers=LAKESIDE.providers[:1])
    with pytest.raises(FixOvertaken):
        interrupted(ledger, fix_setup, fixing(rows, agreed), lambda: colleague_saves(ledger, fewer))
    assert in_books(ledger).providers == LAKESIDE.providers[:1]


# -- setup sheets in the workbook


def edited(sheets: Sequence[dict[str, Any]], reply: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return setup sheets with the values that a reply writes to them, as Excel would have them then."""
    by_name = {
        sheet["name"]: {**sheet, "columns": [list(column) for column in sheet["columns"]]} for sheet in sheets
    }
    for edit in reply["edits"]:
        columns = by_name[edit["sheet"]]["columns"]
        left, top, right, bottom = cell_addresses.bounds(edit["range"])
        for column in columns:
            column.extend([None] * (bottom - len(column)))
        for row, values in zip(range(top, bottom + 1), edit["values"] or (), strict=False):
            for place, value in zip(range(left, right + 1), values, strict=True):
                columns[place][row - 1] = value
    return list(by_name.values())


ADDED = [
    *visits(5, provider="Jane Row"),
    *visits(6, provider="Nora New"),
    *visits(7, service="EX-1O1"),
    *visits(8, service="EX-900"),
    *visits(9, status="Pending chart"),
]


def everything_answered(ledger: Ledger) -> dict[str, str]:
    names = {
        word: name_of(ledger, ADDED, word)
        for word in ("Jane Row", "Nora New", "EX-1O1", "EX-900", "Pending chart")
    }
    words = ("Jane Roe", "new", "EX-101", "new", "attended")
    answers = dict(zip(names.values(), words, strict=True))
    return {**answers, f"{names['Nora New']}_works_as": "1099"}


def test_open_setup_sheets_get_the_same_and_saving_them_takes_nothing_back(ledger: Ledger) -> None:
    opened = setup_sheets(LAKESIDE, LAKESIDE)
    reply = saved(ledger, ADDED, everything_answered(ledger), opened)
    fixed = in_books(ledger)

    again = pressed(ledger, "clinic.save", a_click(sheets=edited(opened, reply)))

    assert again["summary"] == "The setup of Lakeside is saved. There were no changes."
    assert in_books(ledger) == fixed


def test_a_rate_in_open_setup_sheets_is_read_as_it_was_saved(late: Ledger) -> None:
    rows, setup = visits(5), in_books(late)
    opened = setup_sheets(setup, setup)
    reply = saved(late, rows, {name_of(late, rows, "Jane Roe"): "per session | 50.25 | 10/05/2026"}, opened)
    fixed = in_books(late)
    pressed(late, "clinic.save", a_click(sheets=edited(opened, reply)))
    assert set(in_books(late).rates) == set(fixed.rates)
    assert len(fixed.rates) == 4


def test_what_was_typed_on_open_setup_sheets_and_not_saved_yet_stays(ledger: Ledger) -> None:
    typed = replace(LAKESIDE, statuses=(StatusWord("Came by", CountsAs.ATTENDED),))
    opened = setup_sheets(typed, LAKESIDE)
    rows = visits(5, provider="Jane Row")
    reply = saved(ledger, rows, {name_of(ledger, rows, "Jane Row"): "Jane Roe"}, opened)
    pressed(ledger, "clinic.save", a_click(sheets=edited(opened, reply)))
    assert in_books(ledger).statuses == typed.statuses
    assert in_books(ledger).providers[0].aliases[-1] == "Jane Row"


def test_setup_sheets_of_another_workbook_opened_before_are_refused_as_stale(ledger: Ledger) -> None:
    opened = setup_sheets(LAKESIDE, LAKESIDE)
    rows = visits(5, provider="Jane Row")
    saved(ledger, rows, {name_of(ledger, rows, "Jane Row"): "Jane Roe"})
    with pytest.raises(StaleSetup):
        pressed(ledger, "clinic.save", a_click(sheets=opened))
    assert in_books(ledger).providers[0].aliases[-1] == "Jane Row"


def test_setup_sheets_that_are_older_stay_older_and_it_is_said(ledger: Ledger) -> None:
    older = replace(LAKESIDE, statuses=(StatusWord("Came by", CountsAs.ATTENDED),))
    rows = visits(5, provider="Jane Row")
    opened = setup_sheets(LAKESIDE, older)
    reply = saved(ledger, rows, {name_of(ledger, rows, "Jane Row"): "Jane Roe"}, opened)
    assert (reply["level"], reply["edits"]) == ("review", [])
    assert "Press Open setup before you change them." in reply["summary"]


def test_setup_sheets_of_another_clinic_are_left_alone(ledger: Ledger) -> None:
    rows = visits(5, provider="Jane Row")
    reply = saved(ledger, rows, {name_of(ledger, rows, "Jane Row"): "Jane Roe"}, setup_sheets(HARBOR, HARBOR))
    assert (reply["level"], reply["edits"]) == ("done", [])


# -- hostile words


@pytest.mark.parametrize("word", ["=HYPERLINK(1)", "+1", "-1 x", "@SUM(A1)", "'quoted", 'say "hi"', "A\tB"])
def test_text_like_a_formula_is_added_as_the_text_it_is(ledger: Ledger, word: str) -> None:
    rows = visits(5, provider=word)
    name = name_of(ledger, rows, "")
    saved(ledger, rows, {name: "new", f"{name}_works_as": "1099"})
    assert fold(in_books(ledger).providers[-1].name) == fold(word)
    assert problems(ledger, rows) == set()


def test_a_spelling_with_a_semicolon_is_never_two_spellings(ledger: Ledger) -> None:
    rows = visits(5, provider="Max Doe; Roe")
    name = name_of(ledger, rows, "Roe")
    offered = [
        choice["value"] for choice in fields_of(pressed(ledger, "clinic.fix", fixing(rows)))[0]["choices"]
    ]
    assert offered == ["new"]
    with pytest.raises(FixUnusable, match="semicolon"):
        pressed(ledger, "clinic.fix", fixing(rows, {name: "Jane Roe"}))


def test_a_setup_that_save_setup_would_refuse_is_not_saved(tmp_path: Path) -> None:
    """The books of an older version have a spelling that belongs to two providers."""
    twins = (*LAKESIDE.providers, Provider("Pat Poe", ("Max D.O.E.",)))
    ledger = a_ledger(tmp_path / "ledger", replace(LAKESIDE, providers=twins))
    rows = visits(5, provider="Nora New")
    with pytest.raises(FixUnusable, match=r"“Max D\.O\.E\.” belongs to Max Doe already \(row 5\)"):
        pressed(ledger, "clinic.fix", fixing(rows, {name_of(ledger, rows, "Nora New"): "Pat Poe"}))


def test_words_without_letters_or_digits_are_not_offered(ledger: Ledger) -> None:
    reply = pressed(ledger, "clinic.fix", fixing(visits(5, provider="***")))
    assert fields_of(reply) == []


def test_an_answer_that_names_nobody_is_refused(ledger: Ledger) -> None:
    rows = visits(5, provider="Jane Row")
    with pytest.raises(MissingInput, match="Who is"):
        pressed(ledger, "clinic.fix", fixing(rows, {name_of(ledger, rows, "Jane Row"): "Pat Poe"}))


def test_the_log_of_another_clinic_is_refused(ledger: Ledger) -> None:
    with pytest.raises(AnotherClinicsLog):
        pressed(ledger, "clinic.fix", fixing(visits(5, 6, provider="Pat Poe")))


def test_a_word_in_a_yes_no_column_is_no_status(ledger: Ledger) -> None:
    headings = ("Date of service", "Provider", "Service", "No-show")
    rows = [("2026-10-05", "Jane Roe", "EX-101", word) for word in ("No", "No", "Yes", "Perhaps")]
    click = a_click(rows, headings=headings)
    assert fields_of(pressed(ledger, "clinic.fix", click)) == []
    found = pressed(ledger, "payroll.check", a_click(rows, headings=headings))["findings"]
    assert "neither-yes-nor-no" in {finding["code"] for finding in found}


# -- any log

WORDS = st.text("abcAB12 .,;-='\u00e9*", min_size=1, max_size=8).filter(
    lambda text: fold(text) not in {"", "a", "b"}
)
ANY_RATES = st.lists(
    st.builds(
        Rate,
        st.sampled_from([ANY, "Jane Roe", "Max Doe"]),
        st.sampled_from([ANY, "EX-101", "EX-102"]),
        st.sampled_from([PayBasis.PER_SESSION]),
        st.sampled_from([None, 4_000, 5_000]),
        st.dates(date(2026, 9, 25), date(2026, 11, 5)),
    ),
    max_size=6,
    unique_by=lambda rate: (rate.provider, rate.service, rate.effective_from),
)
ANY_ROWS = st.lists(
    st.tuples(
        st.integers(1, 31),
        st.one_of(st.sampled_from(["Jane Roe", "Max Doe", "jane-roe"]), WORDS),
        st.one_of(st.sampled_from(["EX-101", "EX-102"]), WORDS),
        st.one_of(st.sampled_from(["Show", "Attended"]), WORDS),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ANY_ROWS, rates=ANY_RATES, data=st.data())
def test_fixing_whatever_is_offered_leaves_nothing_of_the_kind(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[Any, ...]],
    rates: list[Rate],
    data: st.DataObject,
) -> None:
    ledger = a_ledger(tmp_path_factory.mktemp("any") / "ledger", paying(*rates))
    log = [
        a_row(id=f"A-{n}", date=f"2026-10-{day:02}", provider=who, service=what, status=status)
        for n, (day, who, what, status) in enumerate(rows)
    ]
    of_log: dict[str, Any] = {}  # answers about the log itself: a status like 1 may mean yes
    for _ in range(20):
        asked = fields_of(pressed(ledger, "clinic.fix", fixing(log, of_log)))
        if not asked:
            break
        drawn = {
            field["name"]: data.draw(st.sampled_from([choice["value"] for choice in field["choices"]]))
            for field in asked
        }
        if not all(name.startswith("fix_") for name in drawn):
            of_log |= drawn
            continue
        answers = of_log | drawn
        details = fields_of(pressed(ledger, "clinic.fix", fixing(log, answers)))
        if details[0]["name"] != "save":
            endings = {"_works_as": "1099", "_basis": "per session", "_rate": "$45.00", "_from": "10/01/2026"}
            for field in details:
                answers[field["name"]] = next(
                    value for ending, value in endings.items() if field["name"].endswith(ending)
                )
        before = in_books(ledger)
        saved(ledger, log, answers)
        after = in_books(ledger)
        assert {one.name for one in before.providers} <= {one.name for one in after.providers}
        assert {rate for rate in before.rates if rate.amount is not None} <= set(after.rates)
    else:
        pytest.fail("fixing never came to an end")
    found = pressed(ledger, "payroll.check", a_click(log, inputs=of_log))["findings"]
    assert not {finding["code"] for finding in found} & FIXED
