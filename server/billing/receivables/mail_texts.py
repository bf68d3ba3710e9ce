"""The texts of mail to payers: built-in ones, those of a clinic, and the variables that they may have (rule: receivables#mail-texts).

A text is a Jinja2 template of a small part of the language: variables, ``if``, and ``for`` over the invoices. What it may use is a closed
list, checked before it is saved and again before it is filled in, so that no text can hold more of a patient than a payer needs.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from server.billing.names import fold
from server.billing.setup_payer_mail import MailText

VARIABLES: Mapping[str, str] = {
    "clinic": "the name of the clinic",
    "clinic_phone": "its telephone number",
    "clinic_email": "its e-mail address",
    "pay_to": "whom cheques are made out to",
    "remit_to": "where they are sent, in one line",
    "payer": "the name of the payer",
    "today": "the day of the mail",
    "count": "how many invoices it is about",
    "total": "what is open on them together",
    "invoices": "the invoices, for a loop",
}
"""The variables of a text, and what each is."""

OF_INVOICE: Mapping[str, str] = {
    "number": "the number of the invoice",
    "claim": "the payer's claim number, empty if unknown",
    "date_of_service": "the day of the service",
    "amount": "what is open",
    "sent": "the day on which the invoice was sent",
    "notice": "which reminder it is: the name of the text",
}
"""The variables of an invoice within the loop, and what each is."""

LONGEST_SUBJECT, LONGEST_TEXT = 150, 8_000
"""Characters of a subject and of a text as typed."""

_ONLY_TAGS = re.compile(
    r"^[ \t]*(\{%(?:(?!%\}).)*%\}(?:[ \t]*\{%(?:(?!%\}).)*%\})*)[ \t]*\r?\n", re.MULTILINE
)
"""A line that has nothing but tags. It leaves no empty line in the mail; all other line breaks stay as they are typed."""

_LISTED = """
{% for invoice in invoices %}
Invoice {{ invoice.number }}{% if invoice.claim %}, claim {{ invoice.claim }}{% endif %}
  Date of service {{ invoice.date_of_service }}, sent {{ invoice.sent }}, open {{ invoice.amount }} ({{ invoice.notice }})
{% endfor %}

In all: {{ total }}
"""
_SIGNED = """
Please send payment to {{ pay_to }}{% if remit_to %}, {{ remit_to }}{% endif %}, and quote the invoice number.
If you have paid in the meantime, please disregard this message.

