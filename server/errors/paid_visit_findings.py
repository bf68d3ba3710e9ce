"""What is said of rows that closed runs have paid, may have paid, or have paid otherwise. Part of SENTENCES."""

from server.errors.sentence import Sentence, Severity

_B, _R, _I = Severity.BLOCKER, Severity.REVIEW, Severity.INFO

PAID_BEFORE: dict[str, Sentence] = {
    "probably-paid": Sentence(
        _B,
        "Run {run} has paid a visit of this provider, day and service, and no row of the log is known to be that visit.",
        "Answer whether it is this one. If that is true of some of these rows only, give them the IDs they had when they"
        " were paid, or remove them.",
    ),
    "paid-to-another-provider": Sentence(
        _B,
        "Run {run} has paid {provider} for a visit of this day and service, and no row of the log is known to be that"
        " visit.",
        "Answer whether it is this one. If it is and {provider} did not do the work, void that run, or settle it with both"
        " providers.",
    ),
    "paid-as-another-service": Sentence(
        _B,
        "Run {run} has paid a visit of this provider and day as {service}, and no row of the log is known to be that"
        " visit.",
        "Answer whether it is this one. If it is and {service} was wrong, void that run, or settle the difference with the"
        " provider.",
    ),
    "paid-on-another-day": Sentence(
        _B,
        "Run {run} has paid a visit of this provider and service on {day}, and no row of the log is known to be that"
        " visit.",
        "Answer whether it is this one. If it is, check which of the two days is right.",
    ),
    "same-visit-twice": Sentence(
        _B,
        "The answer was that this row is a visit that run {run} has paid, and row {first} is that visit too. A visit is"
        " paid once.",
        "If they are one visit, remove one of the two rows. If not, answer that they are other visits.",
    ),
    "same-visit-without-id": Sentence(
        _R,
        "This row has no appointment ID, and the provider, day, service and patient of row {first}, which has one. Both"
        " are paid.",
        "If two exports were put into one sheet, remove one of them and generate again.",
    ),
    "repeats-paid-visit": Sentence(
        _R,
        "This row has the provider, day, service and patient of row {first}, which was paid before, and is paid as another"
        " visit.",
        "If it is the same visit written twice, remove one of the two rows and generate again.",
    ),
    "paid-by-answer": Sentence(
        _I,
        "Run {run} has paid this visit: that was the answer on {day}. Nothing is paid here.",
        "Nothing to do if that is right. If not, set “Ask again about visits paid before” (paid_visits = ask) among the"
        " options of Generate payroll, generate again, and answer again.",
    ),
    "paid-as-another-visit": Sentence(
        _R,
        "Run {run} has paid a visit that this row looks like. This row is paid too: by the answer it is another visit, or"
        " another row is the visit that was paid.",
        "Check that both visits took place. If it is the same visit, void this draft and generate again.",
    ),
    "id-paid-for-another-visit": Sentence(
        _B,
        "Run {run} has paid this ID for a visit to {provider} on {day}.",
        "If it is another visit, correct its ID. If it is the same visit, remove the row: it is paid already.",
    ),
    "changed-since-paid": Sentence(
        _R,
        "Run {run} paid {paid} for this appointment, and today it would be {now}. Nothing is paid here.",
        "Void that run, or settle the difference with the provider.",
    ),
    "missed-since-paid": Sentence(
        _R,
        "Run {run} has paid this visit as {before}, and the log now says {now}. Nothing is taken back here.",
        "Void that run, or settle the difference with the provider.",
    ),
    "vanished-since-paid": Sentence(
        _R,
        "Run {run} has paid {visits} that this log does not have: {list}. Nothing is taken back here.",
        "If they did not take place, void that run, or settle the difference with the provider.",
    ),
    "day-changed-since-paid": Sentence(
        _R,
        "Run {run} has paid this appointment for another day, {day}. Nothing is paid here.",
        "Check which of the two days is right.",
    ),
    "provider-changed-since-paid": Sentence(
        _R,
        "Run {run} has paid this appointment to another provider, {provider}. Nothing is paid here.",
        "If {provider} did not do the work, void that run, or settle it with both providers.",
    ),
    "service-changed-since-paid": Sentence(
        _R,
        "Run {run} has paid this appointment as another service, {service}. Nothing is paid here.",
        "If {service} is wrong, void that run, or settle the difference with the provider.",
    ),
    "patient-changed-since-paid": Sentence(
        _R,
        "Run {run} has paid this appointment for another patient, or the name was spelled otherwise. Nothing is paid"
        " here.",
        "Check that the ID is right.",
    ),
}
