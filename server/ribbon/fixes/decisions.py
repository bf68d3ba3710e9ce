"""What a person decides about a gap of the setup: the answers to its questions, read as what is to be added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from server.billing.clinics import CountsAs, PayBasis, Provider, Rate, Service, Setup, StatusWord, WorksAs
from server.billing.days import date_of, us
from server.billing.names import fold
from server.billing.payroll.setup_gaps import (
    GapKind,
    SetupGap,
    likely_owners,
    offered_rates,
    rated_again,
)
from server.billing.rate_words import percent_in_words
from server.billing.setup_additions import (
    Addition,
    NewProvider,
    NewRate,
    NewService,
    NewStatus,
    ProviderSpelling,
    ServiceSpelling,
)
from server.errors import MissingInput
from server.errors.findings import sentence_start
from server.ribbon.fixes.fix_words import (
    STATUS_WORDS,
    gap_question,
    offer_words,
    owner_label,
    quote_word,
)
from server.ribbon.protocol import AskedChoice, AskedField
from server.sheets.cells import Unreadable, cents_of, share_of
from server.sheets.dates import day_of

ONLY = "fix"
"""The input that names one gap, which the click is about."""

NEW, OTHER = "new", "other"
"""Answers that need more answers: a new provider or service, and a rate that is typed."""

WORKS_AS, BASIS, RATE, FROM = "_works_as", "_basis", "_rate", "_from"
"""The further answers about a gap: their names are that of the gap with one of these endings."""

BETWEEN = " | "
"""Separates the parts of a rate in an answer: ``per session | 50.00 | 10/05/2026``."""

LIKELY = 3
"""How many of the listed providers, services or rates are offered before the others."""

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a gap: what is to be added, or the fields that still have to be filled in."""

    gap: SetupGap
    additions: tuple[Addition, ...] = ()
    open_fields: tuple[AskedField, ...] = ()


def decision_about(gap: SetupGap, setup: Setup, answers: Answers, *, required: bool = True) -> Decision:
    """Return what the answers of a click decide about a gap. Refuses answers that do not fit."""
    given = answers.get(gap.name, "")
    if not given:
        return Decision(gap, open_fields=(_main_field(gap, setup, required=required),))
    match gap.kind:
        case GapKind.PROVIDER:
            return _provider(gap, setup, given, answers)
        case GapKind.SERVICE:
            return _service(gap, setup, given)
        case GapKind.STATUS:
            return _status(gap, given)
        case GapKind.RATE:
            return _rate(gap, setup, given, answers)


def _main_field(gap: SetupGap, setup: Setup, *, required: bool) -> AskedField:
    return AskedField(
        name=gap.name, label=gap_question(gap), kind="choice", choices=_choices(gap, setup), required=required
    )


def _choices(gap: SetupGap, setup: Setup) -> list[AskedChoice]:
    match gap.kind:
        case GapKind.PROVIDER:
            return [*_owners(gap, setup.providers), AskedChoice(value=NEW, label="A new provider")]
        case GapKind.SERVICE:
            return [*_owners(gap, setup.services), AskedChoice(value=NEW, label="A new service")]
        case GapKind.STATUS:
            return [AskedChoice(value=word.value, label=label) for word, label in STATUS_WORDS.items()]
        case GapKind.RATE:
            offers = [
                AskedChoice(value=rate_answer(offer.rate), label=sentence_start(offer_words(offer, gap)))
                for offer in offered_rates(gap, setup, LIKELY)
            ]
            return [*offers, AskedChoice(value=OTHER, label="Another rate")]


def _owners(gap: SetupGap, listed: Sequence[Provider | Service]) -> list[AskedChoice]:
    """Return the listed ones as choices, those with a spelling like that of the gap first.

    A spelling with a semicolon cannot stand in a list of spellings.
    """
    if ";" in gap.spelling:
        return []
    likely = likely_owners(gap.spelling, listed, LIKELY)
    by_name = {key_of(one): one for one in listed}
    ordered = [by_name[name] for name in (*likely, *(name for name in by_name if name not in likely))]
    return [
        AskedChoice(value=key_of(one), label=f"Another spelling of {owner_label(one)}") for one in ordered
    ]


def key_of(one: Provider | Service) -> str:
    """Return the name of a provider or the code of a service."""
    return one.name if isinstance(one, Provider) else one.code


