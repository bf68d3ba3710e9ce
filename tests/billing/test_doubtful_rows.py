"""Why a row may be a visit that was paid: by what differs, and by who or what is no longer known."""

from typing import Any

import pytest

from server.billing.payroll.doubtful_rows import (
    AS_ANOTHER_SERVICE,
    ON_ANOTHER_DAY,
    PROBABLY_PAID,
    TO_ANOTHER_PROVIDER,
    doubt_of,
)
from server.billing.payroll.visit_pairing import ANYBODY
from tests.billing.test_visit_pairing import a_visit


@pytest.mark.parametrize(
    ("paid", "code"),
    [
        ({}, PROBABLY_PAID),
        ({"patient": "q", "amount": 7}, PROBABLY_PAID),
        ({"provider": ANYBODY}, PROBABLY_PAID),
        ({"service": ANYBODY}, PROBABLY_PAID),
        ({"provider": ANYBODY, "service": ANYBODY}, PROBABLY_PAID),
        ({"provider": "max"}, TO_ANOTHER_PROVIDER),
        ({"provider": "max", "service": ANYBODY}, TO_ANOTHER_PROVIDER),
        ({"service": "EX-102"}, AS_ANOTHER_SERVICE),
        ({"service": "EX-102", "provider": ANYBODY}, AS_ANOTHER_SERVICE),
        ({"day": "2026-09-04"}, ON_ANOTHER_DAY),
    ],
)
def test_the_code_says_what_differs_and_an_unknown_name_differs_from_nobody(
    paid: dict[str, Any], code: str
) -> None:
    assert doubt_of(a_visit(), a_visit(**paid)) == code
