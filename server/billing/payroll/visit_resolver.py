"""Compares rows of a log with visits paid before: both as positions in the setup as it is now."""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from server.billing.days import date_of
from server.billing.names import fold
from server.billing.payroll.appointment_log import Ints
from server.billing.payroll.classify import ClassifiedLog
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.setup_matching import UNKNOWN, spellings
from server.billing.payroll.visit_identity import provider_keys
from server.billing.payroll.visit_pairing import NO_ROWS, KnownRows, Pairs, Visit, pair


class Resolver:
    """Finds the provider and the service of a paid visit in the setup as it is now.

    A provider is found by ID, else by the name at the time, which may be an alias now. If ID and name lead to
    different people, the visit may be either's, and rows of both are compared with it. ``patients_spelled_alike`` says
    whether the log and the ledger have at least one patient in common: only then do two different words mean two
    patients.
    """

    def __init__(self, classified: ClassifiedLog, amounts: Ints, paid: Sequence[PaidVisit]) -> None:
        setup = classified.setup
        self.classified = classified
        people = {*classified.patients} - {""}
        self.patients_spelled_alike = any(visit.patient_key in people for visit in paid)
        self._amounts, self._paid = amounts, paid
        self._by_key = {key: place for place, key in enumerate(provider_keys(classified.matched))}
        self._by_name = spellings(setup.providers)
        self._services = spellings(setup.services)
        self._providers_found: dict[tuple[str, str], tuple[int, ...]] = {}
        self._likeliest: dict[tuple[str, str], int] = {}
        self._services_found: dict[str, int] = {}

    @property
    def people_paid(self) -> set[tuple[str, str]]:
        """Return the key and the name of each provider to whom a visit was paid."""
        return {(visit.provider_key, visit.provider) for visit in self._paid}

    def providers(self, visit: PaidVisit) -> tuple[int, ...]:
        """Return the setup's positions of the providers a visit may have been paid to: by ID, then by name."""
        key = (visit.provider_key, visit.provider)
        if key not in self._providers_found:
            places = self._by_key.get(visit.provider_key), self._by_name.get(fold(visit.provider))
            found = dict.fromkeys(place for place in places if place not in {None, UNKNOWN})
            self._providers_found[key] = tuple(place for place in found if place is not None)
        return self._providers_found[key]

    def provider(self, visit: PaidVisit) -> int:
        """Return the likeliest of these providers, UNKNOWN if there is none."""
        key = (visit.provider_key, visit.provider)
        if key not in self._likeliest:
            self._likeliest[key] = next(iter(self.providers(visit)), UNKNOWN)
        return self._likeliest[key]

    @cached_property
    def group_of(self) -> Ints:
        """Return for each provider of the setup its group: the providers who may be meant by the same paid visits."""
        groups: Ints = np.arange(len(self.classified.setup.providers), dtype=np.int64)
        for visit in {(one.provider_key, one.provider): one for one in self._paid}.values():
            for other in self.providers(visit)[1:]:
                groups[groups == groups[other]] = groups[self.provider(visit)]
        return groups

    def group(self, visit: PaidVisit) -> int:
        """Return the group of the provider a visit was paid to, UNKNOWN if the setup has no such provider."""
        provider = self.provider(visit)
        return int(self.group_of[provider]) if provider != UNKNOWN else UNKNOWN

    def service(self, visit: PaidVisit) -> int:
        """Return the service's position in the setup, UNKNOWN if the setup does not have it."""
        if visit.service not in self._services_found:
            self._services_found[visit.service] = self._services.get(fold(visit.service), UNKNOWN)
        return self._services_found[visit.service]

    def visit(self, paid: PaidVisit) -> Visit:
        """Return a paid visit in the form in which it is compared with rows."""
        provider, service = self.group(paid), self.service(paid)
        return Visit(paid.identity, provider, paid.day, service, paid.patient_key, paid.amount_cents)

    def patients(self, rows: Ints) -> list[str]:
        """Return the patient's digest of some rows, "" if unknown."""
        codes = self.classified.log.word_column("patient").codes[rows].tolist()
        return [self.classified.patients[code] for code in codes]

    def pairs_of(self, rows: Sequence[Visit], paid: Sequence[Visit], known: KnownRows = NO_ROWS) -> Pairs:
        """Return positions of rows with positions of the paid visits they may be."""
        alike = self.patients_spelled_alike
        return pair(rows, paid, patients_spelled_alike=alike, known=known)

    def rows(self, named: Iterable[tuple[int, str]]) -> list[Visit]:
        """Return rows, given with their identities, in the form in which they are compared with paid visits."""
        chosen: Sequence[tuple[int, str]] = list(named)
        rows = np.array([row for row, _ in chosen], dtype=np.int64)
        matched, days = self.classified.matched, self.classified.log.days.values[rows].tolist()
        iso = {day: date_of(day).isoformat() for day in set(days)}
        facts = zip(
            (identity for _, identity in chosen),
            self.group_of[matched.providers[rows]].tolist(),
            [iso[day] for day in days],
            matched.services[rows].tolist(),
            self.patients(rows),
            self._amounts[rows].tolist(),
            strict=True,
        )
        return [Visit(*fact) for fact in facts]
