"""Reads the setup sheets of a clinic. A cell that cannot be used is a finding, never a guess."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from server.billing.clinic import (
    ANY,
    Cadence,
    Clinic,
    CountsAs,
    MissedPay,
    MissedVisitRule,
    PayBasis,
    Provider,
    Rate,
    Service,
    Setup,
    StatusWord,
    WorksAs,
)
from server.billing.days import date_of, us
from server.billing.money import THOUSAND
from server.billing.names import fold, resembling
from server.errors import Finding
from server.sheets import a1
from server.sheets.cells import cents_of, share_of, text_of, thousandths_of
from server.sheets.dates import day_of
from server.sheets.sheet import Sheet
from server.sheets.tables import (
    ANCHOR,
    CADENCE,
    CLINIC,
    CLINIC_FIELDS,
    CLINIC_ID,
    CLINIC_NAME,
    FIELD,
    MISSED,
    MISSED_VISITS,
    PROVIDERS,
    RATES,
    SERVICES,
    SETUP_VERSION,
    STATUSES,
    VALUE,
    SheetTable,
)
from server.sheets.typed_rows import Row, rows_of

UNPAID = "unpaid"
MINUTES_A_DAY = 1440
_CLINIC_ID = re.compile("[a-z0-9][a-z0-9-]{0,62}")


def read_setup(sheets: Sequence[Sheet], saved: Setup | None = None) -> tuple[Setup, list[Finding]]:
    """Return what the setup sheets say, and a finding for each cell that cannot be used.

    Statuses and Missed visits may be absent: then they stay as in ``saved``, the setup in the books,
    or are empty without one, and a review finding says which. Rows with a blocker are left out, so a
    setup with blockers must not be saved.
    """
    findings: list[Finding] = []
    named = {fold(sheet.name): sheet for sheet in reversed(sheets)}

    def rows(table: SheetTable) -> list[Row] | None:
        sheet = named.get(fold(table.name))
        return None if sheet is None else rows_of(table, sheet, findings)

    def needed(table: SheetTable) -> list[Row]:
        found = rows(table)
        if found is None:
            facts = {"sheet": table.name, "headings": ", ".join(table.titles)}
            findings.append(Finding("missing-sheet", table.name, facts=facts))
        return found or []

    def optional(table: SheetTable) -> list[Row] | None:
        found = rows(table)
        if found is None:
            consequence = "what was saved before stays" if saved else "the clinic has none"
            facts = {"sheet": table.name, "consequence": consequence}
            findings.append(Finding("sheet-left-out", table.name, facts=facts))
        return found

    clinic = _clinic(needed(CLINIC), findings)
    people, ids, work = Spellings(), Spellings(), Spellings()
    providers = [provider for row in needed(PROVIDERS) if (provider := _provider(row, people, ids))]
    work_rows = needed(SERVICES)
    services = [service for row in work_rows if (service := _service(row, work))]
    for row in work_rows:
        work.spare(row, "Service name", row.text("Service code"))
    rates = _rates(needed(RATES), people, work)
    statuses, missed = optional(STATUSES), optional(MISSED_VISITS)
    setup = Setup(
        clinic,
        tuple(providers),
        tuple(services),
        tuple(rates),
        (saved.statuses if saved else ()) if statuses is None else tuple(_statuses(statuses)),
        (saved.missed_visits if saved else ()) if missed is None else tuple(_missed(missed, people, work)),
    )
    return setup, findings


def version_row(sheets: Sequence[Sheet]) -> tuple[str, str] | None:
    """Return where the version of the setup stands, as a range, and what stands there.

    The range has two cells, the field's name and its value; it is below the last row of the Clinic
    sheet where nothing stands yet. ``None`` where there is no Clinic sheet.
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
    return f"{a1.cell(first, at)}:{a1.cell(first + 1, at)}", known


