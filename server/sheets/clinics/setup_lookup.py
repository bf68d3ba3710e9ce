"""Reads the lists of the setup: providers, services, statuses, and the meaning of each spelling."""

import re
from collections.abc import Iterable, Iterator, Sequence

from server.billing.clinics import ANY, CountsAs, Provider, Service, StatusWord, WorksAs
from server.billing.money import THOUSAND
from server.billing.names import closest_name, fold
from server.errors.log_row_findings import UnknownProvider, UnknownService
from server.errors.setup_findings import NameTwice, NoLetters, NotWholeMinutes, NpiDigits, StatusTwice
from server.sheets.cells import thousandths_of
from server.sheets.typed_rows import Row

MINUTES_A_DAY = 1440


class Spellings:
    """Maps each folded spelling to its provider or service, and to the row that defines it."""

    def __init__(self) -> None:
        self._owners: dict[str, tuple[str, int]] = {}
        self._shown: list[str] = []

    @classmethod
    def of(cls, owners: Iterable[tuple[str, str]]) -> "Spellings":
        """Return the spellings of a saved setup, each with its owner."""
        made = cls()
        for text, owner in owners:
            made._owners[fold(text)] = (owner, 0)
            made._shown.append(text)
        return made

    def claim(self, row: Row, title: str, text: str, owner: str) -> None:
        """Assign a spelling to its owner. Adds a finding if another row has it."""
        key = fold(text)
        holder = self._owners.setdefault(key, (owner, row.number))
        if not key:
            row.add_finding(NoLetters(value=text), title)
        elif holder[1] != row.number:
            row.add_finding(NameTwice(value=text, other=holder[0], row=holder[1]), title)
        else:
            self._shown.append(text)

    def remark_taken(self, row: Row, title: str, owner: str) -> None:
        """Add a finding if the spelling in a cell, which this row does not claim, belongs to another owner."""
        holder, number = self._owners.get(fold(row.text(title)), (owner, row.number))
        if fold(holder) != fold(owner):
            row.add_finding(NameTwice(other=holder, row=number, value=row.shown_value(title)), title)

    def find(self, row: Row, title: str, unknown: type[UnknownProvider | UnknownService]) -> str | None:
        """Return the owner that a cell names: ANY, or the spelling that sheets show. Adds the finding ``unknown`` otherwise."""
        text = row.required_text(title)
        if not text or text == ANY:
            return text or None
        if owner := self._owners.get(fold(text)):
            return owner[0]
        close = closest_name(text, self._shown)
        suggestion = f" Do you mean “{close}”?" if close else ""
        row.add_finding(unknown(value=row.shown_value(title), suggestion=suggestion), title)
        return None


def read_providers(rows: Sequence[Row], people: Spellings) -> Iterator[Provider]:
    """Yield the providers. Assigns their spellings in ``people``."""
    ids = Spellings()
    for row in rows:
        if provider := _read_provider(row, people, ids):
            yield provider


def read_services(rows: Sequence[Row], work: Spellings) -> Iterator[Service]:
    """Yield the services. Assigns their spellings in ``work``."""
    for row in rows:
        if service := _read_service(row, work):
            yield service
    for row in rows:
        work.remark_taken(row, "Service name", row.text("Service code"))


def read_statuses(rows: Sequence[Row]) -> Iterator[StatusWord]:
    """Yield what each status counts as, without duplicates."""
    seen: dict[str, tuple[CountsAs, int]] = {}
    for row in rows:
        status, counts_as = row.required_text("Status"), row.choice("Counts as", CountsAs)
        if status and not fold(status):
            row.add_finding(NoLetters, "Status")
        if not row.usable or counts_as is None:
            continue
        before, number = seen.setdefault(fold(status), (counts_as, row.number))
        if before is not counts_as:
            row.add_finding(
                StatusTwice(other=before.value, row=number, value=row.shown_value("Status")), "Status"
            )
        elif number == row.number:
            yield StatusWord(status, counts_as)


def _read_provider(row: Row, people: Spellings, ids: Spellings) -> Provider | None:
    name, aliases = " ".join(row.required_text("Provider").split()), row.text_list("Also known as")
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
        row.add_finding(NpiDigits, "NPI")
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


def _read_service(row: Row, work: Spellings) -> Service | None:
    code, aliases = " ".join(row.required_text("Service code").split()), row.text_list("Also known as")
    minutes = row.read("Unit minutes", thousandths_of)
    if minutes is not None and not (
        minutes % THOUSAND == 0 and THOUSAND <= minutes <= MINUTES_A_DAY * THOUSAND
    ):
        row.add_finding(NotWholeMinutes, "Unit minutes")
    if not code:
        return None
    work.claim(row, "Service code", code, code)
    for alias in aliases:
        work.claim(row, "Also known as", alias, code)
    if not row.usable:
        return None
    others = tuple(alias for alias in aliases if fold(alias) != fold(code))
    return Service(code, row.text("Service name"), others, minutes // THOUSAND if minutes else None)
