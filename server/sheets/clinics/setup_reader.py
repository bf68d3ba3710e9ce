"""Reads the setup sheets of a clinic. A cell that cannot be used is a finding, never a guess."""

import re
from collections.abc import Sequence

from server.billing.clinics import MOST_DAYS_TO_PAY, Cadence, Clinic, Setup
from server.billing.money import THOUSAND
from server.billing.names import fold
from server.billing.setup_payer_mail import MailText, PayerContact, ReminderLevel
from server.errors import Finding, Severity
from server.errors.setup_findings import (
    ClinicIdUnusable,
    MissingField,
    MissingSetupSheet,
    NotWholeDays,
    SheetLeftOut,
    TaxIdDigits,
)
from server.sheets import cell_addresses
from server.sheets.appointment_log.appointment_shares import is_about_appointments
from server.sheets.cells import text_of, thousandths_of
from server.sheets.clinics.further_pay import read_shares, read_supervision
from server.sheets.clinics.group_sessions import read_group_sessions
from server.sheets.clinics.pay_items import read_pay_items
from server.sheets.clinics.pay_plans import read_pay_plans
from server.sheets.clinics.payer_mail import read_mail_texts, read_payers, read_reminder_levels
from server.sheets.clinics.prices import read_exam_types, read_prices, remark_unpriced
from server.sheets.clinics.rates import read_missed_visits, read_rates
from server.sheets.clinics.reminder_days import read_reminder_days
from server.sheets.clinics.setup_lookup import Spellings, read_providers, read_services, read_statuses
from server.sheets.sheet import Sheet
from server.sheets.sheet_table import SheetTable
from server.sheets.tables import (
    ANCHOR,
    CADENCE,
    CLINIC,
    CLINIC_FIELDS,
    CLINIC_ID,
    CLINIC_NAME,
    DAYS_TO_PAY_DATE,
    EXAM_TYPES,
    FIELD,
    GROUP_SESSIONS,
    INVOICE_TERMS,
    MAIL_TEXTS,
    MISSED_VISITS,
    PAY_ITEMS,
    PAY_PLANS,
    PAY_TO,
    PAYERS,
    PRICES,
    PROVIDERS,
    RATES,
    REMINDER_MAIL,
    REMIT_TO,
    SERVICES,
    SETUP_VERSION,
    SHARES,
    STATUSES,
    SUPERVISION,
    TAX_ID,
    TWO_PEOPLE_APPROVE,
    VALUE,
    YesNo,
)
from server.sheets.typed_rows import Row, rows_of

_CLINIC_ID = re.compile("[a-z0-9][a-z0-9-]{0,62}")
_TAX_ID = re.compile(r"(\d-?){8}\d", re.ASCII)
"""Nine digits, with hyphens where the office writes them: 12-3456789 or 123-45-6789."""