class Spellings:
    """Which provider or service each spelling means, after folding, and the row that says so."""

    def __init__(self) -> None:
        self._owners: dict[str, tuple[str, int]] = {}
        self._shown: list[str] = []

    def claim(self, row: Row, title: str, text: str, owner: str) -> None:
        """Give a spelling to its owner, remarking where somebody else has it."""
        key = fold(text)
        holder = self._owners.setdefault(key, (owner, row.number))
        if not key:
            row.say("no-letters", title, value=text)
        elif holder[1] != row.number:
            row.say("name-twice", title, value=text, other=holder[0], row=holder[1])
        else:
            self._shown.append(text)

    def spare(self, row: Row, title: str, owner: str) -> None:
        """Remark where a cell, read as a spelling only if nobody else claims it, is somebody else's."""
        holder, number = self._owners.get(fold(row.text(title)), (owner, row.number))
        if fold(holder) != fold(owner):
            row.say("name-twice", title, other=holder, row=number)

    def find(self, row: Row, title: str, unknown: str) -> str | None:
        """Return whom a cell means: ANY, or the one spelling sheets show; else remark ``unknown``."""
        text = row.needed(title)
        if not text or text == ANY:
            return text or None
        if owner := self._owners.get(fold(text)):
            return owner[0]
        close = resembling(text, self._shown)
        row.say(unknown, title, suggestion=f" Do you mean “{close}”?" if close else "")
        return None


def _clinic(rows: Sequence[Row], findings: list[Finding]) -> Clinic:
    """Return the answers of the Clinic sheet, which has a question in each row."""
    asked: dict[str, Row] = {}
    for row in rows:
        asked.setdefault(fold(row.text(FIELD)), row)
    found = {field.title: asked[fold(field.title)] for field in CLINIC_FIELDS if fold(field.title) in asked}
    missing = [field.title for field in CLINIC_FIELDS if rows and field.needed and field.title not in found]
    findings.extend(Finding("missing-field", rows[0].sheet.name, facts={"field": title}) for title in missing)
    texts = {title: row.text(VALUE) for title, row in found.items()}
    for title in {CLINIC_ID, CLINIC_NAME} & found.keys():
        found[title].needed(VALUE)
    clinic_id = texts.get(CLINIC_ID, "")
    if clinic_id and not _CLINIC_ID.fullmatch(clinic_id):
        found[CLINIC_ID].say("bad-clinic-id", VALUE)
    cadence = found[CADENCE].choice(VALUE, Cadence, Cadence.MONTHLY) if CADENCE in found else None
    return Clinic(
        id=clinic_id,
        name=" ".join(texts.get(CLINIC_NAME, "").split()),
        contact=texts.get("Contact", ""),
        email=texts.get("Email", ""),
        phone=texts.get("Phone", ""),
        address=texts.get("Address", ""),
        cadence=cadence or Cadence.MONTHLY,
        anchor=_day(found[ANCHOR], VALUE) if ANCHOR in found else None,
    )


def _provider(row: Row, people: Spellings, ids: Spellings) -> Provider | None:
    name, aliases = " ".join(row.needed("Provider").split()), row.listed("Also known as")
    npi, provider_id = row.text("NPI"), row.text("Provider ID")
    works_as = row.choice("Works as", WorksAs, WorksAs.CONTRACTOR)
    active = row.yes_or_no("Active", blank=True)
    if not name:
        return None
    people.claim(row, "Provider", name, name)
    for alias in aliases:
        people.claim(row, "Also known as", alias, name)
    if provider_id:
        ids.claim(row, "Provider ID", provider_id, name)
    if npi and not re.fullmatch(r"\d{10}", npi):
        row.say("npi-digits", "NPI")
    if not row.usable or works_as is None:
        return None
    return Provider(
        name,
        tuple(alias for alias in aliases if fold(alias) != fold(name)),
        provider_id,
        npi,
        row.text("Email"),
        row.text("Phone"),
        works_as,
        active,
    )


