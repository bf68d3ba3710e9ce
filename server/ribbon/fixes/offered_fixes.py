"""The remedies of findings that something in the setup is lacking: what Fix in setup can do about them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from server.billing.clinics import CountsAs, Provider, Service, Setup
from server.billing.payroll.setup_gaps import (
    GapKind,
    SetupGap,
    gap_of,
    gaps_in,
    likely_owners,
    offered_rates,
)
from server.errors import Finding, Remedy
from server.ribbon.fixes.decisions import NEW, ONLY, OTHER, rate_answer
from server.ribbon.fixes.fix_words import offer_words, quote_word

BUTTON = "clinic.fix"

MOST_GAPS = 50
"""Of more things that the setup lacks in one log, the others get no remedies: looking for resemblances takes time."""

PERIOD = ("from", "to")
"""Inputs that decide which rows are looked at. A remedy repeats them."""


def with_fixes(findings: Sequence[Finding], setup: Setup, inputs: Mapping[str, str]) -> list[Finding]:
    """Return the findings, with remedies for what the setup lacks (rule: payroll#fixes)."""
    period = {name: inputs[name] for name in PERIOD if name in inputs}
    fixes = {
        gap.name: tuple(
            Remedy(label, BUTTON, {**period, **answers}) for label, answers in _offers(gap, setup)
        )
        for gap in gaps_in(findings)[:MOST_GAPS]
    }
    return [
        replace(finding, fixes=fixes[gap.name]) if (gap := gap_of(finding)) and gap.name in fixes else finding
        for finding in findings
    ]


def _offers(gap: SetupGap, setup: Setup) -> list[tuple[str, dict[str, str]]]:
    """Return labels with the answers that they stand for, at most ``MOST_REMEDIES``."""
    match gap.kind:
        case GapKind.PROVIDER:
            return _of_names(gap, setup.providers)
        case GapKind.SERVICE:
            return _of_names(gap, setup.services)
        case GapKind.STATUS:
            word = quote_word(gap.spelling)
            return [
                (f"Count {word} as attended", {gap.name: CountsAs.ATTENDED.value}),
                (f"Count {word} as not attended …", {ONLY: gap.name}),
            ]
        case GapKind.RATE:
            offers = offered_rates(gap, setup, 2)
            used = [
                (f"Use {offer_words(offer, gap)}", {gap.name: rate_answer(offer.rate)}) for offer in offers
            ]
            other = "Another rate" if used else "Type the rate"
            return [*used, (f"{other} for {gap.provider}, {gap.service} …", {gap.name: OTHER})]


def _of_names(gap: SetupGap, listed: Sequence[Provider | Service]) -> list[tuple[str, dict[str, str]]]:
    """Return the likeliest of the listed, one that is new, and the way to the others."""
    likely = [] if ";" in gap.spelling else likely_owners(gap.spelling, listed, 1)
    add = "Add as another spelling of"
    offers = [(f"{add} {owner}", {gap.name: owner}) for owner in likely]
    offers.append((f"New {gap.kind} {quote_word(gap.spelling)} …", {gap.name: NEW}))
    if ";" not in gap.spelling:
        offers.append((f"{add} another {gap.kind} …" if likely else f"{add} …", {ONLY: gap.name}))
    return offers
