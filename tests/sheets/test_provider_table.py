"""The table of providers on the summary: whatever people the books hold, its rows add up to its totals."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from server.billing.clinics import Provider, WorksAs
from server.billing.payroll.pay_comparison import PaidWork
from server.billing.payroll.pay_history import EarlierRuns, PayHistory, RunInTime, YearPay, pay_history
from server.billing.payroll.pay_run import PayRun, Period
from server.sheets.payroll.payroll_workbook import write_payroll
from server.sheets.payroll.provider_table import NO_FIGURE, NOT_IN_SETUP, OTHERS
from server.sheets.payroll.tables import SUMMARY_NAME
from tests.sheets.invented import a_run
from tests.sheets.workbooks import rows_of

NOW = ("Ada Sample", "Bo Sample")
GONE = ("Cy Gone", "Di Gone", "Ed Gone", "Flo Gone", "Gus Gone")
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30))
RUN = a_run(40, NOW, unpaid=0)
FORMS = {f"All {form.value}": form.value for form in WorksAs} | {NOT_IN_SETUP: ""}
Row = tuple[object, ...]


def history_of(
    run: PayRun, last: Mapping[str, int], in_year: Mapping[str, int], *, compared: bool
) -> PayHistory:
    """Return the history of a run: what the last period and what the year before it paid, in cents."""
    lines = run.lines.frame().groupby("provider", observed=True)["amount_cents"].sum()
    now = {str(name): [_work(int(cents))] for name, cents in lines.items()}
    before = {name: [_work(cents)] for name, cents in last.items()}
    earlier = EarlierRuns(SEPTEMBER, ("last",), (), ("last",)) if compared else EarlierRuns(None, (), (), ())
    when = RunInTime(run.id, run.period, run.pay_date)
    return pay_history(when, earlier, now, {"last": before}, YearPay(in_year))


def _work(cents: int) -> PaidWork:
    return PaidWork("ex101", "attended", "per session", 50_00, 1, 1, cents)


def table_of(run: PayRun, providers: list[Provider], history: PayHistory) -> tuple[list[Row], list[Row]]:
    """Return the rows of the people in the table, and those of its totals."""
    shown = load_workbook(BytesIO(write_payroll(run, providers, history=history)))[SUMMARY_NAME]
    rows = rows_of(shown)
    first = next(place for place, row in enumerate(rows) if row[0] == "Provider") + 1
    last = next(place for place, row in enumerate(rows) if row[0] == "Clinic total")
    totals = next(place for place, row in enumerate(rows) if row[0] in {*FORMS, "Clinic total"})
    return rows[first:totals], rows[totals : last + 1]


def cents(value: object) -> int:
    return 0 if value in {NO_FIGURE, None, ""} else round(float(str(value)) * 100)


forms = st.none() | st.sampled_from(WorksAs)
amounts = st.integers(0, 5_000_00)


@settings(max_examples=25, deadline=None)
@given(
    works_as=st.fixed_dictionaries(dict.fromkeys((*NOW, *GONE), forms)),
    last=st.dictionaries(st.sampled_from((*NOW, *GONE)), amounts),
    in_year=st.dictionaries(st.sampled_from((*NOW, *GONE)), amounts),
    compared=st.booleans(),
)
def test_the_rows_add_up_to_the_totals_in_every_column(
    works_as: dict[str, WorksAs | None], last: dict[str, int], in_year: dict[str, int], *, compared: bool
) -> None:
    providers = [Provider(name, works_as=form) for name, form in works_as.items() if form]
    people, totals = table_of(RUN, providers, history_of(RUN, last, in_year, compared=compared))

    clinic, by_form = totals[-1], totals[:-1]
    assert cents(clinic[-1]) == sum(in_year.values()) + RUN.paid_cents
    for column in range(3, len(clinic)):
        assert sum(cents(row[column]) for row in people) == cents(clinic[column])
        if by_form:
            assert sum(cents(row[column]) for row in by_form) == cents(clinic[column])
        for row in by_form:
            own = [one for one in people if (one[2] or "") == FORMS[str(row[0])]]
            assert own
            assert sum(cents(one[column]) for one in own) == cents(row[column])


def test_people_who_left_are_one_row_for_each_way_of_working() -> None:
    providers = [Provider(name, works_as=WorksAs.EMPLOYEE) for name in (*NOW, *GONE[:2])]
    in_year = dict.fromkeys(GONE[:3], 100_00)
    people, totals = table_of(RUN, providers, history_of(RUN, {}, in_year, compared=True))

    assert [(row[0], row[2] or "") for row in people[2:]] == [(f"{OTHERS} (2)", "W-2"), (GONE[2], "")]
    assert {*people[2][3:-1]} == {NO_FIGURE}
    assert (people[2][-1], people[3][-1]) == (200, 100)
    assert [row[0] for row in totals] == ["All W-2", NOT_IN_SETUP, "Clinic total"]


def test_a_clinic_of_contractors_has_no_totals_row_of_employees() -> None:
    providers = [Provider(name, works_as=WorksAs.CONTRACTOR) for name in NOW]
    _, totals = table_of(RUN, providers, history_of(RUN, {GONE[0]: 10_00}, {}, compared=True))
    assert [row[0] for row in totals] == ["All 1099", NOT_IN_SETUP, "Clinic total"]

    _, totals = table_of(RUN, providers, history_of(RUN, {}, {}, compared=True))
    assert [row[0] for row in totals] == ["Clinic total"]


def test_people_whom_only_the_last_period_paid_follow_by_name_whatever_the_case() -> None:
    last = {"di Gone": 3_00, "Cy Gone": 2_00, "Ed Gone": 1_00}
    people, _ = table_of(RUN, [], history_of(RUN, last, {}, compared=True))
    assert [row[0] for row in people] == [*NOW, "Cy Gone", "di Gone", "Ed Gone"]
