"""Payments in a run: the visits that they may be for, from the log and the books, and what the run pays for them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

import numpy as np
import orjson

from server.billing.days import serial_of
from server.billing.money import dollars
from server.billing.names import fold
from server.billing.payroll.adjustments import Adjustment
from server.billing.payroll.appointment_log import Ints
from server.billing.payroll.classify import ClassifiedLog
from server.billing.payroll.paid_on_collection import findings_about_collection
from server.billing.payroll.paid_payments import PaidPayment, PaymentsBefore, payments_now
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_periods import stretches_of
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.payment_lines import RunPayments
from server.billing.payroll.payment_sheet import PaymentsSheet, references_of
from server.billing.payroll.payment_visits import (
    ClosedVisits,
    KnownVisits,
    VisitsNamed,
    VisitsNow,
    rows_named,
    visits_of_log,
)
from server.billing.payroll.payments import decide_payments
from server.billing.payroll.recorded_runs import RunHeader
from server.billing.payroll.typed_hours import SheetHours
from server.errors import Finding, count_of, list_names
from server.errors.payment_findings import (
    PaymentsSheetLacking,
    PaymentsSheetUnread,
    PaymentsStillUnallocated,
)
from server.ledger.clinic_books import ClinicBooks
from server.ledger.clock import civil_day

NO_SHEET = PaymentsSheet("")


@dataclass(frozen=True, slots=True, eq=False)
class ComparedLog:
    """A classified log with what the books say about its visits: what this run adjusts, and the paid visits by the identity of a
    row. ``closed`` are the approved runs, ``today`` is the day of the click.
    """

    classified: ClassifiedLog
    adjustments: Sequence[Adjustment]
    paid_before: Mapping[str, PaidVisit]
    closed: Sequence[RunHeader]
    today: date


def days_without_visits(sheet: PaymentsSheet | None, hours: SheetHours) -> Ints:
    """Return the days of payments, or of typed hours, as serials; they decide the period of a run without visits."""
    days = [one.day for one in sheet.payments] if sheet else [one.day for one in hours.rows]
    return np.array([serial_of(day) for day in days], dtype=np.int64)


def follows_payments(sheet: PaymentsSheet | None, closed: Sequence[RunHeader]) -> bool:
    """Return whether a clinic pays on collection by payments: it has a payments sheet, or an approved run did so before."""
    return bool(sheet and not sheet.lacking) or any(run.follows_payments for run in closed)


def with_payments(
    books: ClinicBooks, run: PayRun, compared: ComparedLog, sheet: PaymentsSheet | None
) -> PayRun:
    """Return a run with what it pays on collection, and with the findings about that."""
    providers, known, notes = compared.classified.setup.providers, set[str](), []
    if sheet and sheet.lacking:
        what = PaymentsSheetUnread(sheet=sheet.name, lacking=list_names(sheet.lacking))
        notes.append(Finding(what, sheet.name))
    if follows_payments(sheet, compared.closed):
        read = sheet if sheet and not sheet.lacking else NO_SHEET
        paid = payments_now(books.payments.paid_payments())
        payments = _payments_of_run(books, run, compared, read, paid)
        run = replace(run, payments=payments, fingerprint=_fingerprint(run, payments))
        known = {one.line.visit for one in paid.values()} | {line.visit for line in payments.lines}
        notes += [*read.findings, *_about_sheet(books, run, compared, read)]
    notes += findings_about_collection(run, compared.classified, known, providers)
    return replace(run, findings=(*run.findings, *notes))


def _payments_of_run(
    books: ClinicBooks,
    run: PayRun,
    compared: ComparedLog,
    sheet: PaymentsSheet,
    paid: Mapping[str, PaidPayment],
) -> RunPayments:
    setup = compared.classified.setup
    named = VisitsNamed.by(sheet.payments)
    without_line = {one.line.visit for one in paid.values() if not one.line.of_run}
    without_line.intersection_update(compared.classified.ids.identities)
    named = replace(named, identities=named.identities | without_line)
    positions = rows_named(compared.classified, named)
    paid_at = _paid_at(compared, set(positions.tolist()))
    visits = {visit[:2]: visit for visit in (*_visits_in_books(books, named), *paid_at.values())}
    adjusted = {
        (one.of_run, one.of_place) for one in compared.adjustments if one.of_place is not None and paid
    }
    changed = {visit[:2]: visit for visit in books.payments.visits_of_lines(adjusted)}
    lines = books.paid_lines_now({*visits, *changed})
    made_on = {one.id: day for one in compared.closed if (day := civil_day(one.made_at))}
    closed = ClosedVisits([*{**changed, **visits}.values()], lines, made_on)
    now = VisitsNow(closed, setup, compared.adjustments)
    changed_now = {
        visit.identity: visit
        for visit in now.visits_of(visit for line, visit in changed.items() if line in now.changed_lines)
    }
    known = KnownVisits()
    by_line = dict(zip(visits, now.visits_of(visits.values()), strict=True))
    for visit in by_line.values():
        known.add(visit)
    for identity, found in visits_of_log(compared.classified, run, positions, paid_at):
        visit = by_line[found[:2]] if isinstance(found, PaidVisit) else found
        known.add(visit, [identity])
        if visit.of_place is None and visit.identity in without_line and not visit.is_unclear:
            changed_now[visit.identity] = visit
    firsts = [one.period.first for one in compared.closed if one.follows_payments]
    before = PaymentsBefore(paid, min([*firsts, run.period.first]), compared.today, changed_now)
    people = {fold(text): one.name for one in setup.providers for text in one.spellings}
    return decide_payments(sheet, run.period, known, before, people)


def _paid_at(compared: ComparedLog, positions: Collection[int]) -> dict[int, PaidVisit]:
    """Return the paid visits that some rows of the log are, by position."""
    classified, found = compared.classified, {}
    if not compared.paid_before or not positions:
        return {}
    payable = np.flatnonzero(classified.payable).tolist()
    for position, identity in zip(payable, classified.identities, strict=True):
        if position in positions and (visit := compared.paid_before.get(identity)):
            found[position] = visit
    return found


def _visits_in_books(books: ClinicBooks, named: VisitsNamed) -> Iterator[PaidVisit]:
    """Yield the visits of closed runs that payments name."""
    if named.identities:
        yield from books.payments.visits_of_identities(named.identities)
    if named.days:
        for visit in books.payments.visits_on_days(stretches_of(named.every_day)):
            days = named.days.get(visit.patient_key, ())
            if any(day.isoformat() == visit.day for day in days):
                yield visit


def _about_sheet(
    books: ClinicBooks, run: PayRun, compared: ComparedLog, sheet: PaymentsSheet
) -> Iterator[Finding]:
    """Yield the findings about payments, about a sheet that is lacking, and about payments of earlier runs that pay nobody."""
    if not sheet.name:
        runs = [one.id for one in compared.closed if one.follows_payments]
        yield Finding(PaymentsSheetLacking(run=min(runs)), run.log.sheet)
    column = sheet.amount
    for what, rows in run.payments.findings:
        yield Finding(
            what, sheet.name or run.log.sheet, rows, column.position if rows else None, column.heading
        )
    listed = {*references_of(sheet.payments), *(line.reference for line in run.payments.lines)}
    waiting = [one for one in books.payments.waiting_payments() if one.reference not in listed]
    if waiting:
        what = PaymentsStillUnallocated(
            payments=count_of(len(waiting), "payment"),
            amount=dollars(sum(one.received_cents for one in waiting)),
            runs=list_names([f"run {one}" for one in sorted({one.run_id for one in waiting})]),
        )
        yield Finding(what, run.log.sheet)


def _fingerprint(run: PayRun, payments: RunPayments) -> str:
    """Return the digest of a run with its payments: equal for the same payments."""
    digest = sha256(run.fingerprint.encode())
    digest.update(orjson.dumps([payments.is_followed, payments.lines, payments.unallocated_rows]))
    return digest.hexdigest()
