"""Minutes that look misread where a visit is paid by the hour."""

import pytest

from server.billing.clinics import PayBasis
from tests.invented import a_rate, a_row, a_run, codes, paying


@pytest.mark.parametrize(
    ("minutes", "basis", "is_said"),
    [
        (4, PayBasis.PER_HOUR, True),
        (5, PayBasis.PER_HOUR, False),
        (480, PayBasis.PER_HOUR, False),
        (481, PayBasis.PER_HOUR, True),
        (481, PayBasis.PER_SESSION, False),
    ],
)
def test_a_visit_paid_by_the_hour_takes_from_five_minutes_to_eight_hours(
    minutes: int,
    basis: PayBasis,
    is_said: bool,  # noqa: FBT001
) -> None:
    usual = [a_row(date=f"2026-10-{day:02}", minutes=50) for day in range(6, 16)]
    run = a_run([a_row(minutes=minutes), *usual], paying(a_rate(6_000, basis)))
    assert ("implausible-minutes" in codes(run)) == is_said
