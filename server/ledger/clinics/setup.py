"""What the Setup workbook says about a clinic. It is the wished state; what it no longer says is deactivated.

Providers, services and statuses are lists; rates, missed visits, group sessions, shares, supervision, pay plans, pay items, prices and
the mail to payers are append-only tables.
"""

from dataclasses import asdict, dataclass, fields
from datetime import date

import orjson

from server.billing.clinics import Cadence, Clinic, CountsAs, Provider, Service, Setup, StatusWord, WorksAs
from server.billing.names import fold
from server.billing.receivables.reminder_settings import ReminderSettings
from server.ledger.clinics import (
    append_only,
    further_pay,
    group_sessions,
    pay_items,
    pay_plans,
    payer_mail,
    prices,
    providers_and_services,
)
from server.ledger.clinics.changes import Changes
from server.ledger.clinics.providers_and_services import Row
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession

_REMINDER_COLUMNS = tuple(field.name for field in fields(ReminderSettings))


@dataclass(frozen=True, slots=True)
class SetupChanges:
    """What a save changed in each sheet."""

    clinic: Changes
    providers: Changes
    services: Changes
    rates: Changes
    statuses: Changes
    missed_visits: Changes
    prices: Changes
    exam_types: Changes
    pay_items: Changes
    group_sessions: Changes
    shares: Changes
    supervision: Changes
    pay_plans: Changes
    payers: Changes
    reminder_mail: Changes
    mail_texts: Changes

    def __bool__(self) -> bool:
        """Return whether anything changed."""
        return any(getattr(self, field.name) for field in fields(self))


def read_setup(session: DatabaseSession) -> Setup:
    """Return what the sheets say now, in their order, without removed rows."""
    return Setup(
        clinic=_clinic_of_row(_stored_clinic(session)),
        providers=tuple(map(_provider_of_row, providers_and_services.listed_rows(session, "provider"))),
        services=tuple(map(_service_of_row, providers_and_services.listed_rows(session, "service"))),
        rates=append_only.rates(session),
        statuses=tuple(map(_status_of_row, providers_and_services.listed_rows(session, "status_word"))),
        missed_visits=append_only.missed_visits(session),
        prices=prices.prices(session),
        exam_types=prices.exam_types(session),
        pay_items=pay_items.pay_items(session),
        group_sessions=group_sessions.group_sessions(session),
        shares=further_pay.share_rules(session),
        supervision=further_pay.supervision(session),
        pay_plans=pay_plans.pay_plans(session),
        payer_contacts=payer_mail.payer_contacts(session),
        reminder_levels=payer_mail.reminder_levels(session),
        mail_texts=payer_mail.mail_texts(session),
    )


def reminder_settings(session: DatabaseSession) -> ReminderSettings:
    """Return when the clinic wants to be reminded, without the rest of its setup."""
    return _reminders_of_row(_stored_clinic(session))


def provider_spellings(session: DatabaseSession) -> set[str]:
    """Return every name and alias of the providers on the sheet, folded."""
    providers = map(_provider_of_row, providers_and_services.listed_rows(session, "provider"))
    return {fold(name) for provider in providers for name in (provider.name, *provider.aliases)}


def save_setup(session: DatabaseSession, setup: Setup, stamp: Stamp) -> SetupChanges:
    """Make the books say what the workbook says, and return what that changed."""
    providers, provider_ids = _save_providers(session, setup, stamp)
    services, service_ids = _save_services(session, setup, stamp)
    row_ids = append_only.ListedIds(provider_ids, service_ids)
    return SetupChanges(
        clinic=_save_clinic(session, setup.clinic),
        providers=providers,
        services=services,
        rates=append_only.save_rates(session, setup.rates, row_ids, stamp),
        statuses=_save_statuses(session, setup, stamp),
        missed_visits=append_only.save_missed_visits(session, setup.missed_visits, row_ids, stamp),
        prices=prices.save_prices(session, setup.prices, stamp),
        exam_types=prices.save_exam_types(session, setup.exam_types, stamp),
        pay_items=pay_items.save_pay_items(session, setup.pay_items, row_ids, stamp),
        group_sessions=group_sessions.save_group_sessions(session, setup.group_sessions, row_ids, stamp),
        shares=further_pay.save_share_rules(session, setup.shares, row_ids, stamp),
        supervision=further_pay.save_supervision(session, setup.supervision, row_ids, stamp),
        pay_plans=pay_plans.save_pay_plans(session, setup.pay_plans, row_ids, stamp),
        payers=payer_mail.save_payer_contacts(session, setup.payer_contacts, stamp),
        reminder_mail=payer_mail.save_reminder_levels(session, setup.reminder_levels, stamp),
        mail_texts=payer_mail.save_mail_texts(session, setup.mail_texts, stamp),
    )


