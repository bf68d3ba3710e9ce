"""The sheets Payers, Reminder mail and Mail texts: typed, read, refused and written (rule: receivables#payer-mail)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from server.billing.setup_payer_mail import CountsFrom, MailedState, MailText, PayerContact, ReminderLevel
from server.sheets.clinics.setup_reader import read_setup
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.sheet import Cell, Sheet
from server.sheets.tables import MAIL_TEXTS, PAYERS, REMINDER_MAIL
from tests.invented import LAKESIDE
from tests.sheets.typed_setup import typed
from tests.sheets.workbooks import sheets_of

ACME: Sequence[Cell] = (
    "Acme Invented",
    "Claims@Acme.example",
    "Claims; 1 Invented Way",
    "yes",
    "Ask for Fern",
)
LEVEL: Sequence[Cell] = (1, 30, "sent", "Pending reduction", "Friendly reminder", "boss@office.example")
TEXT: Sequence[Cell] = ("Ours", "Open at {{ clinic }}", "To {{ payer }}: {{ total }}")


def sheets(
    payers: Sequence[Sequence[Cell]] = (),
    levels: Sequence[Sequence[Cell]] = (),
    texts: Sequence[Sequence[Cell]] = (),
) -> list[Sheet]:
    return typed(
        Payers=[PAYERS.titles, *payers],
        Reminder_mail=[REMINDER_MAIL.titles, *levels],
        Mail_texts=[MAIL_TEXTS.titles, *texts],
    )


def test_the_sheets_are_read_as_they_are_typed() -> None:
    setup, findings = read_setup(
        sheets([ACME], [LEVEL, (2, 14, "Last level", "pending reduction", "ours", "")], [TEXT])
    )
    assert findings == []
    assert setup.payer_contacts == (
        PayerContact(
            "Acme Invented",
            "Claims@acme.example",
            "Claims; 1 Invented Way",
            is_mailed=True,
            note="Ask for Fern",
        ),
    )
    state = MailedState.PENDING_REDUCTION
    assert setup.reminder_levels == (
        ReminderLevel(1, 30, CountsFrom.SENT, state, "Friendly reminder", ("boss@office.example",)),
        ReminderLevel(2, 14, CountsFrom.LAST_LEVEL, state, "Ours"),
    )
    assert setup.mail_texts == (MailText("Ours", "Open at {{ clinic }}", "To {{ payer }}: {{ total }}"),)


def test_a_payer_without_an_answer_is_not_mailed() -> None:
    setup, findings = read_setup(sheets([(*ACME[:3], None, "")]))
    assert (findings, setup.payer_contacts[0].is_mailed) == ([], False)


@pytest.mark.parametrize(
    ("address", "is_usable"),
    [
        ("claims@acme.example", True),
        ("a.b+c@sub.acme.example", True),
        ("claims", False),
        ("claims@localhost", False),
        ("claims@acme.example, other@acme.example", False),
        ("Claims <claims@acme.example>", False),
        ("claims@acme.example\nBcc: spy@acme.example", False),
        ("claims@acme.example\r\nBcc: spy@acme.example", False),
        ("clàims@acme.example", False),
        ("@acme.example", False),
    ],
)
def test_only_one_address_is_an_address(address: str, is_usable: bool) -> None:  # noqa: FBT001
    _, findings = read_setup(sheets([(ACME[0], address, *ACME[2:])]))
    assert [finding.code for finding in findings] == ([] if is_usable else ["not-an-email-address"])
    _, findings = read_setup(sheets([], [(*LEVEL[:5], address)]))
    # A line break separates two addresses of a Cc, of which the second is none.
    assert bool(findings) is not is_usable


@pytest.mark.parametrize(
    ("row", "code", "title"),
    [
        ((None, *LEVEL[1:]), "blank-cell", "Level"),
        ((10, *LEVEL[1:]), "not-a-level", "Level"),
        ((1.5, *LEVEL[1:]), "not-a-level", "Level"),
        ((1, 0, *LEVEL[2:]), "not-days-after", "After days"),
        ((1, 731, *LEVEL[2:]), "not-days-after", "After days"),
        ((1, "soon", *LEVEL[2:]), "not-a-number", "After days"),
        ((1, 30, "created", *LEVEL[3:]), "not-a-choice", "Counts from"),
        ((1, 30, "agreed", *LEVEL[3:]), "level-counts-from-nothing", "Counts from"),
        ((1, 30, "last level", *LEVEL[3:]), "level-counts-from-nothing", "Counts from"),
        ((1, 30, "sent", "Paid", *LEVEL[4:]), "not-a-choice", "State"),
        ((*LEVEL[:4], "Third notice", ""), "unknown-mail-text", "Template"),
    ],
)
def test_what_is_wrong_with_a_level_is_marked(row: Sequence[Cell], code: str, title: str) -> None:
    setup, findings = read_setup(sheets([], [row]))
    assert [(one.code, one.heading) for one in findings] == [(code, title)]
    assert setup.reminder_levels == ()


@pytest.mark.parametrize(
    ("subject", "text", "code", "title"),
    [
        ("Open", "{{ patient }}", "unknown-mail-variable", "Text"),
        ("Open", "{{ diagnosis }}", "unknown-mail-variable", "Text"),
        ("Open", "{{ payer.__class__ }}", "unknown-mail-variable", "Text"),
        ("Open", "{% for i in invoices %}{{ i.patient }}{% endfor %}", "unknown-mail-variable", "Text"),
        ("Open", "{% for i in invoices %}{{ i }}{% endfor %}", "mail-text-unusable", "Text"),
        ("Open", "{{ invoices }}", "mail-text-unusable", "Text"),
        ("Open", "{{ payer[0] }}", "mail-text-unusable", "Text"),
        ("Open", "{{ 9 ** 9 }}", "mail-text-unusable", "Text"),
        ("Open", "{{ 'a' * 9 }}", "mail-text-unusable", "Text"),
        ("Open", "{{ payer | upper }}", "mail-text-unusable", "Text"),
        ("Open", "{{ cycler() }}", "mail-text-unusable", "Text"),
        ("Open", "{% include 'a' %}", "mail-text-unusable", "Text"),
        ("Open", "{% for i in range %}{% endfor %}", "mail-text-unusable", "Text"),
        (
            "Open",
            "{% for i in invoices %}{% for k in invoices %}x{% endfor %}{% endfor %}",
            "mail-text-unusable",
            "Text",
        ),
        ("Open", "{% set total = 1 %}", "mail-text-unusable", "Text"),
        ("Open", "{{ total", "mail-text-unusable", "Text"),
        ("Open\nBcc: a@b.example", "Pay", "mail-text-unusable", "Subject"),
        ("{% for i in invoices %}x{% endfor %}", "Pay", "mail-text-unusable", "Subject"),
        ("Open", "x" * 8_001, "mail-text-too-long", "Text"),
    ],
)
def test_what_a_text_may_not_have_is_marked(subject: str, text: str, code: str, title: str) -> None:
    setup, findings = read_setup(sheets([], [], [("Ours", subject, text)]))
    assert [(one.code, one.heading) for one in findings] == [(code, title)]
    assert setup.mail_texts == ()


def test_two_rows_of_one_name_are_refused() -> None:
    _, findings = read_setup(
        sheets(
            [ACME, ("ACME, invented", *ACME[1:])], [LEVEL, (1, 60, *LEVEL[2:])], [TEXT, ("OURS", "a", "b")]
        )
    )
    assert sorted(finding.code for finding in findings) == ["level-twice", "mail-text-twice", "payer-twice"]


def test_what_is_written_is_read_back() -> None:
    setup, _ = read_setup(sheets([ACME], [LEVEL], [(*TEXT[:2], "Two\n\nlines {{ total }}")]))
    again, findings = read_setup(sheets_of(write_setup(replace(setup, clinic=LAKESIDE.clinic))))
    assert findings == []
    assert (again.payer_contacts, again.reminder_levels, again.mail_texts) == (
        setup.payer_contacts,
        setup.reminder_levels,
        setup.mail_texts,
    )


def test_a_sheet_that_is_left_out_leaves_what_was_saved() -> None:
    saved, _ = read_setup(sheets([ACME], [LEVEL], [TEXT]))
    kept, findings = read_setup(typed(), replace(saved, clinic=LAKESIDE.clinic))
    assert (kept.payer_contacts, kept.reminder_levels, kept.mail_texts) == (
        saved.payer_contacts,
        saved.reminder_levels,
        saved.mail_texts,
    )
    assert [finding.code for finding in findings].count("sheet-left-out") >= 3
