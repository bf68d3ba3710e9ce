"""How gaps of the setup, what could be added for them, and what would be saved are put into words."""

from collections.abc import Mapping, Sequence
from datetime import date

from server.billing.clinics import ANY, CountsAs, Provider, Rate, Service, Setup
from server.billing.days import us
from server.billing.payroll.setup_gaps import GapKind, OfferedRate, SetupGap
from server.billing.rate_words import amount_on_basis
from server.billing.setup_additions import (
    Addition,
    NewProvider,
    NewRate,
    NewService,
    NewStatus,
    ProviderSpelling,
    ServiceSpelling,
)
from server.errors import count_of, row_stretches, show_value
from server.sheets.tables import PROVIDERS, RATES, SERVICES, STATUSES

STATUS_WORDS: Mapping[CountsAs, str] = {
    CountsAs.ATTENDED: "Attended: it is paid",
    CountsAs.NO_SHOW: "No show",
    CountsAs.CANCELLED: "Canceled",
    CountsAs.LATE_CANCELLED: "Late canceled",
    CountsAs.SCHEDULED: "Still scheduled",
}


def quote_word(text: str) -> str:
    """Return a word of the log in quotation marks, as findings show it."""
    return f"“{show_value(text)}”"


def gap_question(gap: SetupGap) -> str:
    """Return the question about a gap, with the rows that need it."""
    rows = f"{count_of(len(gap.rows), 'row')}: {row_stretches(gap.rows)}"
    match gap.kind:
        case GapKind.PROVIDER:
            return f"Who is {quote_word(gap.spelling)}? ({rows})"
        case GapKind.SERVICE:
            return f"Which service is {quote_word(gap.spelling)}? ({rows})"
        case GapKind.STATUS:
            return f"What does {quote_word(gap.spelling)} count as? ({rows})"
        case GapKind.RATE:
            return f"What is {gap.provider} paid for {gap.service} from {_day(gap.first)} on? ({rows})"


def _day(day: date | None) -> str:
    return us(day) if day else ""


def rate_or_none(rate: Rate) -> str:
    """Return what a rate pays: ``$50.00 per session``, ``60% of charge``, ``no rate``."""
    if rate.amount is None:
        return "no rate"
    return amount_on_basis(rate.amount, rate.basis)


def offer_words(offer: OfferedRate, gap: SetupGap) -> str:
    """Return what an offered rate is: ``the rate of Max Doe, $50.00 per session``."""
    words = rate_or_none(offer.rate)
    if offer.since:
        return f"{words}, as from {us(offer.since)} on"
    owner = offer.of_provider if offer.of_provider != gap.provider else offer.of_service
    return f"the rate of {owner}, {words}"


def owner_label(one: Provider | Service) -> str:
    """Return a provider's name, or a service's code and name."""
    if isinstance(one, Provider):
        return one.name
    return f"{one.code} ({one.name})" if one.name and one.name != one.code else one.code


def addition_words(addition: Addition) -> str:
    """Return what an addition says, for a summary."""
    match addition:
        case ProviderSpelling(owner, spelling) | ServiceSpelling(owner, spelling):
            return f"{quote_word(spelling)} is another spelling of {owner}"
        case NewProvider(provider):
            return f"{provider.name} is a new provider ({provider.works_as.value})"
        case NewService(service):
            return f"{service.code} is a new service"
        case NewStatus(word):
            return f"{quote_word(word.status)} counts as {word.counts_as.value}"
        case NewRate(rate):
            return f"{_paid_for(rate)}: {rate_or_none(rate)} from {us(rate.effective_from)} on"


def preview_row(addition: Addition, setup: Setup) -> list[str]:
    """Return what would be written: the setup sheet, and what is added to it."""
    match addition:
        case ProviderSpelling(owner, spelling):
            number = [one.name for one in setup.providers].index(owner)
            return [PROVIDERS.name, _spelling_words(owner, spelling, setup.providers[number].aliases)]
        case ServiceSpelling(owner, spelling):
            number = [one.code for one in setup.services].index(owner)
            return [SERVICES.name, _spelling_words(owner, spelling, setup.services[number].aliases)]
        case NewProvider(provider):
            return [PROVIDERS.name, f"New row: {provider.name}, works as {provider.works_as.value}"]
        case NewService(service):
            return [SERVICES.name, f"New row: {service.code}"]
        case NewStatus(word):
            return [STATUSES.name, f"New row: {word.status} counts as {word.counts_as.value}"]
        case NewRate(rate):
            words = "empty, which ends the rate" if rate.amount is None else rate_or_none(rate)
            text = f"New row: {_paid_for(rate)}: {words}, effective from {us(rate.effective_from)}"
            return [RATES.name, text]


def _spelling_words(owner: str, spelling: str, known: Sequence[str]) -> str:
    more = f" (besides {'; '.join(known)})" if known else ""
    return f"{owner}, also known as: {spelling}{more}"


def _paid_for(rate: Rate) -> str:
    provider = "any provider" if rate.provider == ANY else rate.provider
    service = "any service" if rate.service == ANY else rate.service
    return f"{provider}, {service}"
