"""What the Setup workbook says of a clinic. It is the wished state; what it no longer says is kept.

Providers, services and statuses are ``lists``, rates, missed visits and prices ``growing`` tables.
"""

from dataclasses import dataclass, fields
from datetime import date

import orjson
from sqlite_utils import Database

from server.billing.clinic import Cadence, Clinic, CountsAs, Provider, Service, Setup, StatusWord, WorksAs
from server.billing.names import fold
from server.ledger.setup import growing, lists, prices
from server.ledger.setup.changes import Changes
from server.ledger.setup.lists import Row
from server.ledger.stamp import Stamp


@dataclass(frozen=True, slots=True)
class SetupChanges:
    """What a save did to each sheet."""

    clinic: Changes
    providers: Changes
    services: Changes
    rates: Changes
    statuses: Changes
    missed_visits: Changes
    prices: Changes
    exam_types: Changes

    def __bool__(self) -> bool:
        """Return whether anything changed at all."""
        return any(getattr(self, field.name) for field in fields(self))


def read(db: Database) -> Setup:
    """Return what the sheets say now, in their order; what was removed is left out."""
    return Setup(
        clinic=_clinic(next(db.table("clinic").rows)),
        providers=tuple(map(_provider, lists.listed(db, "provider"))),
        services=tuple(map(_service, lists.listed(db, "service"))),
        rates=growing.rates(db),
        statuses=tuple(map(_status, lists.listed(db, "status_word"))),
        missed_visits=growing.missed_visits(db),
        prices=prices.prices(db),
        exam_types=prices.exam_types(db),
    )


def provider_spellings(db: Database) -> set[str]:
    """Return every name and alias of the providers on the sheet, folded."""
    providers = map(_provider, lists.listed(db, "provider"))
    return {fold(name) for provider in providers for name in (provider.name, *provider.aliases)}


def save(db: Database, setup: Setup, stamp: Stamp) -> SetupChanges:
    """Make the books say what the workbook says, and return what that changed."""
    providers, provider_ids = _save_providers(db, setup, stamp)
    services, service_ids = _save_services(db, setup, stamp)
    listed = growing.Listed(provider_ids, service_ids)
    return SetupChanges(
        clinic=_save_clinic(db, setup.clinic),
        providers=providers,
        services=services,
        rates=growing.save_rates(db, setup.rates, listed, stamp),
        statuses=_save_statuses(db, setup, stamp),
        missed_visits=growing.save_missed_visits(db, setup.missed_visits, listed, stamp),
        prices=prices.save_prices(db, setup.prices, stamp),
        exam_types=prices.save_exam_types(db, setup.exam_types, stamp),
    )


def enter_clinic(db: Database, clinic: Clinic) -> None:
    """Write down the clinic in books just made; does nothing where it is there."""
    db.table("clinic").insert(_clinic_row(clinic), ignore=True)


def _save_clinic(db: Database, clinic: Clinic) -> Changes:
    row = _clinic_row(clinic)
    if next(db.table("clinic").rows) == row:
        return Changes(unchanged=1)
    db.table("clinic").update(clinic.id, row)
    return Changes(changed=1)


def _save_providers(db: Database, setup: Setup, stamp: Stamp) -> tuple[Changes, dict[str, int]]:
    rows = [_provider_row(provider) for provider in setup.providers]
    lists.refuse_twins("Providers", "name", rows)
    lists.refuse_same_ids("Providers", rows)
    return lists.save(db, "provider", rows, lists.by_provider_id, stamp)


def _save_services(db: Database, setup: Setup, stamp: Stamp) -> tuple[Changes, dict[str, int]]:
    rows = [_service_row(service) for service in setup.services]
    lists.refuse_twins("Services", "code", rows)
    return lists.save(db, "service", rows, lists.by_spelling, stamp)


def _save_statuses(db: Database, setup: Setup, stamp: Stamp) -> Changes:
    rows = [_status_row(word) for word in setup.statuses]
    lists.refuse_twins("Statuses", "status", rows)
    return lists.save(db, "status_word", rows, lists.by_spelling, stamp)[0]


def _clinic_row(clinic: Clinic) -> Row:
    return {
        "id": clinic.id,
        "name": clinic.name,
        "contact": clinic.contact,
        "email": clinic.email,
        "phone": clinic.phone,
        "address": clinic.address,
        "cadence": clinic.cadence.value,
        "anchor": clinic.anchor.isoformat() if clinic.anchor else None,
    }


def _clinic(row: Row) -> Clinic:
    anchor = date.fromisoformat(row["anchor"]) if row["anchor"] else None
    return Clinic(**row | {"cadence": Cadence(row["cadence"]), "anchor": anchor})


def _provider_row(provider: Provider) -> Row:
    return {
        "provider_id": provider.provider_id,
        "name": provider.name,
        "folded": fold(provider.name),
        "aliases": orjson.dumps(provider.aliases).decode(),
        "npi": provider.npi,
        "email": provider.email,
        "phone": provider.phone,
        "works_as": provider.works_as.value,
        "active": int(provider.active),
    }


def _provider(row: Row) -> Provider:
    return Provider(
        name=row["name"],
        aliases=tuple(orjson.loads(row["aliases"])),
        provider_id=row["provider_id"],
        npi=row["npi"],
        email=row["email"],
        phone=row["phone"],
        works_as=WorksAs(row["works_as"]),
        active=bool(row["active"]),
    )


def _service_row(service: Service) -> Row:
    return {
        "code": service.code,
        "folded": fold(service.code),
        "name": service.name,
        "aliases": orjson.dumps(service.aliases).decode(),
        "unit_minutes": service.unit_minutes,
    }


def _service(row: Row) -> Service:
    return Service(
        code=row["code"],
        name=row["name"],
        aliases=tuple(orjson.loads(row["aliases"])),
        unit_minutes=row["unit_minutes"],
    )


def _status_row(word: StatusWord) -> Row:
    return {"status": word.status, "folded": fold(word.status), "counts_as": word.counts_as.value}


def _status(row: Row) -> StatusWord:
    return StatusWord(status=row["status"], counts_as=CountsAs(row["counts_as"]))