def _provider(gap: SetupGap, setup: Setup, given: str, answers: Answers) -> Decision:
    found = [one for one in setup.providers if fold(one.name) == fold(given)]
    if found:
        return Decision(gap, (ProviderSpelling(found[0].name, gap.spelling),))
    if fold(given) != NEW:
        raise _unfit(gap, given, "a name on the Providers sheet, or new")
    form = answers.get(gap.name + WORKS_AS, "")
    words = {fold(word): word for word in WorksAs}
    if not form:
        field = AskedField(
            name=gap.name + WORKS_AS,
            label=f"How is {gap.spelling} paid?",
            kind="choice",
            choices=[
                AskedChoice(value=WorksAs.CONTRACTOR.value, label="As a contractor (1099)"),
                AskedChoice(value=WorksAs.EMPLOYEE.value, label="As an employee (W-2)"),
            ],
        )
        return Decision(gap, open_fields=(field,))
    if fold(form) not in words:
        raise _unfit(gap, form, " or ".join(WorksAs))
    return Decision(gap, (NewProvider(Provider(gap.spelling, works_as=words[fold(form)])),))


def _service(gap: SetupGap, setup: Setup, given: str) -> Decision:
    found = [one for one in setup.services if fold(one.code) == fold(given)]
    if found:
        return Decision(gap, (ServiceSpelling(found[0].code, gap.spelling),))
    if fold(given) != NEW:
        raise _unfit(gap, given, "a code on the Services sheet, or new")
    return Decision(gap, (NewService(Service(gap.spelling)),))


def _status(gap: SetupGap, given: str) -> Decision:
    words = {fold(word): word for word in CountsAs}
    if fold(given) not in words:
        raise _unfit(gap, given, " | ".join(CountsAs))
    return Decision(gap, (NewStatus(StatusWord(gap.spelling, words[fold(given)])),))


def rate_answer(rate: Rate) -> str:
    """Return a rate as the answer to the question about it, without a dollar sign, which shells read as a variable."""
    amount = rate.amount or 0
    text = f"{percent_in_words(amount)}%" if rate.basis.is_share else f"{Decimal(amount).scaleb(-2):f}"
    return BETWEEN.join((rate.basis.value, text, us(rate.effective_from)))


def _rate(gap: SetupGap, setup: Setup, given: str, answers: Answers) -> Decision:
    parts = [part.strip() for part in given.split(BETWEEN.strip())]
    if fold(given) == OTHER:
        fields = _rate_fields(gap)
        if missing := tuple(field for field in fields if not answers.get(field.name)):
            return Decision(gap, open_fields=missing)
        parts = [answers[field.name] for field in fields]
    bases = {basis.value: basis for basis in PayBasis}
    if len(parts) != len((BASIS, RATE, FROM)) or parts[0] not in bases:
        raise _unfit(gap, given, "per session | 50.00 | 10/05/2026, or other")
    basis, first = bases[parts[0]], _first_day(gap, parts[2])
    rate = Rate(gap.provider, gap.service, basis, _amount(gap, basis, parts[1]), first)
    additions = [NewRate(rate)]
    if ends := rated_again(gap, setup):
        additions.append(NewRate(replace(rate, amount=None, effective_from=ends)))
    return Decision(gap, tuple(additions))


def _rate_fields(gap: SetupGap) -> tuple[AskedField, ...]:
    choices = [AskedChoice(value=basis.value, label=basis.value) for basis in PayBasis]
    who = f"{gap.provider}, {gap.service}"
    return (
        AskedField(name=gap.name + BASIS, label=f"{who}: paid for what?", kind="choice", choices=choices),
        AskedField(name=gap.name + RATE, label=f"{who}: the rate, such as $50.00 or 60%"),
        AskedField(
            name=gap.name + FROM,
            label=f"{who}: effective from",
            kind="date",
            default=gap.first.isoformat() if gap.first else None,
        ),
    )


def _amount(gap: SetupGap, basis: PayBasis, text: str) -> int:
    try:
        amount = share_of(text) if basis.is_share else cents_of(text)
    except Unreadable:
        amount = None
    if amount is None or amount < 0:
        raise _unfit(gap, text, "a percentage such as 60%" if basis.is_share else "dollars such as $50.00")
    return amount


def _first_day(gap: SetupGap, text: str) -> date:
    try:
        serial = day_of(text)
    except Unreadable:
        serial = None
    day = None if serial is None else date_of(serial)
    if day is None or (gap.first and day > gap.first):
        limit = f" that is not after {us(gap.first)}, the first visit without a rate" if gap.first else ""
        raise _unfit(gap, text, f"a date such as 10/05/2026{limit}")
    return day


def _unfit(gap: SetupGap, given: str, wanted: str) -> MissingInput:
    sentence = f"{quote_word(given)} is no answer to: {gap_question(gap)}"
    return MissingInput(gap.name, sentence, f"Answer with {wanted}.")