{{ clinic }}{% if clinic_phone %}
{{ clinic_phone }}{% endif %}{% if clinic_email %}
{{ clinic_email }}{% endif %}
"""

BUILT_IN: Sequence[MailText] = (
    MailText(
        "Friendly reminder",
        "Reminder: open invoices of {{ clinic }}",
        "To {{ payer }}\n\nOur records show these invoices as open. We would be grateful for your answer or your payment.\n"
        + _LISTED
        + _SIGNED,
    ),
    MailText(
        "Second notice",
        "Second notice: open invoices of {{ clinic }}",
        "To {{ payer }}\n\nWe have written to you about open invoices before, and have had no payment yet. Please let us know within ten"
        " days when we can expect it, or what keeps you from paying.\n" + _LISTED + _SIGNED,
    ),
    MailText(
        "Final notice",
        "Final notice: open invoices of {{ clinic }}",
        "To {{ payer }}\n\nThe invoices below are long overdue, in spite of our reminders. Please pay them within ten days, or call us. After"
        " that, we will take further steps to collect the amount.\n" + _LISTED + _SIGNED,
    ),
)
"""The texts that every clinic has. A text of the same name on the sheet Mail texts replaces one."""

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.For,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
    nodes.Const,
)
"""The parts of the language that a text may use. There is no arithmetic, no filter and no call, so a text costs no more than its length."""


@dataclass(frozen=True, slots=True)
class TextMistake:
    """What a text must not have: ``what`` is a variable that there is not, or "" for another ``reason``, in words."""

    what: str
    reason: str = ""


def mistakes_in(text: str) -> list[TextMistake]:
    """Return what is wrong with a text, [] if it can be filled in. A variable that there is not is named once."""
    try:
        parsed = _environment().parse(text)
    except TemplateSyntaxError as problem:
        return [TextMistake("", f"line {problem.lineno} cannot be read: {problem.message}")]
    return list(dict.fromkeys(_mistakes_of(parsed, frozenset())))


def subject_mistakes_in(subject: str) -> list[TextMistake]:
    """Return what is wrong with a subject: it is one line, and has no list of invoices."""
    if "\n" in subject or "\r" in subject:
        return [TextMistake("", "a subject is one line")]
    found = mistakes_in(subject)
    try:
        names = {one.name for one in _environment().parse(subject).find_all(nodes.Name)}
    except TemplateSyntaxError:
        return found
    return [*found, TextMistake("", "a subject has no list of invoices")] if "invoices" in names else found


def _mistakes_of(node: nodes.Node, loops: frozenset[str]) -> Iterator[TextMistake]:
    """Yield the mistakes of a node and everything in it. ``loops`` are the names that stand for an invoice there."""
    if not isinstance(node, _ALLOWED):
        yield TextMistake("", f"it uses {_in_words(node)}, which a mail has no use for")
    elif isinstance(node, nodes.For):
        yield from _mistakes_of_loop(node, loops)
    elif isinstance(node, nodes.Getattr):
        is_invoice = isinstance(node.node, nodes.Name) and node.node.name in loops
        if not is_invoice or node.attr not in OF_INVOICE:
            owner = node.node.name if isinstance(node.node, nodes.Name) else "…"
            yield TextMistake(f"{owner}.{node.attr}")
    elif isinstance(node, nodes.Name):
        if node.name in loops:
            yield TextMistake(
                "", f"{node.name} is a whole invoice: name what of it you want, such as {node.name}.number"
            )
        elif node.name == "invoices":
            yield TextMistake(
                "", "invoices is a list, which belongs in a loop: {% for invoice in invoices %}"
            )
        elif node.name not in VARIABLES:
            yield TextMistake(node.name)
    else:
        for child in node.iter_child_nodes():
            yield from _mistakes_of(child, loops)


def _mistakes_of_loop(node: nodes.For, loops: frozenset[str]) -> Iterator[TextMistake]:
    is_over_invoices = isinstance(node.iter, nodes.Name) and node.iter.name == "invoices"
    is_named = isinstance(node.target, nodes.Name) and node.target.name not in VARIABLES
    if loops or not is_over_invoices or not is_named or node.test or node.else_ or node.recursive:
        yield TextMistake("", "a loop goes over the invoices: {% for invoice in invoices %} … {% endfor %}")
        return
    inner = loops | {node.target.name} if isinstance(node.target, nodes.Name) else loops
    for child in node.body:
        yield from _mistakes_of(child, inner)


def _in_words(node: nodes.Node) -> str:
    words = {
        nodes.Filter: "a filter",
        nodes.Call: "a call",
        nodes.Getitem: "an index",
        nodes.Include: "another file",
        nodes.Import: "another file",
        nodes.Extends: "another file",
    }
    return words.get(type(node), f"“{type(node).__name__.lower()}”")


def texts_of(own: Iterable[MailText]) -> dict[str, MailText]:
    """Return the texts that a clinic can use, its ``own`` and the built-in ones, by folded name."""
    return {fold(text.template): text for text in (*BUILT_IN, *own)}


def fill_in_text(text: MailText, values: Mapping[str, object]) -> tuple[str, str]:
    """Return the subject and the text with these values of ``VARIABLES``. The subject is one line.

    Raises ValueError for a text with mistakes, which the setup does not take.
    """
    for typed in (text.subject, text.text):
        if mistakes := mistakes_in(typed):
            message = f"The text “{text.template}” has a mistake: {mistakes[0].what or mistakes[0].reason}"
            raise ValueError(message)
    subject, body = (_template(typed).render(values) for typed in (text.subject, text.text))
    return " ".join(subject.split()), body.strip() + "\n"


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.globals.clear()
    environment.filters.clear()
    environment.tests.clear()
    return environment


def _template(typed: str) -> Template:
    return _environment().from_string(_ONLY_TAGS.sub(r"\1", typed))
