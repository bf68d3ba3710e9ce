"""The statement of one provider for one run, as a PDF file."""

from datetime import date

from server.billing.days import us
from server.billing.money import dollars
from server.billing.payroll.adjustments import Adjustment
from server.billing.payroll.adjustments_on_paper import (
    ADJUSTMENT_HEADINGS,
    adjustment_values,
    adjustments_title,
    change_in_words,
)
from server.billing.payroll.held_on_paper import HELD_HEADINGS, HELD_NOTE, HeldOnPaper, held_title
from server.billing.payroll.items_on_paper import ITEM_HEADINGS, ITEMS_TITLE, item_values
from server.billing.payroll.pay_history import (
    history_headings,
    history_lines,
    history_title,
    pay_in_words,
    signed_dollars,
    visits_in_words,
)
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_statements import (
    GROUP_HEADINGS,
    MISSED_HEADINGS,
    VISIT_HEADINGS,
    PaidGroup,
    PaidLine,
    PayStatement,
    StatedRun,
    group_in_words,
    line_values,
    quantity_in_words,
    rate_in_words,
    rounding_words,
)
from server.billing.payroll.payment_lines import PaymentLine
from server.billing.payroll.payments_on_paper import PAYMENT_HEADINGS, PAYMENTS_TITLE, payment_in_words
from server.billing.payroll.plans_on_paper import PLAN_HEADINGS, PLANS_TITLE, plan_values
from server.billing.payroll.provider_totals import TOTAL_TO_PAY, PayPart
from server.errors import count_of
from server.papers.letterhead import letterhead
from server.papers.typesetting import set_paper


def set_statement(stated: StatedRun, statement: PayStatement, day: date) -> bytes:
    """Return the PDF file of one provider's statement. It holds nothing of any other provider."""
    facts = (
        ("Visits attended", f"{len(statement.attended_visits):,}"),
        ("Missed visits paid", f"{len(statement.missed_visits):,}"),
        ("Works as", statement.works_as),
        ("Provider ID", statement.provider_id),
        ("Pay date", us(stated.run.pay_date) if stated.run.pay_date else ""),
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
        "total": dollars(statement.total.total_cents),
        "paid": dollars(statement.paid_cents),
        "history_title": history_title(stated.history) if stated.history else "",
        "history_heads": history_headings(stated.history) if stated.history else (),
        "history": _history_as_printed(stated, statement),
        "lines": f"{len(statement.lines):,}",
        "groups": [_group_as_printed(group) for group in statement.groups()],
        "group_heads": GROUP_HEADINGS,
        "visit_heads": VISIT_HEADINGS,
        "missed_heads": MISSED_HEADINGS,
        "visits": [_line_as_printed(line, VISIT_HEADINGS) for line in statement.attended_visits],
        "visits_total": _total_of(statement.attended_visits, "visit"),
        "missed": [_line_as_printed(line, MISSED_HEADINGS) for line in statement.missed_visits],
        "missed_total": _total_of(statement.missed_visits, "missed visit"),
        **_changes_as_printed(statement),
        "parts": [_part_as_printed(number, part) for number, part in enumerate(statement.total.parts)],
        "total_label": TOTAL_TO_PAY,
        "carried": statement.carried.in_words if statement.carried else "",
        "held_heads": HELD_HEADINGS,
        "held": [_held_as_printed(visit) for visit in statement.held],
        "held_title": held_title(statement.held),
        "held_note": HELD_NOTE,
        "rounding": rounding_words(statement),
    }
    return set_paper("pay_statement.typ", data, day)


def _changes_as_printed(statement: PayStatement) -> dict[str, object]:
    """Return what the run has for the provider beside the visits of its period, list by list."""
    total = statement.total
    return {
        "adjustments_title": adjustments_title(statement.adjustments),
        "adjustment_heads": ADJUSTMENT_HEADINGS,
        "adjustments": [_adjustment_as_printed(one) for one in statement.adjustments],
        "adjustments_total": signed_dollars(total.adjustment_cents),
        "beside": _beside_visits(statement),
        "payments_title": PAYMENTS_TITLE,
        "payment_heads": PAYMENT_HEADINGS,
        "payments": [_payment_as_printed(one) for one in statement.payments],
        "payments_total": signed_dollars(total.collections_cents),
    }


def _history_as_printed(stated: StatedRun, statement: PayStatement) -> list[list[str]]:
    """Return the lines about the last period and the year to date; the difference has signs."""
    if stated.history is None:
        return []
    lines = history_lines(stated.history, statement.history, stated.run.period)
    return [[line.label, visits_in_words(line), line.note, pay_in_words(line)] for line in lines]


def _group_as_printed(group: PaidGroup) -> list[str]:
    return [
        group_in_words(group),
        f"{group.visits:,}",
        quantity_in_words(group.rate.basis, group.quantity),
        rate_in_words(group.rate),
        us(group.rate.effective_from),
        dollars(group.amount_cents),
    ]


def _line_as_printed(line: PaidLine, headings: tuple[str, ...]) -> list[str]:
    return [_value_as_printed(value) for value in line_values(line, headings)]


def _value_as_printed(value: str | date | int) -> str:
    """Return a text as it is, a day, or cents as dollars."""
    if isinstance(value, str):
        return value
    return us(value) if isinstance(value, date) else dollars(value)


def _adjustment_as_printed(one: Adjustment) -> dict[str, object]:
    """Return the figures of an adjustment, and the line about what changed."""
    service, day, appointment, was, now, difference = adjustment_values(one)
    figures = (service, us(day), appointment, dollars(was), dollars(now), signed_dollars(difference))
    return {"figures": figures, "change": change_in_words(one)}


def _beside_visits(statement: PayStatement) -> list[dict[str, object]]:
    """Return the lists of plan lines and of pay items, as far as there are any: title, headings, rows and total."""
    plans = [_beside_as_printed(plan_values(one), one.explanation) for one in statement.plans]
    items = [_beside_as_printed(item_values(one), one.note) for one in statement.items]
    total = statement.total
    lists = (
        (PLANS_TITLE, PLAN_HEADINGS, plans, total.plans_cents),
        (ITEMS_TITLE, ITEM_HEADINGS, items, total.items_cents),
    )
    return [
        {"title": title, "heads": heads, "rows": rows, "total": signed_dollars(cents)}
        for title, heads, rows, cents in lists
        if rows
    ]


def _beside_as_printed(values: tuple[str, date, date, int], note: str) -> dict[str, object]:
    """Return the figures of a plan line or a pay item, and the line below it."""
    title, first, last, cents = values
    return {"figures": (title, us(first), us(last), signed_dollars(cents)), "change": note}


def _payment_as_printed(one: PaymentLine) -> dict[str, object]:
    """Return the figures of a payment, and the line about its rate."""
    received, pay = dollars(one.received_cents), signed_dollars(one.amount_cents)
    figures = (one.service, us(one.day), one.appointment, us(one.payment_day), received, pay)
    return {"figures": figures, "change": payment_in_words(one)}


def _part_as_printed(number: int, part: PayPart) -> tuple[str, str]:
    """Return a part of the total to pay; those behind the first are added to it and have a sign."""
    return part.label, signed_dollars(part.cents) if number else dollars(part.cents)


def _held_as_printed(visit: HeldOnPaper) -> list[str]:
    return [visit.service, us(visit.day) if visit.day else "", visit.why]


def _total_of(lines: tuple[PaidLine, ...], noun: str) -> list[str]:
    return [count_of(len(lines), noun), dollars(sum(line.amount_cents for line in lines))]
