"""The blocked rows of a run, with what recognizes their visits in a later log (rule: pay-runs#held-rows)."""

from collections.abc import Mapping

import numpy as np

from server.billing.days import date_of
from server.billing.payroll.classify import ClassifiedLog
from server.billing.payroll.held_visits import BlockedRow
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_run import Outcome, PayRun
from server.billing.payroll.setup_matching import UNKNOWN
from server.billing.payroll.visit_identity import provider_keys
from server.errors import Finding, Severity


def blocked_rows_of(
    run: PayRun, classified: ClassifiedLog, paid_before: Mapping[str, PaidVisit]
) -> tuple[BlockedRow, ...]:
    """Return the blocked rows of a run, in the order of the log.

    An ID that a blocker is about, or under which another visit was paid, does not identify its row.
    """
    if not run.count(Outcome.BLOCKED):
        return ()
    blocked = set(run.unpaid.row[run.unpaid.outcome == Outcome.BLOCKED.value].tolist())
    first, doubtful_ids = _blockers(run, blocked, classified.log.column("appointment").position)
    log, setup, matched = classified.log, classified.setup, classified.matched
    keys = [*provider_keys(matched), ""]
    patients = log.word_column("patient").codes
    words = {field: log.word_column(field).texts() for field in ("appointment", "provider", "service")}
    found = []
    for place in np.flatnonzero(np.isin(log.rows, list(blocked))).tolist():
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


def _blockers(
    run: PayRun, blocked: set[int], id_column: int | None
) -> tuple[dict[int, Finding], frozenset[int]]:
    """Return the first blocker of each blocked row, and the rows with a blocker about their ID."""
    first: dict[int, Finding] = {}
    about_ids: set[int] = set()
    for finding in run.findings:
        if finding.severity is Severity.BLOCKER:
            rows = blocked.intersection(finding.rows)
            first |= dict.fromkeys(rows - first.keys(), finding)
            if id_column is not None and finding.column == id_column:
                about_ids |= rows
    return first, frozenset(about_ids)
