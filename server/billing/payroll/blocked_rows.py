"""The rows that a run can hold, with what recognizes their visits in a later log (rule: pay-runs#held-rows)."""

from collections.abc import Mapping

import numpy as np

from server.billing.days import date_of
from server.billing.payroll.classify import ClassifiedLog
from server.billing.payroll.held_visits import BlockedRow, DraftHolds, HeldRowFound
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_run import Outcome, PayRun
from server.billing.payroll.setup_matching import UNKNOWN
from server.billing.payroll.unsigned_notes import HELD_CODES
from server.billing.payroll.visit_identity import provider_keys
from server.errors import Finding, Severity


def holds_of(
    run: PayRun,
    classified: ClassifiedLog,
    paid_before: Mapping[str, PaidVisit],
    found: tuple[HeldRowFound, ...],
) -> DraftHolds:
    """Return what the approval of a run does about held visits. ``found`` are the rows of visits that were held before."""
    blocked, unsigned = (
        rows_with_outcome(run, classified, paid_before, outcome)
        for outcome in (Outcome.BLOCKED, Outcome.HELD)
    )
    return DraftHolds(blocked, found, unsigned)


def rows_with_outcome(
    run: PayRun, classified: ClassifiedLog, paid_before: Mapping[str, PaidVisit], outcome: Outcome
) -> tuple[BlockedRow, ...]:
    """Return the blocked rows of a run, or those whose note is not signed, in the order of the log.

    An ID that a blocker is about, or under which another visit was paid, does not identify its row.
    """
    if not run.count(outcome):
        return ()
    chosen = set(run.unpaid.row[run.unpaid.outcome == outcome.value].tolist())
    first, doubtful_ids = _reasons(run, chosen, classified.log.column("appointment").position)
    log, setup, matched = classified.log, classified.setup, classified.matched
    keys = [*provider_keys(matched), ""]
    patients = log.word_column("patient").codes
    words = {field: log.word_column(field).texts() for field in ("appointment", "provider", "service")}
    found = []
    for place in np.flatnonzero(np.isin(log.rows, list(chosen))).tolist():
        row = int(log.rows[place])
        provider, service = int(matched.providers[place]), int(matched.services[place])
        code = int(classified.ids.codes[place])
        identity = classified.ids.identities[code] if code >= 0 and row not in doubtful_ids else ""
        blocker = first[row]
        found.append(
            BlockedRow(
                identity="" if identity in paid_before else identity,
                source_row=row,
                column=blocker.column,
                heading=blocker.heading,
                appointment=str(words["appointment"][place]),
                day=date_of(int(log.days.values[place])).isoformat() if log.days.given[place] else "",
                provider=setup.providers[provider].name
                if provider != UNKNOWN
                else str(words["provider"][place]),
                provider_key=keys[provider],
                service=setup.services[service].code if service != UNKNOWN else str(words["service"][place]),
                patient_key=classified.patients[patients[place]],
                code=blocker.code,
                problem=blocker.message,
            )
        )
    return tuple(found)


def _reasons(
    run: PayRun, chosen: set[int], id_column: int | None
) -> tuple[dict[int, Finding], frozenset[int]]:
    """Return the first finding for which each row is not paid, and the rows with a blocker about their ID."""
    first: dict[int, Finding] = {}
    about_ids: set[int] = set()
    for finding in run.findings:
        if finding.severity is Severity.BLOCKER or finding.code in HELD_CODES:
            rows = chosen.intersection(finding.rows)
            first |= dict.fromkeys(rows - first.keys(), finding)
            if id_column is not None and finding.column == id_column:
                about_ids |= rows
    return first, frozenset(about_ids)