def read_setup(sheets: Sequence[Sheet], saved: Setup | None = None) -> tuple[Setup, list[Finding]]:
    """Return the setup, and a finding for each cell that cannot be used.

    Statuses, Missed visits, Group sessions, Shares, Supervision, Pay plans, Pay items, Prices, Exam types, Payers, Reminder mail and Mail texts may be absent: then they stay as in ``saved``, the
    setup in the books, or are empty without one, and a review finding says which. Rows with a blocker
    are left out, so a setup with blockers must not be saved.
    """
    sent = _SentSheets(sheets, stays=saved is not None)
    clinic = _read_clinic(sent.required_rows(CLINIC), sent.findings, saved.clinic if saved else None)
    people, work = Spellings(), Spellings()
    providers = tuple(read_providers(sent.required_rows(PROVIDERS), people))
    services = tuple(read_services(sent.required_rows(SERVICES), work))
    kept = saved or Setup(clinic)
    rates = tuple(read_rates(sent.required_rows(RATES), people, work, kept.rates))
    statuses, missed = sent.optional_rows(STATUSES), sent.optional_rows(MISSED_VISITS)
    # A clinic that pays nothing in these ways, or that bills nothing, does not need these sheets, and gets no finding about them.
    plan_rows = sent.optional_rows(PAY_PLANS, missed=bool(kept.pay_plans))
    item_rows = sent.optional_rows(PAY_ITEMS, missed=bool(kept.pay_items))
    group_rows = sent.optional_rows(GROUP_SESSIONS, missed=bool(kept.group_sessions))
    share_rows = sent.optional_rows(SHARES, missed=bool(kept.shares) or sent.is_sent(SHARES))
    supervision_rows = sent.optional_rows(SUPERVISION, missed=bool(kept.supervision))
    price_rows = sent.optional_rows(PRICES, missed=bool(kept.prices))
    exam_rows = sent.optional_rows(EXAM_TYPES, missed=bool(kept.exam_types))
    setup = Setup(
        clinic,
        providers,
        services,
        rates,
        kept.statuses if statuses is None else tuple(read_statuses(statuses)),
        kept.missed_visits
        if missed is None
        else tuple(read_missed_visits(missed, people, work, kept.missed_visits)),
        kept.prices if price_rows is None else read_prices(price_rows),
        kept.exam_types if exam_rows is None else read_exam_types(exam_rows),
        kept.pay_items if item_rows is None else tuple(read_pay_items(item_rows, people)),
        kept.group_sessions if group_rows is None else tuple(read_group_sessions(group_rows, work)),
        kept.shares if share_rows is None else tuple(read_shares(share_rows, people, work)),
        kept.supervision
        if supervision_rows is None
        else tuple(read_supervision(supervision_rows, people, work)),
        kept.pay_plans if plan_rows is None else tuple(read_pay_plans(plan_rows, people, work)),
        *_read_payer_mail(sent, kept),
    )
    if not any(finding.severity is Severity.BLOCKER for finding in sent.findings):
        remark_unpriced(exam_rows or (), setup.prices)
    return setup, sent.findings


def _read_payer_mail(
    sent: "_SentSheets", kept: Setup
) -> tuple[tuple[PayerContact, ...], tuple[ReminderLevel, ...], tuple[MailText, ...]]:
    """Return the rows of Payers, Reminder mail and Mail texts. A clinic that mails nobody gets no finding about them."""
    payers = sent.optional_rows(PAYERS, missed=bool(kept.payer_contacts))
    levels = sent.optional_rows(REMINDER_MAIL, missed=bool(kept.reminder_levels))
    texts = sent.optional_rows(MAIL_TEXTS, missed=bool(kept.mail_texts))
    mail_texts = kept.mail_texts if texts is None else tuple(read_mail_texts(texts))
    return (
        kept.payer_contacts if payers is None else tuple(read_payers(payers)),
        kept.reminder_levels if levels is None else tuple(read_reminder_levels(levels, mail_texts)),
        mail_texts,
    )


def clinic_id_of(sheets: Sequence[Sheet]) -> str:
    """Return the clinic id on the setup sheets, or ""."""
    sent = _SentSheets(sheets, stays=False)
    return _read_clinic(sent.required_rows(CLINIC), sent.findings).id


class _SentSheets:
    """The setup sheets that were sent, by name, and their findings.

    ``stays`` says whether the books hold a setup: then a sheet that was not sent stays as it is there.
    """

    def __init__(self, sheets: Sequence[Sheet], *, stays: bool) -> None:
        self.findings: list[Finding] = []
        self._named = {fold(sheet.name): sheet for sheet in reversed(sheets)}
        self._consequence = "what was saved before stays" if stays else "the clinic has none"

    def required_rows(self, table: SheetTable) -> list[Row]:
        """Return the rows of a required sheet. Adds a finding if it is missing."""
        found = self._rows_of_sheet(table)
        if found is None:
            self.findings.append(
                Finding(MissingSetupSheet(sheet=table.name, headings=", ".join(table.titles)), table.name)
            )
        return found or []

    def optional_rows(self, table: SheetTable, *, missed: bool = True) -> list[Row] | None:
        """Return the rows of a sheet, or ``None`` if it is missing. Adds a finding then if ``missed``."""
        found = self._rows_of_sheet(table)
        if found is None and missed:
            self.findings.append(
                Finding(SheetLeftOut(sheet=table.name, consequence=self._consequence), table.name)
            )
        return found

    def is_sent(self, table: SheetTable) -> bool:
        """Return whether a sheet has the name of a table, also if it is one of a log."""
        return fold(table.name) in self._named

    def _rows_of_sheet(self, table: SheetTable) -> list[Row] | None:
        sheet = self._named.get(fold(table.name))
        if sheet is not None and is_about_appointments(sheet):
            return None  # the sheet Shares of a log
        return None if sheet is None else rows_of(table, sheet, self.findings)


