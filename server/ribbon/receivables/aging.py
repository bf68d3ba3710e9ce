"""The button Aging: what is owed, for how long and by whom, on the sheets Aging and Aging Detail and in the task pane."""

from collections.abc import Mapping

from server.billing.days import us
from server.billing.invoices.invoice import STATE_LABELS, state_named
from server.billing.money import MILLION, dollars
from server.billing.receivables.aging import Aging, AgingBasis, AgingGroup, Owed
from server.billing.receivables.aging_buckets import Bucket
from server.errors import MissingInput, TooLarge, count_of
from server.operations.aging import NARROWED_BY, AskedAging, figures_of, list_aging
from server.operations.clinics import show_setup
from server.operations.invoice_filters import ALL, OPEN, OWING_STATES
from server.ribbon.context import ClickContext
from server.ribbon.protocol import ROWS_OF_EXCEL, Panel, PanelRow, Reply, ReplyRemedy
from server.sheets.receivables.aging_detail import AGING_DETAIL
from server.sheets.receivables.aging_sheet import (
    AGING_NAME,
    basis_sentence,
    scope_words,
    title_of,
    write_aging,
)
from server.sheets.receivables.bucket_colors import bar_color_of

PERCENT = MILLION // 100

OLD = 120
"""Days from which on an invoice is critical."""


def show_aging(context: ClickContext) -> Reply:
    """Add the sheets Aging and Aging Detail to the workbook."""
    asked, words = _read_question(context)
    clinic = show_setup(context.session).clinic
    found, invoices = list_aging(context.session, asked)
    if len(invoices) >= ROWS_OF_EXCEL:
        raise TooLarge(f"The sheet {AGING_DETAIL.name}", f"{ROWS_OF_EXCEL - 1:,} invoices")
    is_past = found.as_of < context.today
    scope = scope_words(", ".join(words.values()), is_past=is_past)
    workbook = write_aging(clinic, found, invoices, scope, context.click.workbook.date_system)
    # The sheet has a table for each kind of party unless one was chosen. The figures are by payer unless something was chosen.
    figures = figures_of(found)
    chosen = context.chosen_word("group", (*AgingGroup, ALL))
    if not chosen:
        figures["groups"] = [one for one in figures["groups"] if one["by"] == AgingGroup.PAYER]
    return Reply(
        summary=_summary_text(clinic.name, found, words),
        figures=figures,
        panels=[_panel_of(found, asked, can_open=_can_open(found, is_past=is_past))],
        output=context.keep(workbook, [AGING_NAME, AGING_DETAIL.name]),
        activate=AGING_NAME,
        next="invoices.open" if found.total.invoices else None,
    )


# -- what is asked


def _read_question(context: ClickContext) -> tuple[AskedAging, dict[str, str]]:
    """Return the question, and what narrows it in words."""
    answers = context.click.answers()
    group = context.chosen_word("group", (*AgingGroup, ALL))
    basis = context.chosen_word("basis", tuple(AgingBasis))
    states, words = _states(answers.get("state", ""))
    spellings = {name: answers[name] for name in NARROWED_BY if name in answers}
    words |= {name: f"{name} {spelling}" for name, spelling in spellings.items()}
    asked = AskedAging(
        context.day("as_of"),
        AgingBasis(basis) if basis else AgingBasis.CREATED,
        (AgingGroup(group),) if group and group != ALL else tuple(AgingGroup),
        states,
        spellings,
        context.yes_or_no("sub_buckets") is True,
    )
    return asked, words


def _states(answer: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the state that an answer names, and what that narrows in words."""
    if answer.casefold() in {"", OPEN, ALL}:
        return (), {}
    if state := state_named(answer):
        return (state.value,), {"state": f"those in the state {state.label}"}
    sentence = f"“{answer}” is no state an invoice can have."
    choices = ", ".join((OPEN, *STATE_LABELS.values()))
    raise MissingInput("state", sentence, f"Give “state” as one of: {choices}.")


# -- the reply


def _summary_text(clinic: str, found: Aging, words: Mapping[str, str]) -> str:
    narrowed = f" ({', '.join(words.values())})" if words else ""
    if not found.total.invoices:
        return f"Nothing was outstanding at {clinic}{narrowed} as of {us(found.as_of)}.{_credit_words(found)}"
    owed = f"{dollars(found.total.balance_cents)} outstanding on {count_of(found.total.invoices, 'invoice')}"
    old = sum((amount for bucket, amount in _pairs(found) if bucket.first > OLD), Owed()).balance_cents
    older = f" {dollars(old)} of it is more than {OLD} days old." if old else ""
    counted = f"as of {us(found.as_of)}, counted from {found.basis.day_in_words}."
    sentences = f"{owed} at {clinic}{narrowed} {counted}{older}{_credit_words(found)}"
    return f"{sentences} {basis_sentence(found)}".rstrip()


def _credit_words(found: Aging) -> str:
    if not found.unapplied_cents:
        return ""
    net = f"{'-' if found.net_cents < 0 else ''}{dollars(abs(found.net_cents))}"
    return f" {dollars(found.unapplied_cents)} of unapplied credit is to be taken off: {net} net."


def _pairs(found: Aging) -> list[tuple[Bucket, Owed]]:
    return list(zip(found.buckets, found.owed, strict=True))


def _can_open(found: Aging, *, is_past: bool) -> bool:
    """Return whether the list of invoices shows what the bars count: it lists by creation, and what is open now."""
    return found.basis is AgingBasis.CREATED and not is_past


def _panel_of(found: Aging, asked: AskedAging, *, can_open: bool) -> Panel:
    outstanding = found.total.balance_cents
    rows = []
    for (bucket, owed), share in zip(_pairs(found), found.shares, strict=True):
        note = f"{count_of(owed.invoices, 'invoice')}, {share / PERCENT:.1f}% of what is outstanding"
        rows.append(
            PanelRow(
                label=f"{bucket.name} days · {bucket.risk}",
                value=dollars(owed.balance_cents),
                note=note,
                share=share / MILLION,
                color=bar_color_of(bucket),
                opens=_list_of(bucket, asked) if can_open and owed.invoices else None,
            )
        )
    rows.append(
        PanelRow(
            label="Outstanding", value=dollars(outstanding), note=count_of(found.total.invoices, "invoice")
        )
    )
    if found.unapplied_cents:
        rows.append(
            PanelRow(
                label="Unapplied credit",
                value=f"-{dollars(found.unapplied_cents)}",
                note="In no bucket; to be taken off.",
            )
        )
    return Panel(title=title_of(found), rows=rows)


def _list_of(bucket: Bucket, asked: AskedAging) -> ReplyRemedy:
    """Return the press of Invoice list that shows the invoices of a bucket, narrowed in the same way."""
    inputs = {"bucket": bucket.name, **asked.spellings}
    # Of what is open, the list also has settled invoices that hold credit: those owe nothing and are in no bucket.
    inputs["state"] = next(iter(asked.states), ", ".join(OWING_STATES))
    return ReplyRemedy(
        label=f"List the invoices of {bucket.name} days", button="invoices.open", inputs=inputs, resumes=False
    )
