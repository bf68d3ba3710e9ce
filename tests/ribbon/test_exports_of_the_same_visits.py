"""Two exports of the same visits: whatever the second one looks like, no visit is paid again unless somebody says so.

One truth, a list of visits, is written twice in styles drawn at random. The first export is closed. The second one
has the visits again, some of them, and some new ones.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from server.billing.clinics import Provider, Service, Setup
from server.errors import AlreadyPaidElsewhere, SimilarVisitsPaid
from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE
from tests.ribbon.clicks import a_click, a_ledger, confirmed, generated_past_vanished, pressed

SEEDS = range(40)
RATE_CENTS = 5_000
RESPELLED = {"Jane Roe": "Roe, Jane LCSW", "Max Doe": "MAX  DOE", "Una Third": "Una  Third"}


@dataclass(frozen=True)
class TrueVisit:
    """A visit that took place once, whatever exports make of it."""

    number: int
    day: int
    provider: str
    service: str
    patient: str


@dataclass(frozen=True)
class Style:
    """How an export writes visits."""

    ids: str
    patients: str
    providers: str

    @property
    def headings(self) -> list[str]:
        """Return the headings of the columns it has."""
        named = [] if self.ids == "none" else ["Appointment ID"]
        whose = [] if self.patients == "none" else ["Patient"]
        return [*named, "Date", "Provider", "Service", "Status", *whose]

    def row(self, visit: TrueVisit) -> tuple[Cell, ...]:
        """Return a visit as the export has it."""
        padded = f"{visit.number:05d}"
        ids: dict[str, Cell] = {
            "upper": f"AP-{padded}", "lower": f"ap-{padded}", "hidden": f"AP-\u200b{padded}\u200e",
            "padded": padded, "lost": visit.number, "other": f"N{visit.number * 7}",
        }  # fmt: skip
        patients: dict[str, Cell] = {
            "name": visit.patient, "reversed": ", ".join(visit.patient.split()[::-1]), "shout": visit.patient.upper(),
        }  # fmt: skip
        provider = RESPELLED[visit.provider] if self.providers == "alias" else visit.provider
        named = [] if self.ids == "none" else [ids[self.ids]]
        whose = [] if self.patients == "none" else [patients[self.patients]]
        day = f"2026-09-{visit.day:02d}"
        return (*named, day, provider, visit.service, "Show", *whose)


def a_style(chance: Random) -> Style:
    return Style(
        chance.choice(["upper", "lower", "hidden", "padded", "lost", "other", "none"]),
        chance.choice(["name", "reversed", "shout", "none"]),
        chance.choice(["name", "alias"]),
    )


def some_visits(chance: Random, first: int, count: int) -> list[TrueVisit]:
    """Return visits of few providers, days and patients, so that many are alike and some are twins."""
    return [
        TrueVisit(
            number,
            chance.randint(1, 4),
            chance.choice(["Jane Roe", "Max Doe"]),
            chance.choice(["EX-101", "EX-102"]),
            chance.choice(["Pat Poe", "Quin Quoe", "Rae Soe"]),
        )
        for number in range(first, first + count)
    ]


def generated(
    ledger: Ledger, style: Style, visits: list[TrueVisit], *, last_day: int = 30, **inputs: str
) -> dict[str, Any]:
    rows = [style.row(visit) for visit in visits]
    period = {"from": "2026-09-01", "to": f"2026-09-{last_day}"}
    return generated_past_vanished(ledger, a_click(rows, headings=style.headings, inputs=period | inputs))


def close(ledger: Ledger, reply: dict[str, Any]) -> None:
    if reply["figures"]["run"]:  # a log that pays nobody leaves nothing to close
        confirmed(ledger, "payroll.close", a_click(inputs={"run": reply["figures"]["run"]}))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_visit_is_paid_again_unless_somebody_calls_it_another_one(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)  # noqa: S311 - no secret
    paid = some_visits(chance, 1, chance.randint(1, 9))
    again = chance.sample(paid, chance.randint(1, len(paid)))
    fresh = some_visits(chance, 100, chance.randint(0, 3)) if len(again) == len(paid) else []
    first, second = a_style(chance), a_style(chance)
    log = chance.sample([*again, *fresh], len(again) + len(fresh))
    ledger = a_ledger(tmp_path / "ledger", LAKESIDE)
    close(ledger, generated(ledger, first, paid))

    reply = generated(ledger, second, log)
    if reply["asks"]:
        reply = generated(ledger, second, log, paid_visits="same")

    figures = reply["figures"]
    assert figures["rows_in"] == len(log)
    assert figures["blocked"] == 0
    assert figures["paid_cents"] == RATE_CENTS * len(fresh)
    assert figures["already_paid"] == len(again)
    after = generated(ledger, second, log[::-1])
    assert after["asks"] is None
    assert after["figures"]["paid_cents"] == RATE_CENTS * len(fresh)
    close(ledger, after)
    assert generated(ledger, second, log)["figures"]["paid_cents"] == 0


# -- Exports that say something else of the same visits --


def altered(chance: Random, visit: TrueVisit) -> TrueVisit:
    """Return a visit with what one who corrects an export may change in it: nothing, its provider or its patient."""
    match chance.choice(["nothing", "nothing", "provider", "patient"]):
        case "provider":
            return replace(visit, provider="Max Doe" if visit.provider == "Jane Roe" else "Jane Roe")
        case "patient":
            return replace(visit, patient=f"{visit.patient} Jr")
    return visit


def check_not_silent(reply: dict[str, Any], paid: list[TrueVisit]) -> None:
    """Check that no visit is paid again without a word and no paid visit accounts for two rows."""
    figures = reply["figures"]
    assert not figures["paid"] or reply["level"] != "done"
    assert figures["already_paid"] <= len(paid)


@pytest.mark.parametrize("seed", range(25))
def test_an_export_with_other_ids_and_corrected_visits_is_never_paid_in_silence(
    seed: int, tmp_path: Path
) -> None:
    chance = Random(seed)  # noqa: S311 - no secret
    paid = some_visits(chance, 1, chance.randint(1, 7))
    again = [altered(chance, visit) for visit in chance.sample(paid, chance.randint(1, len(paid)))]
    patients = chance.choice(["name", "reversed", "none"])
    first = Style("upper", patients, "name")
    second = Style(chance.choice(["other", "none"]), chance.choice([patients, "shout"]), "name")
    ledger = a_ledger(tmp_path / "ledger", LAKESIDE)
    close(ledger, generated(ledger, first, paid))

    reply = generated(ledger, second, again)

    asked = bool(reply["asks"])
    if asked:
        reply = generated(ledger, second, again, paid_visits="same")
        assert reply["figures"]["blocked"] == 0
    check_not_silent(reply, paid)
    said_same = reply["figures"]["already_paid"]
    assert generated(ledger, second, again)["figures"]["already_paid"] == said_same
    if second.headings == first.headings:
        both = [first.row(visit) for visit in paid] + [second.row(visit) for visit in again]
        doubled = pressed(ledger, "payroll.generate", a_click(both, headings=first.headings))
        assert bool(doubled["asks"]) == bool(said_same)
        mixed = a_click(both, headings=first.headings, inputs={"paid_visits": "mixed"})
        figures = pressed(ledger, "payroll.generate", mixed)["figures"]
        assert (figures["already_paid"], figures["blocked"]) == (len(paid), said_same)
    if asked and second.ids != "none":
        assert generated(ledger, second, again, paid_visits="ask")["asks"]
        others = generated(ledger, second, again, paid_visits_again="others")
        assert (others["figures"]["paid"], others["level"]) == (len(again), "review")
        run = others["figures"]["run"]
        pressed(ledger, "payroll.void", a_click(inputs={"run": run, "reason": "wrong"}))
        assert generated(ledger, second, again)["asks"]


# -- One fact corrected, or the setup changed, between the close and the next export --

JANE, MAX = LAKESIDE.providers
UNA = Provider("Una Third", provider_id="P9")
CLINIC = replace(LAKESIDE, providers=(JANE, MAX, UNA))
TALK, *OTHER_SERVICES = CLINIC.services


def staffed(*providers: Provider) -> Setup:
    return replace(CLINIC, providers=providers)


AN_ALIAS = "an alias given to another person"
RENAMED = "a service renamed"
WITHOUT_A_TRACE = "a service renamed without a trace"
SETUPS = {
    "nothing": CLINIC,
    "an ID given to another person": staffed(replace(JANE, provider_id=""), replace(MAX, provider_id="P1"), UNA),
    "an ID given to a new person": staffed(
        replace(JANE, provider_id="P5"), MAX, UNA, Provider("Vic Fourth", provider_id="P1")
    ),
    "names exchanged": staffed(replace(JANE, provider_id="P2"), replace(MAX, provider_id="P1"), UNA),
    "added again under another ID": staffed(MAX, UNA, replace(JANE, provider_id="P7")),
    AN_ALIAS: staffed(
        replace(JANE, aliases=()), replace(MAX, aliases=("Roe, Jane LCSW", "MAX  DOE")), UNA
    ),
    RENAMED: replace(
        CLINIC, services=(Service("TALK", "Talk", ("EX-101", "Talk session")), *OTHER_SERVICES)
    ),
    WITHOUT_A_TRACE: replace(CLINIC, services=(Service("TALK", "Talking"), *OTHER_SERVICES)),
}  # fmt: skip
"""What the setup may have become since the first export was paid."""


def saved(ledger: Ledger, setup: Setup) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(setup, "tests")


def corrected(chance: Random, visit: TrueVisit) -> TrueVisit:
    """Return a visit with one fact corrected, to what no other visit has."""
    match chance.choice(["day", "service", "provider"]):
        case "day":
            return replace(visit, day=10 + visit.number % 19)
        case "service":
            return replace(visit, service="EX-103")
    return replace(visit, provider="Una Third")


@dataclass(frozen=True)
class TwoExports:
    """What is paid first, what comes after it, how both are written, and the setup of the second."""

    paid: list[TrueVisit]
    again: list[TrueVisit]
    fresh: list[TrueVisit]
    styles: tuple[Style, Style]
    change: str

    @property
    def log(self) -> list[TrueVisit]:
        """Return the second export."""
        renamed = "renamed" in self.change
        visits = [*self.again, *self.fresh]
        return [
            replace(one, service="TALK") if renamed and one.service == "EX-101" else one for one in visits
        ]


def two_exports(chance: Random, *uncorrected: str) -> TwoExports:
    """Return a log and one after it, with at most one fact of each visit corrected.

    Beside ``uncorrected`` changes of the setup no visit is corrected: both together would be two facts. Where all IDs
    are new and both logs have them, some visit was not corrected: that shows that they are.
    """
    ids = chance.choice(
        [("upper", "upper"), ("upper", "none"), ("none", "none"), ("none", "upper"), ("upper", "other")]
    )
    patients = chance.choice(
        [("name", "name"), ("name", "none"), ("none", "name"), ("none", "none"), ("name", "reversed")]
    )
    change = chance.choice(list(SETUPS))
    if change == AN_ALIAS and ids[1] == "other":
        change = "nothing"
    people = "alias" if change == AN_ALIAS else "name"
    paid = some_visits(chance, 1, chance.randint(1, 7))
    again = chance.sample(paid, chance.randint(1, len(paid)))
    if change not in uncorrected:
        whole = 1 if ids[1] == "other" else 0
        again = again[:whole] + [
            corrected(chance, visit) if chance.random() < 1 / 2 else visit for visit in again[whole:]
        ]
    styles = [Style(*written, people) for written in zip(ids, patients, strict=True)]
    fresh = some_visits(chance, 100, chance.choice([0, 0, 1, 3]))
    return TwoExports(paid, again, fresh, (styles[0], styles[1]), change)


@pytest.mark.parametrize("seed", range(40))
def test_no_visit_with_one_fact_corrected_is_paid_again_without_an_answer(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)  # noqa: S311 - no secret
    case = two_exports(chance, AN_ALIAS, WITHOUT_A_TRACE)
    first, second = case.styles
    ledger = a_ledger(tmp_path / "ledger", CLINIC)
    close(ledger, generated(ledger, first, case.paid))
    saved(ledger, SETUPS[case.change])

    reply = generated(ledger, second, case.log)

    if reply["asks"] and chance.random() < 1 / 2:
        others = generated(ledger, second, case.log, paid_visits="others")
        assert generated(ledger, second, case.log)["figures"] == others["figures"]
        assert others["level"] != "done"
        return
    if reply["asks"]:
        reply = generated(ledger, second, case.log, paid_visits="same")
    assert reply["figures"]["paid"] <= len(case.fresh)


@pytest.mark.parametrize("seed", range(24))
def test_two_drafts_of_the_same_visits_are_never_both_approved(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)  # noqa: S311 - no secret
    case = replace(two_exports(chance, AN_ALIAS, WITHOUT_A_TRACE, RENAMED), fresh=[])
    first, second = case.styles
    ledger = a_ledger(tmp_path / "ledger", CLINIC)
    one = generated(ledger, first, case.paid)["figures"]["run"]
    saved(ledger, SETUPS[case.change])
    other = generated(ledger, second, case.log, last_day=29)["figures"]["run"]
    approve = {"stale": "approve"}
    confirmed(ledger, "payroll.close", a_click(inputs={"run": one, **approve}))

    with pytest.raises((SimilarVisitsPaid, AlreadyPaidElsewhere)):
        confirmed(ledger, "payroll.close", a_click(inputs={"run": other, **approve}))


@pytest.mark.parametrize("ids", ["upper", "none"])
@pytest.mark.parametrize("patients", ["name", "none"])
def test_new_visits_beside_all_that_was_paid_are_not_asked_about(
    ids: str, patients: str, tmp_path: Path
) -> None:
    style = Style(ids, patients, "name")
    chance = Random(ids + patients)  # noqa: S311 - no secret
    paid = some_visits(chance, 1, 9)
    ledger = a_ledger(tmp_path / "ledger", LAKESIDE)
    close(ledger, generated(ledger, style, paid))

    reply = generated(ledger, style, [*paid, *some_visits(chance, 100, 9)])

    assert (reply["asks"], reply["figures"]["paid"], reply["figures"]["already_paid"]) == (None, 9, 9)


@pytest.mark.parametrize("ids", ["upper", "none"])
@pytest.mark.parametrize("patients", ["name", "none"])
def test_the_visits_of_the_next_period_are_not_asked_about(ids: str, patients: str, tmp_path: Path) -> None:
    style = Style(ids, patients, "name")
    chance = Random(ids + patients)  # noqa: S311 - no secret
    ledger = a_ledger(tmp_path / "ledger", LAKESIDE)
    close(ledger, generated(ledger, style, some_visits(chance, 1, 9), last_day=15))
    later = [replace(visit, day=visit.day + 15) for visit in some_visits(chance, 100, 9)]
    click = a_click(
        [style.row(visit) for visit in later],
        headings=style.headings,
        inputs={"from": "2026-09-16", "to": "2026-09-30"},
    )

    reply = pressed(ledger, "payroll.generate", click)

    assert (reply["asks"], reply["figures"]["paid"], reply["figures"]["already_paid"]) == (None, 9, 0)
