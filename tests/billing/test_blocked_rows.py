"""What is kept of a blocked row, so that it can be listed and recognized later."""

import pytest

from server.billing.payroll.blocked_rows import rows_with_outcome
from server.billing.payroll.calculate import finish_run, price_rows
from server.billing.payroll.classify import classify_rows
from server.billing.payroll.pay_run import Outcome
from tests.invented import LAKESIDE, OCTOBER, TODAY, a_log, a_row, a_sheet


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({"provider": "Roe, Jane LCSW"}, ("Jane Roe", "EX-101")),
        ({"service": "Talk session"}, ("Jane Roe", "EX-101")),
        ({"provider": "Olive Nobody"}, ("Olive Nobody", "EX-101")),
        ({"service": "Puppet show"}, ("Jane Roe", "Puppet show")),
    ],
)
def test_a_blocked_row_is_listed_by_the_names_of_the_setup_where_it_has_them(
    written: dict[str, str], kept: tuple[str, str]
) -> None:
    classified = classify_rows(
        a_log(a_sheet([a_row(status="Pending note", **written)])), LAKESIDE, OCTOBER, TODAY
    )
    priced = price_rows(classified)
    run = finish_run(priced, priced.outcomes, {}, "lakeside-2026-10-r1")
    (row,) = rows_with_outcome(run, classified, {}, Outcome.BLOCKED)
    assert (row.provider, row.service) == kept
