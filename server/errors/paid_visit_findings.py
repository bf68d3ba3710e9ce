"""Findings about rows that closed runs have paid, may have paid, or have paid with other facts."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity
from server.errors.remedies import ASK_AGAIN, ASK_VANISHED_AGAIN, PAY_DIFFERENCE, SHOW_RUNS, Remedy


@dataclass(frozen=True, slots=True)
class ProbablyPaid(FindingFacts):
    code: ClassVar[str] = "probably-paid"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "Run {run} has paid a visit of this provider, day and service, and no row of the log is known "
        "to be that visit."
    )
    advises: ClassVar[str] = (
        "Answer whether it is this one. If that is true of some of these rows only, give them the IDs "
        "they had when they were paid, or remove them."
    )

    run: object


@dataclass(frozen=True, slots=True)
class PaidToAnotherProvider(FindingFacts):
    code: ClassVar[str] = "paid-to-another-provider"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "Run {run} has paid {provider} for a visit of this day and service, and no row of the log is "
        "known to be that visit."
    )
    advises: ClassVar[str] = (
        "Answer whether it is this one. If it is, the pay of {provider} is taken back, and this provider is paid, as "
        "adjustments."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (SHOW_RUNS,)

    run: object
    provider: object


@dataclass(frozen=True, slots=True)
class PaidAsAnotherService(FindingFacts):
    code: ClassVar[str] = "paid-as-another-service"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "Run {run} has paid a visit of this provider and day as {service}, and no row of the log is "
        "known to be that visit."
    )
    advises: ClassVar[str] = (
        "Answer whether it is this one. If it is, the difference in pay is an adjustment."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (SHOW_RUNS,)

    run: object
    service: object


@dataclass(frozen=True, slots=True)
class PaidOnAnotherDay(FindingFacts):
    code: ClassVar[str] = "paid-on-another-day"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "Run {run} has paid a visit of this provider and service on {day}, and no row of the log is "
        "known to be that visit."
    )
    advises: ClassVar[str] = "Answer whether it is this one. If it is, check which of the two days is right."

    run: object
    day: object


@dataclass(frozen=True, slots=True)
class SameVisitTwice(FindingFacts):
    code: ClassVar[str] = "same-visit-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "The answer was that this row is a visit that run {run} has paid, and row {first} is that "
        "visit too. A visit is paid once."
    )
    advises: ClassVar[str] = (
        "If they are one visit, remove one of the two rows. If not, answer that they are other visits."
    )

    run: object
    first: object


@dataclass(frozen=True, slots=True)
class SameVisitWithoutId(FindingFacts):
    code: ClassVar[str] = "same-visit-without-id"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "This row has no appointment ID, and the provider, day, service and patient of row {first}, "
        "which has one. Both are paid."
    )
    advises: ClassVar[str] = "If two exports were put into one sheet, remove one of them and generate again."

    first: object


@dataclass(frozen=True, slots=True)
class RepeatsPaidVisit(FindingFacts):
    code: ClassVar[str] = "repeats-paid-visit"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "This row has the provider, day, service and patient of row {first}, which was paid before, "
        "and is paid as another visit."
    )
    advises: ClassVar[str] = (
        "If it is the same visit written twice, remove one of the two rows and generate again."
    )

    first: object


@dataclass(frozen=True, slots=True)
class PaidByAnswer(FindingFacts):
    code: ClassVar[str] = "paid-by-answer"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = "Run {run} has paid this visit: that was the answer on {day}. Nothing is paid here."
    advises: ClassVar[str] = (
        "Nothing to do if that is right. If not, set “Ask again about visits paid before” "
        "(paid_visits = ask) among the options of Generate payroll, generate again, and answer again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (ASK_AGAIN,)

    run: object
    day: object


@dataclass(frozen=True, slots=True)
class PaidAsAnotherVisit(FindingFacts):
    code: ClassVar[str] = "paid-as-another-visit"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} has paid a visit that this row looks like. This row is paid too: by the answer it "
        "is another visit, or another row is the visit that was paid."
    )
    advises: ClassVar[str] = (
        "Check that both visits took place. If it is the same visit, void this draft and generate again."
    )

    run: object


@dataclass(frozen=True, slots=True)
class IdPaidForAnotherVisit(FindingFacts):
    code: ClassVar[str] = "id-paid-for-another-visit"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "Run {run} has paid this ID for a visit to {provider} on {day}."
    advises: ClassVar[str] = (
        "If it is another visit, correct its ID. If it is the same visit, remove the row: it is paid already."
    )

    run: object
    provider: object
    day: object


@dataclass(frozen=True, slots=True)
class ChangedSincePaid(FindingFacts):
    code: ClassVar[str] = "changed-since-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} paid {paid} for this appointment, and now it earns {now}. The difference is an adjustment."
    )
    advises: ClassVar[str] = "Nothing to do if the log is right. If not, correct it and generate again."
    offers: ClassVar[tuple[Remedy, ...]] = (SHOW_RUNS,)

    run: object
    paid: object
    now: object


@dataclass(frozen=True, slots=True)
class RateChangedSincePaid(FindingFacts):
    code: ClassVar[str] = "rate-changed-since-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The rates of {provider} were changed for {visits} that {runs} paid. At the rates of now the difference is "
        "{difference}. It is not paid unless you accept it."
    )
    advises: ClassVar[str] = (
        "Accept it to pay the difference with this run (rate_changes = {offer}). Otherwise nothing is to be done."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (PAY_DIFFERENCE,)

    provider: object
    visits: object
    runs: object
    difference: object
    offer: object


@dataclass(frozen=True, slots=True)
class MissedSincePaid(FindingFacts):
    code: ClassVar[str] = "missed-since-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} has paid this visit as {before}, and the log now says {now}. What it no longer earns is taken "
        "back as an adjustment."
    )
    advises: ClassVar[str] = "Nothing to do if the log is right. If not, correct it and generate again."
    offers: ClassVar[tuple[Remedy, ...]] = (SHOW_RUNS,)

    run: object
    before: object
    now: object


@dataclass(frozen=True, slots=True)
class VanishedSincePaid(FindingFacts):
    code: ClassVar[str] = "vanished-since-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} has paid {visits} that this log does not have: {list}. Nothing is taken back until you say why."
    )
    advises: ClassVar[str] = "Answer “deleted”, or “not part of this export”."
    offers: ClassVar[tuple[Remedy, ...]] = (SHOW_RUNS,)

    run: object
    visits: object
    list: object


@dataclass(frozen=True, slots=True)
class VanishedTakenBack(FindingFacts):
    code: ClassVar[str] = "vanished-taken-back"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} has paid {visits} that this log does not have: {list}. The answer was “deleted”, so the pay is taken "
        "back, as adjustments."
    )
    advises: ClassVar[str] = (
        "Nothing to do if that is right. If not, set “Ask again about visits that are gone” (vanished_visits = ask) "
        "among the options of Generate payroll, generate again, and answer again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (ASK_VANISHED_AGAIN,)

    run: object
    visits: object
    list: object


@dataclass(frozen=True, slots=True)
class VanishedElsewhere(FindingFacts):
    code: ClassVar[str] = "vanished-elsewhere"
    severity: ClassVar[Severity] = Severity.INFO
    says: ClassVar[str] = (
        "Run {run} has paid {visits} that this log does not have: {list}. The answer was “not part of this "
        "export”, so nothing is taken back."
    )
    advises: ClassVar[str] = (
        "Nothing to do if that is right. If not, set “Ask again about visits that are gone” (vanished_visits = ask) "
        "among the options of Generate payroll, generate again, and answer again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (ASK_VANISHED_AGAIN,)

    run: object
    visits: object
    list: object


@dataclass(frozen=True, slots=True)
class ReturnedSincePaid(FindingFacts):
    code: ClassVar[str] = "returned-since-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} paid this visit, its pay was taken back since, and the log has it again. It is paid as an adjustment "
        "of {now}."
    )
    advises: ClassVar[str] = "Nothing to do if the log is right. If not, correct it and generate again."
    offers: ClassVar[tuple[Remedy, ...]] = (SHOW_RUNS,)

    run: object
    now: object


@dataclass(frozen=True, slots=True)
class LateVisits(FindingFacts):
    code: ClassVar[str] = "late-visits"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "This visit is in the period of run {run}, which did not pay it. It is paid now, as an adjustment."
    )
    advises: ClassVar[str] = (
        "Nothing to do if it was entered late. If it must not be paid, remove it from the log and generate again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (SHOW_RUNS,)

    run: object


@dataclass(frozen=True, slots=True)
class DayChangedSincePaid(FindingFacts):
    code: ClassVar[str] = "day-changed-since-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} has paid this appointment for another day, {day}. If it earns another amount now, the difference is "
        "an adjustment."
    )
    advises: ClassVar[str] = "Check which of the two days is right."

    run: object
    day: object


@dataclass(frozen=True, slots=True)
class ProviderChangedSincePaid(FindingFacts):
    code: ClassVar[str] = "provider-changed-since-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} has paid this appointment to another provider, {provider}. Its pay is taken back there and paid here, "
        "as adjustments."
    )
    advises: ClassVar[str] = (
        "Nothing to do if {provider} did not do the work. If not, correct the log and generate again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (SHOW_RUNS,)

    run: object
    provider: object


@dataclass(frozen=True, slots=True)
class ServiceChangedSincePaid(FindingFacts):
    code: ClassVar[str] = "service-changed-since-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} has paid this appointment as another service, {service}. If it earns another amount now, the "
        "difference is an adjustment."
    )
    advises: ClassVar[str] = (
        "Nothing to do if {service} was wrong. If not, correct the log and generate again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (SHOW_RUNS,)

    run: object
    service: object


@dataclass(frozen=True, slots=True)
class PatientChangedSincePaid(FindingFacts):
    code: ClassVar[str] = "patient-changed-since-paid"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Run {run} has paid this appointment for another patient, or the name was spelled otherwise. "
        "It is not paid again."
    )
    advises: ClassVar[str] = "Check that the ID is right."

    run: object
