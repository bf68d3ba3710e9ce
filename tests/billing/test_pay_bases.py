"""What a rate is multiplied by."""

from server.billing.clinics import PayBasis


def test_only_rates_of_money_are_shares() -> None:
    assert {basis for basis in PayBasis if basis.is_share} == {PayBasis.OF_CHARGE, PayBasis.OF_COLLECTED}
