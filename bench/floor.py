"""The floor: a payroll workbook from a JSON body as quickly as this machine can make one.

No validation, no findings, no ledger, one clean log: JSON in (columns, collector paused), pay by
factorize and searchsorted, a designed but small openpyxl workbook whose long sheets are spliced in
as ready-made row XML. The service is held to 1.5 times this (docs/benchmarks.md); it does far more.

What makes rows quick, measured for 100,000 rows x 14 cells (35 MB of XML) on two cores, Python 3.11:

    310 ms  an f-string a row, every cell rendered
    198 ms  an f-string a row, neighbouring cells that repeat together rendered once
    176 ms  one giant % template over a flat tuple
    163 ms  str.join over pieces rendered once per unique value
     96 ms  numpy byte matrix, unused bytes dropped with a mask
     70 ms  pyarrow binary_join_element_wise (and another dependency, of 40 MB)
     22 ms  numpy records copied from tables of cells, padded with spaces *between* tags: this file

and then deflate: isal level 1 31 ms (2 the same, 3 82 ms), zlib level 1 134 ms, level 6 406 ms; a thread
beside the rendering gains nothing. These were rows without ``r="B7"`` and without styles on text; with
both, which readers and eyes want, it is 60 MB of XML and about twice the time. ``bench.floor_book`` holds
the workbook half, ``bench.floor_service`` puts it behind one bare route.

Run alone: ``uv run python -m bench.floor [rows]``.
"""

import gc
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd

from bench.floor_book import EXCEL_DAY_ZERO, Ints, Paid, workbook
from bench.request import generate_body
from server.billing.clinics import ANY, MEASURE, Rate, Setup
from server.billing.money import THOUSAND, divide
from server.demo.bulk_logs import bulk_setup, month_of

ATTENDED = "Show"


def floor(body: bytes, setup: Setup) -> bytes:
    """Return the payroll workbook for one request body."""
    return workbook(pay(read(body), setup))


def read(body: bytes) -> dict[str, list[Any]]:
    """Return the columns of the log by heading."""
    gc.disable()
    try:
        columns = orjson.loads(body)["sheets"][0]["columns"]
    finally:
        gc.enable()
    return {column[0]: column[1:] for column in columns}


def pay(log: Mapping[str, list[Any]], setup: Setup) -> Paid:
    """Return what every attended appointment earns."""
    status, words = pd.factorize(np.array(log["Status"], dtype=object))
    taken = np.flatnonzero(status == list(words).index(ATTENDED))
    provider, providers = _codes(log["Provider"], taken)
    service, services = _codes(log["Service"], taken)
    day = np.array(log["Date of service"], dtype=np.int64)[taken]
    units = np.array(log["Units"], dtype=np.int64)[taken]
    minutes = np.array(log["Minutes"], dtype=np.int64)[taken]
    charge = _cents(log["Charge"], taken)
    collected = _cents(log["Collected"], taken)
    rate = _rate_in_force(setup.rates, (provider, providers), (service, services), day)
    amounts = np.array([one.amount or 0 for one in setup.rates])[rate]
    measures: dict[str | None, Ints] = {
        None: np.ones_like(day),
        "units": units * THOUSAND,
        "minutes": minutes * THOUSAND,
        "charge_cents": charge,
        "collected_cents": collected,
    }
    counted = _counted_quantities(setup.rates, rate, measures)
    return Paid(
        providers=providers,
        services=services,
        rates=setup.rates,
        row=taken + 2,
        appointment=np.array(log["Appointment ID"], dtype="S")[taken],
        day=day,
        provider=provider,
        service=service,
        units=units,
        minutes=minutes,
        charge=charge,
        collected=collected,
        rate=rate,
        quantity=counted.quantity // np.where(counted.in_thousandths, THOUSAND, 1),
        in_cents=counted.in_cents,
        amount=divide(amounts * counted.quantity, counted.divisor),
    )


def _codes(words: list[str], taken: Ints) -> tuple[Ints, list[str]]:
    codes, known = pd.factorize(np.array(words, dtype=object), sort=True)
    return codes[taken], list(known)


def _cents(dollars: list[float], taken: Ints) -> Ints:
    cents: Ints = np.rint(np.array(dollars)[taken] * 100).astype(np.int64)
    return cents


def _rate_in_force(
    rates: Sequence[Rate], provider: tuple[Ints, list[str]], service: tuple[Ints, list[str]], day: Ints
) -> Ints:
    """Return for each row the position of its rate: one binary search over (key, day) numbers."""
    starts: list[int] = []
    places: list[int] = []
    for p, name in enumerate(provider[1]):
        for s, code in enumerate(service[1]):
            key = (p * len(service[1]) + s) << 20
            for since, place in _timeline(rates, name, code):
                starts.append(key + since)
                places.append(place)
    wanted = ((provider[0] * len(service[1]) + service[0]) << 20) + day
    in_force = np.searchsorted(np.array(starts), wanted, side="right") - 1
    return np.array(places, dtype=np.int64).take(in_force)


def _timeline(rates: Sequence[Rate], provider: str, service: str) -> Iterable[tuple[int, int]]:
    """Yield (first day, position) of the house rate and then of the provider's own."""
    for names in (ANY, provider):
        for place, rate in enumerate(rates):
            if rate.service == service and rate.provider == names:
                yield (rate.effective_from - EXCEL_DAY_ZERO).days, place


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What each visit's pay is counted in: thousandths, cents or visits."""

    quantity: Ints
    divisor: Ints
    in_cents: npt.NDArray[np.bool_]
    in_thousandths: npt.NDArray[np.bool_]


def _counted_quantities(rates: Sequence[Rate], rate: Ints, measures: Mapping[str | None, Ints]) -> Counted:
    names, by = zip(*(MEASURE[one.basis] for one in rates), strict=True)
    kinds = np.array([list(measures).index(name) for name in names])[rate]
    quantity = np.choose(kinds, list(measures.values()))
    in_cents = kinds >= list(measures).index("charge_cents")
    return Counted(quantity, np.array(by)[rate], in_cents, (kinds > 0) & ~in_cents)


def main(n_rows: int = 100_000) -> None:
    """Time each step once warm, and print it."""
    setup, body = bulk_setup(30), generate_body(month_of(n_rows, 30, seed=1), bulk_setup(30).clinic.id)
    floor(body, setup)
    started = time.perf_counter()
    log = read(body)
    was_read = time.perf_counter()
    paid = pay(log, setup)
    was_paid = time.perf_counter()
    book = workbook(paid)
    done = time.perf_counter()
    print(
        f"read {was_read - started:.3f} s, pay {was_paid - was_read:.3f} s, "
        f"workbook {done - was_paid:.3f} s, {len(book):,} bytes"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
