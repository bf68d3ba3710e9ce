"""The statement of one provider for one run, as a PDF file."""

from datetime import date

from server.billing.days import us
from server.billing.money import dollars
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_statements import (
    PaidGroup,
    PaidLine,
    PayStatement,
    StatedRun,
    quantity_in_words,
    rate_in_words,
)
from server.errors import count_of
from server.papers.letterhead import letterhead
from server.papers.typesetting import set_paper

ROUNDING = "Each line is rounded to whole cents, and totals are sums of lines."


def set_statement(stated: StatedRun, statement: PayStatement, day: date) -> bytes:
    """Return the PDF file of one provider's statement. It holds nothing of any other provider."""
    facts = (
        ("Visits", f"{len(statement.attended_visits):,}"),
        ("Missed visits paid", f"{len(statement.missed_visits):,}" if statement.missed_visits else ""),
        ("Paid as", statement.works_as),
        ("Provider ID", statement.provider_id),
        ("Pay run", stated.run.id),
    )
    data = {
        "title": f"Statement of pay, {in_words(stated.run.period)}",
        "clinic": letterhead(stated.clinic) | {"tax_id": ""},
        "provider": statement.provider,
        "period": in_words(stated.run.period),
        "state": stated.state_sentence,
        "tone": stated.state.tone.value,
        "facts": [pair for pair in facts if pair[1]],
        "total": dollars(statement.paid_cents),
        "groups": [_group_as_printed(group) for group in statement.groups()],
        "visits": [_line_as_printed(line) for line in statement.attended_visits],
        "visits_total": _total_of(statement.attended_visits, "visit"),
        "missed": [_missed_as_printed(line) for line in statement.missed_visits],
        "missed_total": _total_of(statement.missed_visits, "missed visit"),
        "rounding": ROUNDING,
    }
    return set_paper("pay_statement.typ", data, day)


def _group_as_printed(group: PaidGroup) -> list[str]:
    missed = "" if group.counts_as == "attended" else f", {group.counts_as}"
    return [
        group.service + missed,
        f"{group.visits:,}",
        quantity_in_words(group.rate.basis, group.quantity),
        rate_in_words(group.rate),
        us(group.rate.effective_from),
        dollars(group.amount_cents),
    ]


def _line_as_printed(line: PaidLine) -> list[str]:
    return [
        us(line.day),
        line.appointment,
        line.service,
        quantity_in_words(line.rate.basis, line.quantity),
        rate_in_words(line.rate),
        dollars(line.amount_cents),
    ]


def _missed_as_printed(line: PaidLine) -> list[str]:
    return [
        us(line.day),
        line.appointment,
        line.service,
        line.counts_as,
        rate_in_words(line.rate),
        dollars(line.amount_cents),
    ]


def _total_of(lines: tuple[PaidLine, ...], noun: str) -> list[str]:
    return [count_of(len(lines), noun), dollars(sum(line.amount_cents for line in lines))]
