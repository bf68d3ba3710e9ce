"""A draft is closed only if no closed run has paid its visits, or may have."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.billing.payroll.close_checks import PaidMeanwhile, refuse_paid
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_lines import COLUMNS, PayLines
from server.errors import AlreadyPaidElsewhere, SimilarVisitsPaid


class Line(NamedTuple):
    """One line of a draft."""

    identity: str
    day: str
    provider: str
    provider_key: str
    patient_key: str


RUN, OTHER, THIRD = "lakeside-2026-10-r1", "lakeside-2026-10-01-to-2026-10-15-r1", "lakeside-2026-09-r1"
NOTHING = PaidMeanwhile()


def a_line(
    identity: str = "id:a-1",
    *,
    day: str = "2026-10-05",
    provider: str = "Ada Invented",
    provider_key: str = "adainvented",
    patient: str = "",
) -> Line:
    return Line(identity, day, provider, provider_key, patient)


def a_draft(lines: Sequence[Line]) -> PayLines:
    """Return a draft that pays $60.00 for each line."""
    values = dict.fromkeys(COLUMNS, [None] * len(lines)) | {
        "service": ["EX-101"] * len(lines),
        "amount_cents": [6_000] * len(lines),
    }
    values |= {name: [getattr(line, name) for line in lines] for name in Line._fields}
    return PayLines(**values)  # type: ignore[arg-type]


def paid(line: Line, *, run: str = OTHER, place: int = 0) -> PaidVisit:
    """Return a line as a visit that a closed run has paid."""
    return PaidVisit(
        run,
        place,
        line.identity,
        line.day,
        line.provider,
        line.provider_key,
        "EX-101",
        line.patient_key,
        "attended",
        6_000,
    )


def is_refused(lines: Sequence[Line], meanwhile: PaidMeanwhile) -> bool:
    try:
        refuse_paid(RUN, a_draft(lines), meanwhile)
    except (AlreadyPaidElsewhere, SimilarVisitsPaid):
        return True
    return False


@pytest.mark.parametrize("lines", [[], [a_line()], [a_line(), a_line("id:a-2")]], ids=len)
def test_a_draft_is_closed_if_nothing_was_paid(lines: list[Line]) -> None:
    assert not is_refused(lines, NOTHING)


def test_a_draft_with_two_lines_of_one_visit_is_refused() -> None:
    with pytest.raises(AlreadyPaidElsewhere, match=f"{RUN} already pays 1 appointment "):
        refuse_paid(RUN, a_draft([a_line(), a_line(), a_line("id:a-2")]), NOTHING)


def test_the_refusal_names_the_run_that_paid_most_of_the_visits() -> None:
    lines = [a_line("id:a-1"), a_line("id:a-2"), a_line("id:a-3")]
    by_identity = [paid(lines[0], run=THIRD), paid(lines[1]), paid(lines[2])]

    with pytest.raises(AlreadyPaidElsewhere, match=f"{OTHER} already pays 2 appointments"):
        refuse_paid(RUN, a_draft(lines), PaidMeanwhile(by_identity))


@pytest.mark.parametrize(
    "visit",
    [
        a_line("id:b-7"),
        a_line("id:b-7", provider_key="7"),
        a_line("id:b-7", provider="Bo Invented", provider_key="boinvented", patient="00ff"),
        a_line("id:b-7", provider="Bo Invented", provider_key="boinvented"),
        a_line("id:0a-1", provider="Ada Invented"),
    ],
    ids=[
        "another ID",
        "the provider got an ID",
        "another provider of the same patient",
        "another provider",
        "zeros in front",
    ],
)
def test_a_visit_that_looks_like_one_paid_since_is_not_paid_again(visit: Line) -> None:
    line = a_line(patient="00ff") if visit.patient_key else a_line()

    with pytest.raises(SimilarVisitsPaid, match=f"{OTHER} has paid 1 visit"):
        refuse_paid(RUN, a_draft([line]), PaidMeanwhile(since=[paid(visit)]))


@pytest.mark.parametrize(
    "visit",
    [
        a_line("id:b-7", day="2026-10-06"),
        a_line("id:b-7", day="2026-10-06", provider="Bo Invented", provider_key="boinvented"),
    ],
    ids=["another day", "another day and provider"],
)
def test_a_visit_of_another_day_under_another_id_does_not_keep_a_draft_open(visit: Line) -> None:
    assert not is_refused([a_line()], PaidMeanwhile(since=[paid(visit)]))


def test_what_was_paid_for_sure_is_said_before_what_only_looks_paid() -> None:
    lines = [a_line("id:a-1"), a_line("id:a-2")]

    with pytest.raises(AlreadyPaidElsewhere):
        refuse_paid(RUN, a_draft(lines), PaidMeanwhile([paid(lines[0])], [paid(a_line("id:b-7"))]))


@pytest.mark.parametrize(("name", "key"), [("Ada Sample", "p7"), ("Ada Invented", "p8")])
def test_a_provider_is_known_by_the_lasting_key_or_else_by_the_name(name: str, key: str) -> None:
    line = a_line(provider="Ada Invented", provider_key="p7")
    visit = paid(a_line("id:b-7", provider=name, provider_key=key))

    assert is_refused([line], PaidMeanwhile(since=[visit]))


DAYS = ["2026-10-05", "2026-10-06", "2026-10-07"]


@given(st.lists(st.sampled_from(DAYS), max_size=6), st.lists(st.sampled_from(DAYS), max_size=6))
def test_without_patients_a_draft_is_refused_if_a_run_closed_since_paid_its_provider_on_one_of_its_days(
    days: list[str], paid_days: list[str]
) -> None:
    lines = [a_line(f"id:a-{place}", day=day) for place, day in enumerate(days)]
    since = [paid(a_line(f"id:b-{place}", day=day), place=place) for place, day in enumerate(paid_days)]

    assert is_refused(lines, PaidMeanwhile(since=since)) == bool({*days} & {*paid_days})
