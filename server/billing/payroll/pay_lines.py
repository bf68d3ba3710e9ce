"""The lines of a draft or of a closed run, as the books keep them."""

from typing import NamedTuple


class PayLine(NamedTuple):
    """One visit that a run pays.

    ``identity`` says which visit it is, ``day`` is ISO text, ``units`` and ``minutes`` are thousandths, ``rate`` is a
    position in the rates used.
    """

    identity: str
    source_row: int
    appointment: str
    day: str
    provider: str
    service: str
    counts_as: str
    provider_key: str
    patient_key: str
    units: int | None
    minutes: int | None
    charge_cents: int | None
    collected_cents: int | None
    rate: int
    amount_cents: int
