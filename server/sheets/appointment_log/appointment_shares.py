"""The sheet Shares of a log's workbook: which providers did one appointment together, and who has which part of it.

The setup has a sheet of the same name, for shares by rule. This one has a column with the appointment (rule: pay-runs#shares).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from server.billing.clinics import Setup
from server.billing.money import MILLION
from server.billing.names import fold
from server.billing.payroll.appointment_log import AppointmentLog, AppointmentShares
from server.billing.payroll.setup_matching import UNKNOWN, spellings, suggestions
from server.billing.payroll.visit_identity import fold_id
from server.errors import Finding
from server.errors.further_pay_findings import NotAShare, ShareOfUnknownAppointment
from server.errors.log_row_findings import UnknownProvider
from server.sheets.cells import share_of
from server.sheets.excel_ids import as_shown
from server.sheets.sheet import Sheet
from server.sheets.tables import APPOINTMENT_SHARES
from server.sheets.typed_rows import Row, header_of, places_of, rows_of

APPOINTMENT, PROVIDER, SHARE = APPOINTMENT_SHARES.titles


def is_about_appointments(sheet: Sheet) -> bool:
    """Return whether a sheet has shares of single appointments."""
    if fold(sheet.name) != fold(APPOINTMENT_SHARES.name):
        return False
    return APPOINTMENT in places_of(APPOINTMENT_SHARES, sheet, header_of(APPOINTMENT_SHARES, sheet), [])


def with_shares(log: AppointmentLog, sheets: Sequence[Sheet], setup: Setup) -> AppointmentLog:
    """Return a log with the shares that the other sheets of a click give of its appointments, and the findings about them."""
    sheet = next((one for one in sheets if is_about_appointments(one)), None)
    if sheet is None:
        return log
    findings: list[Finding] = []
    in_log = {fold_id(value) for value in log.word_column("appointment").values}
    parts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    unusable: set[str] = set()
    people, suggestion = spellings(setup.providers), suggestions(setup.providers)
    for row in rows_of(APPOINTMENT_SHARES, sheet, findings):
        appointment = _appointment_of(row)
        name = row.required_text(PROVIDER)
        place = people.get(fold(name), UNKNOWN)
        if name and place == UNKNOWN:
            row.add_finding(
                UnknownProvider(value=row.shown_value(PROVIDER), suggestion=suggestion(name)), PROVIDER
            )
        is_given = bool(row.required_text(SHARE))
        share = row.read(SHARE, partial(share_of, number_format=row.form(SHARE))) if is_given else None
        if share is not None and not 0 < share <= MILLION:
            row.add_finding(NotAShare, SHARE)
        if not appointment:
            continue
        if appointment not in in_log:
            row.add_finding(ShareOfUnknownAppointment, APPOINTMENT)
        if row.usable and share:
            parts[appointment][setup.providers[place].name] += share
        else:
            unusable.add(appointment)
    shares = {
        appointment: AppointmentShares(
            tuple(parts[appointment].items()), is_usable=appointment not in unusable
        )
        for appointment in {*parts, *unusable}
    }
    return replace(log, shares=shares, findings=(*log.findings, *findings))


def _appointment_of(row: Row) -> str:
    """Return the folded ID of the appointment of a row, with the zeros that its cell shows; "" if there is none."""
    text = row.required_text(APPOINTMENT)
    cell = row.cell(APPOINTMENT)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        text = str(as_shown(cell, row.form(APPOINTMENT)))
    return fold_id(text)
