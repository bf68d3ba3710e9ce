"""Reads the rows of Group sessions: which services are paid once for a whole group (rule: pay-runs#group-sessions)."""

from collections.abc import Iterator, Sequence
from datetime import date

from server.billing.clinics import ANY, GroupSession, PaidPer
from server.billing.days import us
from server.errors.group_session_findings import GroupSessionForAnyService, GroupSessionTwice
from server.errors.log_row_findings import UnknownService
from server.sheets.clinics.setup_lookup import Spellings
from server.sheets.typed_rows import Row


def read_group_sessions(rows: Sequence[Row], work: Spellings) -> Iterator[GroupSession]:
    """Yield the rules of all usable rows. Two rows of one service and day are a blocker."""
    seen: dict[tuple[str, date], int] = {}
    for row in rows:
        service = work.find(row, "Service", UnknownService)
        if service == ANY:
            row.add_finding(GroupSessionForAnyService, "Service")
        paid_per, since = row.choice("Paid per", PaidPer), row.required_day("Effective from")
        if service and since:
            number = seen.setdefault((service, since), row.number)
            if number != row.number:
                row.add_finding(GroupSessionTwice(service=service, day=us(since), row=number), "Service")
        if row.usable and service and paid_per and since:
            yield GroupSession(service, paid_per, since)