def version_row(sheets: Sequence[Sheet]) -> tuple[str, str] | None:
    """Return the range of the setup's version, and the version in it.

    The range has two cells, the field's name and its value. If the sheet has no version yet, it is below the last
    row of the Clinic sheet. ``None`` if there is no Clinic sheet.
    """
    for sheet in sheets:
        for place, column in enumerate(sheet.columns if fold(sheet.name) == fold(CLINIC.name) else ()):
            names = [fold(text_of(cell)) for cell in column]
            if fold(CLINIC_ID) in names:
                return _version_beside(sheet, place, names)
    return None


def _version_beside(sheet: Sheet, place: int, names: list[str]) -> tuple[str, str]:
    title = fold(SETUP_VERSION)
    row = names.index(title) if title in names else sheet.height
    inside = row < sheet.height and place + 1 < len(sheet.columns)
    known = text_of(sheet.columns[place + 1][row]) if inside else ""
    first, at = sheet.left + place, sheet.top + row
    return f"{cell_addresses.cell(first, at)}:{cell_addresses.cell(first + 1, at)}", known


def _read_clinic(rows: Sequence[Row], findings: list[Finding], saved: Clinic | None = None) -> Clinic:
    """Return the answers of the Clinic sheet, which has a question in each row."""
    asked: dict[str, Row] = {}
    for row in rows:
        asked.setdefault(fold(row.text(FIELD)), row)
    found = {field.title: asked[fold(field.title)] for field in CLINIC_FIELDS if fold(field.title) in asked}
    missing = [field.title for field in CLINIC_FIELDS if rows and field.needed and field.title not in found]
    findings.extend(Finding(MissingField(field=title), rows[0].sheet.name) for title in missing)
    texts = {title: row.text(VALUE) for title, row in found.items()}
    for title in {CLINIC_ID, CLINIC_NAME} & found.keys():
        found[title].required_text(VALUE)
    clinic_id = texts.get(CLINIC_ID, "")
    if clinic_id and not _CLINIC_ID.fullmatch(clinic_id):
        found[CLINIC_ID].add_finding(ClinicIdUnusable, VALUE)
    tax_id = texts.get(TAX_ID, "")
    if tax_id and not _TAX_ID.fullmatch(tax_id):
        found[TAX_ID].add_finding(TaxIdDigits, VALUE)
    cadence = found[CADENCE].choice(VALUE, Cadence, Cadence.MONTHLY) if CADENCE in found else None
    return Clinic(
        id=clinic_id,
        name=" ".join(texts.get(CLINIC_NAME, "").split()),
        contact=texts.get("Contact", ""),
        email=texts.get("Email", ""),
        phone=texts.get("Phone", ""),
        address=texts.get("Address", ""),
        cadence=cadence or Cadence.MONTHLY,
        anchor=found[ANCHOR].day(VALUE) if ANCHOR in found else None,
        pay_to=" ".join(texts.get(PAY_TO, "").split()),
        remit_to=texts.get(REMIT_TO, ""),
        tax_id=tax_id,
        invoice_terms=texts.get(INVOICE_TERMS, ""),
        days_to_pay_date=_days_to_pay_date(found.get(DAYS_TO_PAY_DATE)),
        two_people_approve=_is_yes(found.get(TWO_PEOPLE_APPROVE)),
        reminders=read_reminder_days(found, saved.reminders if saved else None),
    )


def _is_yes(row: Row | None) -> bool:
    """Return whether a question is answered with yes. It is not if the sheet, of an earlier version, has no such row."""
    return row is not None and row.choice(VALUE, YesNo, YesNo.NO) is YesNo.YES


def _days_to_pay_date(row: Row | None) -> int | None:
    """Return the days from the end of a period to its pay date, ``None`` if there is no such row or answer."""
    days = row.read(VALUE, thousandths_of) if row else None
    if row is None or days is None:
        return None
    if days % THOUSAND or not 0 <= days <= MOST_DAYS_TO_PAY * THOUSAND:
        row.add_finding(NotWholeDays, VALUE)
        return None
    return days // THOUSAND