def enter_clinic(session: DatabaseSession, clinic: Clinic) -> None:
    """Record the clinic in new books; does nothing if it is recorded already."""
    if session.one("SELECT 1 FROM clinic") is None:
        session.insert("clinic", _clinic_row(clinic))


def _stored_clinic(session: DatabaseSession) -> Row:
    return next(session.records("SELECT * FROM clinic"))


def _save_clinic(session: DatabaseSession, clinic: Clinic) -> Changes:
    row = _clinic_row(clinic)
    if _stored_clinic(session) == row:
        return Changes(unchanged=1)
    session.update("clinic", clinic.id, row)
    return Changes(changed=1)


def _save_providers(session: DatabaseSession, setup: Setup, stamp: Stamp) -> tuple[Changes, dict[str, int]]:
    rows = [_provider_row(provider) for provider in setup.providers]
    providers_and_services.refuse_twins("Providers", "name", rows)
    providers_and_services.refuse_same_ids("Providers", rows)
    return providers_and_services.save_list(
        session, "provider", rows, providers_and_services.by_provider_id, stamp
    )


def _save_services(session: DatabaseSession, setup: Setup, stamp: Stamp) -> tuple[Changes, dict[str, int]]:
    rows = [_service_row(service) for service in setup.services]
    providers_and_services.refuse_twins("Services", "code", rows)
    return providers_and_services.save_list(
        session, "service", rows, providers_and_services.by_spelling, stamp
    )


def _save_statuses(session: DatabaseSession, setup: Setup, stamp: Stamp) -> Changes:
    rows = [_status_row(word) for word in setup.statuses]
    providers_and_services.refuse_twins("Statuses", "status", rows)
    return providers_and_services.save_list(
        session, "status_word", rows, providers_and_services.by_spelling, stamp
    )[0]


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
        "pay_to": clinic.pay_to,
        "remit_to": clinic.remit_to,
        "tax_id": clinic.tax_id,
        "invoice_terms": clinic.invoice_terms,
        "days_to_pay_date": clinic.days_to_pay_date,
        "two_people_approve": int(clinic.two_people_approve),
        **{name: int(days) for name, days in asdict(clinic.reminders).items()},
    }


def _clinic_of_row(row: Row) -> Clinic:
    anchor = date.fromisoformat(row["anchor"]) if row["anchor"] else None
    two_people = bool(row["two_people_approve"])
    changed = {"cadence": Cadence(row["cadence"]), "anchor": anchor, "two_people_approve": two_people}
    kept = {name: value for name, value in row.items() if name not in _REMINDER_COLUMNS}
    return Clinic(**kept | changed, reminders=_reminders_of_row(row))


def _reminders_of_row(row: Row) -> ReminderSettings:
    found = {name: row[name] for name in _REMINDER_COLUMNS}
    return ReminderSettings(**found | {"post_dated_cheques": bool(row["post_dated_cheques"])})


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


def _provider_of_row(row: Row) -> Provider:
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


def _service_of_row(row: Row) -> Service:
    return Service(
        code=row["code"],
        name=row["name"],
        aliases=tuple(orjson.loads(row["aliases"])),
        unit_minutes=row["unit_minutes"],
    )


def _status_row(word: StatusWord) -> Row:
    return {"status": word.status, "folded": fold(word.status), "counts_as": word.counts_as.value}


def _status_of_row(row: Row) -> StatusWord:
    return StatusWord(status=row["status"], counts_as=CountsAs(row["counts_as"]))