def _service(row: Row, work: Spellings) -> Service | None:
    code, aliases = " ".join(row.needed("Service code").split()), row.listed("Also known as")
    minutes = row.read("Unit minutes", thousandths_of)
    if minutes is not None and not (
        minutes % THOUSAND == 0 and THOUSAND <= minutes <= MINUTES_A_DAY * THOUSAND
    ):
        row.say("not-whole-minutes", "Unit minutes")
    if not code:
        return None
    work.claim(row, "Service code", code, code)
    for alias in aliases:
        work.claim(row, "Also known as", alias, code)
    if not row.usable:
        return None
    others = tuple(alias for alias in aliases if fold(alias) != fold(code))
    return Service(code, row.text("Service name"), others, minutes // THOUSAND if minutes else None)


def _rates(rows: Sequence[Row], people: Spellings, work: Spellings) -> Iterator[Rate]:
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        provider = people.find(row, "Provider", "unknown-provider")
        service = work.find(row, "Service", "unknown-service")
        basis = row.choice("Pay basis", PayBasis)
        amount = _amount(row, "Rate", basis, is_share=basis.is_share) if basis else None
        since, note = _needed_day(row, "Effective from"), row.text("Note")
        if provider and service and amount == 0 and UNPAID not in note.casefold():
            row.say("rate-of-zero", "Rate", provider=provider, service=service)
        if provider and service and since:
            _once(row, seen, provider, service, since)
        if row.usable and provider and service and basis and since:
            yield Rate(provider, service, basis, amount, since, note)


def _statuses(rows: Sequence[Row]) -> Iterator[StatusWord]:
    seen: dict[str, tuple[CountsAs, int]] = {}
    for row in rows:
        status, counts_as = row.needed("Status"), row.choice("Counts as", CountsAs)
        if status and not fold(status):
            row.say("no-letters", "Status")
        if not row.usable or counts_as is None:
            continue
        before, number = seen.setdefault(fold(status), (counts_as, row.number))
        if before is not counts_as:
            row.say("status-twice", "Status", other=before.value, row=number)
        elif number == row.number:
            yield StatusWord(status, counts_as)


def _missed(rows: Sequence[Row], people: Spellings, work: Spellings) -> Iterator[MissedVisitRule]:
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        provider = people.find(row, "Provider", "unknown-provider")
        service = work.find(row, "Service", "unknown-service")
        counts_as = row.choice("Counts as", MISSED)
        basis = row.choice("Pay basis", MissedPay)
        since = _needed_day(row, "Effective from")
        amount = None
        if basis in {MissedPay.FLAT, MissedPay.OF_RATE}:
            row.needed("Amount")
            amount = _amount(row, "Amount", basis, is_share=basis is MissedPay.OF_RATE)
        if provider and service and counts_as and since:
            _once(row, seen, provider, f"{service} ({counts_as.value})", since)
        if row.usable and provider and service and counts_as and basis and since:
            yield MissedVisitRule(provider, service, counts_as, basis, amount, since)


def _amount(row: Row, title: str, basis: PayBasis | MissedPay, *, is_share: bool) -> int | None:
    """Return cents, or parts per million of a share; money must not look like a share nor a share like money."""
    shown = row.form(title) + text_of(row.cell(title))
    if text_of(row.cell(title)) and ("$" in shown if is_share else "%" in shown):
        row.say("money-for-percent" if is_share else "percent-for-money", title, basis=basis.value)
        return None
    amount = row.read(title, partial(share_of, number_format=row.form(title)) if is_share else cents_of)
    if amount is not None and amount < 0:
        row.say("negative-number", title)
    return amount


def _once(row: Row, seen: dict[tuple[object, ...], int], provider: str, service: str, since: date) -> None:
    first = seen.setdefault((provider, service, since), row.number)
    if first != row.number:
        row.say("rate-twice", "Effective from", provider=provider, service=service, day=us(since), row=first)


def _day(row: Row, title: str) -> date | None:
    serial = row.read(title, partial(day_of, date_system=row.sheet.date_system))
    return None if serial is None else date_of(serial)


def _needed_day(row: Row, title: str) -> date | None:
    return _day(row, title) if row.needed(title) else None
