"""Which invoice is due for which reminder: the path of its state, one level at a time (rule: receivables#payer-mail)."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from server.billing.clinics import Setup
from server.billing.invoices.invoice import State
from server.billing.receivables.mail_texts import BUILT_IN, OF_INVOICE, VARIABLES, fill_in_text, mistakes_in
from server.billing.receivables.payer_mail import (
    LEAST_DAYS_BETWEEN,
    OpenInvoice,
    ReachedLevel,
    WhyNotMailed,
    due_level,
    plan_mail,
    write_mail,
)
from server.billing.setup_payer_mail import CountsFrom, MailedState, MailText, PayerContact, ReminderLevel
from tests.invented import LAKESIDE

SENT = date(2026, 1, 1)
REDUCTION, CHEQUE = MailedState.PENDING_REDUCTION, MailedState.PENDING_CHEQUE
PATH = (
    ReminderLevel(1, 30, CountsFrom.SENT, REDUCTION, "Friendly reminder"),
    ReminderLevel(2, 60, CountsFrom.SENT, REDUCTION, "Second notice"),
    ReminderLevel(3, 14, CountsFrom.LAST_LEVEL, REDUCTION, "Final notice"),
    ReminderLevel(1, 21, CountsFrom.AGREED, CHEQUE, "Friendly reminder"),
)
INVOICE = OpenInvoice("INV-1", "Acme", REDUCTION.state, 100_00, SENT, SENT, None, "C-1")
ACME = PayerContact("ACME", "claims@acme.example", is_mailed=True)
SETUP = Setup(LAKESIDE.clinic, payer_contacts=(ACME,), reminder_levels=PATH)


def reached(level: int, days: int, *, is_certain: bool = True) -> ReachedLevel:
    return ReachedLevel(REDUCTION.state, level, SENT + timedelta(days=days), is_certain)


def level_after(days: int, invoice: OpenInvoice = INVOICE) -> int | None:
    level = due_level(invoice, PATH, SENT + timedelta(days=days))
    return level.level if level else None


@pytest.mark.parametrize(("days", "level"), [(0, None), (29, None), (30, 1), (31, 1), (900, 1)])
def test_the_first_level_is_due_from_its_day_on(days: int, level: int | None) -> None:
    assert level_after(days) == level


@pytest.mark.parametrize(
    ("so_far", "days", "level"),
    [
        ([(1, 30)], 59, None),
        ([(1, 30)], 60, 2),
        ([(1, 58)], 64, None),
        ([(1, 58)], 65, 2),
        ([(1, 30), (2, 60)], 73, None),
        ([(1, 30), (2, 60)], 74, 3),
        ([(1, 30), (2, 60), (3, 74)], 900, None),
        ([(2, 60)], 74, 3),
    ],
)
def test_an_invoice_climbs_one_level_at_a_time(
    so_far: list[tuple[int, int]], days: int, level: int | None
) -> None:
    invoice = replace(INVOICE, reached=tuple(reached(*one) for one in so_far))
    assert level_after(days, invoice) == level


def test_another_state_has_a_path_of_its_own_and_a_week_lies_between() -> None:
    agreed = replace(
        INVOICE, state=CHEQUE.state, agreed_on=SENT + timedelta(days=40), reached=(reached(1, 58),)
    )
    assert level_after(61, agreed) is None
    assert level_after(64, agreed) is None
    assert level_after(65, agreed) == 1
    assert level_after(900, replace(agreed, agreed_on=None)) is None


def test_a_payer_is_matched_in_any_spelling_and_only_if_its_row_says_yes() -> None:
    today = SENT + timedelta(days=30)
    (mail,) = plan_mail(SETUP, [INVOICE], (), today).mails
    assert (mail.payer, mail.address) == ("Acme", "claims@acme.example")
    for contacts, refused, why in (
        ((), (), WhyNotMailed.NO_CONTACT),
        ((replace(ACME, email="", is_mailed=False),), (), WhyNotMailed.NO_CONTACT),
        ((replace(ACME, is_mailed=False),), (), WhyNotMailed.SAID_NO),
        (
            (replace(ACME, email="Claims@acme.example"),),
            ("claims@acme.example",),
            WhyNotMailed.ADDRESS_REFUSED,
        ),
    ):
        plan = plan_mail(replace(SETUP, payer_contacts=contacts), [INVOICE], refused, today)
        assert (plan.mails, [one.why for one in plan.not_mailed]) == ((), [why])
    uncertain = replace(INVOICE, reached=(reached(1, 1, is_certain=False),))
    plan = plan_mail(SETUP, [uncertain], (), today)
    assert (plan.mails, [one.why for one in plan.not_mailed]) == ((), [WhyNotMailed.UNDECIDED])
    assert plan_mail(replace(SETUP, reminder_levels=()), [INVOICE], (), today).mails == ()


def test_the_highest_level_decides_on_the_text_and_each_invoice_says_its_own() -> None:
    second = replace(INVOICE, number="INV-2", reached=(reached(1, 30),))
    (mail,) = plan_mail(SETUP, [second, INVOICE], (), SENT + timedelta(days=60)).mails
    subject, text = write_mail(mail, SETUP, SENT)
    assert subject == "Second notice: open invoices of Lakeside"
    assert text.index("INV-1") < text.index("INV-2")
    assert "open $100.00 (Friendly reminder)" in text
    assert "open $100.00 (Second notice)" in text


def test_over_a_year_of_daily_runs_no_level_comes_twice_or_out_of_order() -> None:
    chance = random.Random(14)  # noqa: S311 - not for secrets
    for _ in range(300):
        levels = tuple(
            ReminderLevel(
                level,
                chance.randint(1, 60),
                chance.choice([CountsFrom.SENT, CountsFrom.LAST_LEVEL]) if level > 1 else CountsFrom.SENT,
                REDUCTION,
                "Friendly reminder",
            )
            for level in range(1, chance.randint(2, 5))
        )
        invoice, days = INVOICE, []
        got: dict[int, int] = defaultdict(int)
        for day in range(400):
            if chance.random() < 0.3:
                continue  # the scheduler does not run every day
            if level := due_level(invoice, levels, SENT + timedelta(days=day)):
                got[level.level] += 1
                days.append(day)
                invoice = replace(invoice, reached=(*invoice.reached, reached(level.level, day)))
        assert list(got) == [level.level for level in levels]
        assert set(got.values()) == {1}
        assert all(later - earlier >= LEAST_DAYS_BETWEEN for earlier, later in pairwise(days))
        assert days[0] >= levels[0].after_days


def test_the_built_in_texts_have_no_mistake_and_use_known_variables_only() -> None:
    for text in BUILT_IN:
        assert mistakes_in(text.subject) == mistakes_in(text.text) == []


def test_the_variables_hold_nothing_about_the_patient() -> None:
    names = {*VARIABLES, *OF_INVOICE}
    assert not {
        one
        for one in names
        if any(word in one for word in ("patient", "birth", "diagnosis", "code", "exam", "note"))
    }


def test_a_line_break_after_a_tag_stays_unless_the_line_has_nothing_else() -> None:
    clinic = replace(
        LAKESIDE.clinic, name="Lakeside", phone="(555) 010-0100", email="office@lakeside.example"
    )
    mail = plan_mail(SETUP, [INVOICE], (), SENT + timedelta(days=30)).mails[0]
    _, text = write_mail(mail, replace(SETUP, clinic=clinic), SENT)
    assert text.endswith("\n\nLakeside\n(555) 010-0100\noffice@lakeside.example\n")
    assert "\nInvoice INV-1, claim C-1\n  Date of service 01/01/2026," in text
    typed = "{% if clinic_phone %}\r\nno{% endif %}{{ payer }}\r\n  {% for invoice in invoices %} \r\n{{ invoice.number }}\n{% endfor %}\nEnd"
    values = {"clinic_phone": "", "payer": "Acme", "invoices": [{"number": "1"}, {"number": "2"}]}
    assert fill_in_text(MailText("Ours", "x", typed), values)[1] == "Acme\n1\n2\nEnd\n"


def test_a_text_is_filled_in_as_it_is_typed_and_never_evaluated() -> None:
    setup = replace(
        SETUP,
        mail_texts=(MailText("Friendly reminder", "{{ payer }}", "{{ payer }} & <b>{{ total }}</b>"),),
        payer_contacts=(replace(ACME, payer="{{ 7 * 7 }}"),),
    )
    invoice = replace(INVOICE, payer="{{ 7 * 7 }}")
    (mail,) = plan_mail(setup, [invoice], (), SENT + timedelta(days=30)).mails
    assert write_mail(mail, setup, SENT) == ("{{ 7 * 7 }}", "{{ 7 * 7 }} & <b>$100.00</b>\n")


def test_a_subject_is_one_line_whatever_a_payer_is_called() -> None:
    text = MailText("Ours", "To {{ payer }}", "x")
    assert (
        fill_in_text(text, {"payer": "Acme\r\nBcc: spy@acme.example"})[0] == "To Acme Bcc: spy@acme.example"
    )
    with pytest.raises(ValueError, match="has a mistake"):
        fill_in_text(MailText("Ours", "x", "{{ payer.__class__ }}"), {"payer": "Acme"})


def test_an_invoice_counts_for_its_own_state_alone() -> None:
    assert due_level(replace(INVOICE, state=State.PAID), PATH, SENT + timedelta(days=900)) is None
