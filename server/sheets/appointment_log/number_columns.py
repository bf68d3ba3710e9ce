"""The columns of a log that hold numbers: units, charges, collected amounts, and lengths of visits."""

from collections.abc import Mapping

import numpy as np

from server.billing.clinics import ImportProfile, PayBasis, Setup
from server.billing.money import THOUSAND
from server.billing.payroll.appointment_log import Amounts
from server.errors import Finding
from server.sheets.appointment_log.column_matching import column_of
from server.sheets.appointment_log.shown_days import is_day_or_time, refuse_days
from server.sheets.appointment_log.total_rows import StatedTotal, verify_totals
from server.sheets.appointment_log.unread_log import Reading
from server.sheets.appointment_log.visit_minutes import VisitMinutes, read_visit_minutes
from server.sheets.cells import Numbers, cents_of, read_numbers, thousandths_of


def read_amounts(reading: Reading) -> dict[str, Amounts]:
    """Read the number columns. Several columns of one field are summed row by row, and refunds are subtracted."""
    found = {}
    for name in ("units", "charge_cents", "collected_cents"):
        positions = reading.layout.columns.get(name, ())
        columns = [_numbers(reading, name, position) for position in positions]
        if columns:
            minus = [position in reading.layout.minus for position in positions]
            signed = [-np.abs(n.values) if off else n.values for n, off in zip(columns, minus, strict=True)]
            values = np.sum(signed, axis=0)
            given = np.any([n.given for n, off in zip(columns, minus, strict=True) if not off], axis=0)
            wrong = np.any([numbers.unreadable for numbers in columns], axis=0)
            for merged in reading.merged_amounts:
                wrong[list(merged.positions)] |= merged.field == name
            found[name] = Amounts(np.where(wrong, 0, values), given & ~wrong)
            if len(positions) == 1:  # a sum of columns has no total in one cell
                _verify_totals(reading, positions[0], found[name], name)
    return found


def read_minutes(
    reading: Reading, setup: Setup, profile: ImportProfile, answers: Mapping[str, str]
) -> VisitMinutes | None:
    """Return how long the visits took, ``None`` if no column says it. Raises Unanswered."""
    hourly = any(rate.basis is PayBasis.PER_HOUR for rate in setup.rates)
    minutes = read_visit_minutes(reading, answers, profile, hourly=hourly)
    if minutes and minutes.are_as_written:
        _verify_totals(reading, reading.layout.columns["minutes"][0], minutes.amounts, "minutes")
    return minutes


def _verify_totals(reading: Reading, position: int, amounts: Amounts, name: str) -> None:
    column = column_of(reading.sheet, reading.layout, position)
    totals = [
        StatedTotal(
            total, reading.columns[position][total.place], reading.sheet.format_at(position, total.place)
        )
        for total in reading.rows.totals
    ]
    for verdict in verify_totals(totals, reading.rows.appointments, amounts, name):
        where = (verdict.row + reading.sheet.top,)
        reading.findings.append(
            Finding(verdict.what, reading.sheet.name, where, column.position, column.heading)
        )


def _numbers(reading: Reading, name: str, position: int) -> Numbers:
    cells = reading.cells(position)
    if name.endswith("_cents"):
        numbers = read_numbers(cells, 100, cents_of)
    else:
        numbers = read_numbers(cells, THOUSAND, thousandths_of)
    refuse_days(reading, position, cells, numbers, is_day_or_time)
    reading.doubt(name, position, cells, numbers.wrong)
    return numbers
