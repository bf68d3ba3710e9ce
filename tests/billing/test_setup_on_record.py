"""What a setup that is saved would do to the one in the books."""

from dataclasses import replace

import pytest

from server.billing.clinics import Clinic, Provider, Setup
from server.billing.invoices.prices import Price
from server.billing.setup_on_record import SetupOnRecord
from tests.invented import JANUARY, LAKESIDE

PRICE = Price("EX-101", "Talk", 9_000, JANUARY)
PRICED = replace(LAKESIDE, prices=(PRICE,))


def with_providers(*names: str) -> Setup:
    return replace(LAKESIDE, providers=tuple(map(Provider, names)))


def test_a_license_is_needed_for_new_prices_only_and_once() -> None:
    dearer = replace(LAKESIDE, prices=(replace(PRICE, unit_price_cents=9_500),))

    assert SetupOnRecord(LAKESIDE).lacks_license(PRICED)
    assert SetupOnRecord(PRICED).lacks_license(dearer)
    assert not SetupOnRecord(PRICED).lacks_license(PRICED)
    assert not SetupOnRecord(PRICED).lacks_license(LAKESIDE)
    assert not SetupOnRecord(LAKESIDE, is_licensed=True).lacks_license(PRICED)


@pytest.mark.parametrize(
    ("wished", "is_replaced"),
    [
        (("Jane Roe", "Max Doe"), False),
        (("Jane Roe", "Una New"), False),
        (("Una New", "Sam Soe"), True),
        (("roe, jane lcsw", "Una New"), False),
        ((), True),
    ],
    ids=str,
)
def test_a_setup_that_lacks_most_providers_replaces_the_one_in_the_books(
    wished: tuple[str, ...], *, is_replaced: bool
) -> None:
    assert SetupOnRecord(LAKESIDE).is_replaced_by(with_providers(*wished)) == is_replaced


def test_a_new_clinic_has_nothing_to_be_replaced() -> None:
    assert not SetupOnRecord(Setup(Clinic("new", "New"))).is_replaced_by(LAKESIDE)
