"""Every kind of finding, by its code."""

from collections.abc import Iterator, Mapping

from server.errors import (
    case_findings,
    cell_findings,
    further_pay_findings,
    group_session_findings,
    held_visit_findings,
    hours_findings,
    invoice_findings,
    invoice_line_findings,
    ledger_findings,
    letter_findings,
    log_column_findings,
    log_row_findings,
    paid_visit_findings,
    pay_findings,
    pay_item_findings,
    pay_plan_findings,
    payer_mail_findings,
    payment_findings,
    reminder_findings,
    setup_findings,
)
from server.errors.finding_facts import FindingFacts

_MODULES = (
    cell_findings,
    log_row_findings,
    log_column_findings,
    pay_findings,
    pay_item_findings,
    group_session_findings,
    further_pay_findings,
    pay_plan_findings,
    payment_findings,
    payer_mail_findings,
    letter_findings,
    paid_visit_findings,
    hours_findings,
    held_visit_findings,
    setup_findings,
    invoice_findings,
    invoice_line_findings,
    case_findings,
    reminder_findings,
    ledger_findings,
)


def _kinds() -> Iterator[type[FindingFacts]]:
    for module in _MODULES:
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, FindingFacts) and one.__module__ == module.__name__:
                yield one


FINDINGS: Mapping[str, type[FindingFacts]] = {kind.code: kind for kind in _kinds()}
