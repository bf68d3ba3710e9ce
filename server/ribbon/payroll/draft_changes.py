"""What changed since a draft was made: its log, the setup, or what other runs have paid."""

from collections import Counter
from dataclasses import dataclass

from server.billing.clinics import Setup
from server.billing.days import us
from server.billing.money import dollars
from server.billing.payroll.pay_run import Outcome, PayRun
from server.billing.payroll.recorded_runs import RunHeader
from server.billing.payroll.review_flags import ReviewFlag, flags_of
from server.billing.payroll.visit_recognition import Recognition
from server.errors import (
    AnotherClinicsLog,
    EmptySetup,
    EmptySheet,
    HeaderNotFound,
    MissingColumn,
    OwnSheet,
    count_of,
)
from server.operations.pay_runs import DraftOnRecord, draft_on_record
from server.operations.payroll import CalculatedRun
from server.ribbon.context import ClickContext
from server.ribbon.payroll.generate import compute_run, is_of_log
from server.ribbon.payroll.pay_runs import run_in_front
from server.ribbon.protocol import Click
from server.ribbon.ribbon_table import ribbon
from server.sheets.appointment_log.appointment_numbers import APPOINTMENT_NUMBER
from server.sheets.payroll.run_id import ShownRun
from server.sheets.payroll.tables import SUMMARY_NAME
from server.sheets.questions import Unanswered
from server.sheets.tables import PAYMENTS

LOG_UNUSABLE = (AnotherClinicsLog, EmptySetup, EmptySheet, HeaderNotFound, MissingColumn, OwnSheet)
"""Refusals about the log or the setup, not about the click."""


@dataclass(frozen=True, slots=True)
class DraftInFront:
    """A draft, what it was made from, and its sheets in the workbook of the click.

    ``shown`` is the run shown in the workbook's Payroll Summary, ``None`` if that is another run or none; ``log`` is
    the click with only the draft's log in it, ``None`` if the log was not sent.
    """

    run: RunHeader
    on_record: DraftOnRecord
    shown: ShownRun | None
    log: Click | None

    @property
    def lacks_log(self) -> bool:
        """Return whether the workbook shows the draft but its log was not sent."""
        return self.shown is not None and self.log is None and bool(self.log_sheet)

    @property
    def log_sheet(self) -> str:
        """Return the name of the sheet it was made from, "" if unknown."""
        return self.on_record.basis.log_sheet


def draft_in_front(context: ClickContext, run: RunHeader) -> DraftInFront:
    """Return a draft with its sheets in the click.

    A sheet with the log's name counts as the log only in a workbook that shows the draft: many logs have the same
    name.
    """
    on_record = draft_on_record(context.session, run.id)
    shown = run_in_front(context.click)
    if shown is None or shown.run_id != run.id:
        return DraftInFront(run, on_record, None, None)
    sheet = on_record.basis.log_sheet
    return DraftInFront(
        run, on_record, shown, context.click.only_sheet(sheet, *_beside_log()) if sheet else None
    )


def _beside_log() -> list[str]:
    """Return the sheets that a payroll is generated from beside its log."""
    return [*ribbon().find_button("payroll.generate").reads_beside, PAYMENTS.name]


def context_of_log(context: ClickContext, draft: DraftInFront, log: Click) -> ClickContext:
    """Return a click that generates the draft again: with its log, its period, and the answers given for it."""
    period, kept = draft.run.period, draft.on_record.basis.answers
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    answers = {name: text for name, text in kept.items() if is_of_log(name)}
    given = {name: text for name, text in context.click.answers().items() if name not in days}
    inputs = {**answers, **given, **(days if days.keys() <= kept.keys() else {})}
    return ClickContext(context.session, log.model_copy(update={"inputs": inputs}), draft_period=period)


@dataclass(frozen=True, slots=True)
class ComparedDraft:
    """A draft beside what its log and setup give now: sentences about what changed, none if that is the same draft.

    ``calculated`` and ``setup`` are what they give now, ``None`` if that was not calculated.
    """

    changes: list[str]
    calculated: CalculatedRun | None = None
    setup: Setup | None = None


def compared_draft(context: ClickContext, draft: DraftInFront) -> ComparedDraft:
    """Return a draft beside what its log and setup give now. Without the log only the setup can be compared.

    It is the same draft only if its lines and its flags are the same, so that what is ticked as seen is what its sheets
    list, also where they are written again.
    """
    run, sentences = draft.run, _changes_without_log(draft)
    if draft.log is None:
        is_changed = draft.on_record.is_setup_changed or draft.on_record.is_of_earlier_version
        return ComparedDraft(sentences + ([_setup_changed(draft.on_record)] if is_changed else []))
    if draft.on_record.is_of_earlier_version:
        sentences.append(_setup_changed(draft.on_record))
    try:
        calculated, setup, _ = compute_run(context_of_log(context, draft, draft.log))
    except Unanswered as unanswered:
        asked = " ".join(question.label for question in unanswered.questions)
        is_about_paid = any(question.name == APPOINTMENT_NUMBER for question in unanswered.questions)
        cause = _cause(draft, paid_since=is_about_paid and bool(draft.on_record.closed_since))
        return ComparedDraft(
            [*sentences, f"Since this draft was made {cause}. That raises a question: {asked}"]
        )
    except LOG_UNUSABLE as refusal:
        return ComparedDraft([*sentences, f"This draft can no longer be made from its log: {refusal}"])
    now = calculated.run
    if now.fingerprint != run.fingerprint:
        paid_since = now.count(Outcome.ALREADY_PAID) > run.already_paid or _is_about_runs_since(
            draft, calculated.recognition
        )
        cause = _cause(draft, paid_since=paid_since)
        sentences.append(f"Since this draft was made {cause}: {_outcome(run, now)}.")
    elif not draft.on_record.is_of_earlier_version:
        sentences += _changes_of_flags(draft.on_record.flags, flags_of(now.findings))
    return ComparedDraft(sentences, calculated, setup)


def _changes_of_flags(kept: tuple[ReviewFlag, ...], now: tuple[ReviewFlag, ...]) -> list[str]:
    """Return a sentence about flags that a draft would have now and does not have, or the other way round."""
    came, went = Counter(now) - Counter(kept), Counter(kept) - Counter(now)
    sentences = []
    for flags, words in ((came, "is flagged now"), (went, "is no longer flagged")):
        if flags:
            first, more = next(iter(flags)), flags.total() - 1
            others = f" And {count_of(more, 'other finding')}." if more else ""
            sentences.append(
                f"Since this draft was made, what it is flagged for changed. This {words}: {first.message}{others}"
            )
    return sentences


def _changes_without_log(draft: DraftInFront) -> list[str]:
    """Return sentences about what changed that can be said without the log."""
    run, shown = draft.run, draft.shown
    sentences = []
    if shown and shown.fingerprint not in {"", run.fingerprint}:
        total = dollars(run.total_cents)
        sentences.append(f"The sheet {SUMMARY_NAME} is older than this draft, which pays {total} by now.")
    now_paid_on, paid_on = draft.on_record.pay_date, run.pay_date
    if now_paid_on != paid_on:
        would_be, was = (us(day) if day else "none" for day in (now_paid_on, paid_on))
        sentences.append(
            f"Since this draft was made the days to the pay date changed: it would now be {would_be}, not {was}."
        )
    return sentences


def _is_about_runs_since(draft: DraftInFront, recognition: Recognition) -> bool:
    """Return whether rows look like visits that other runs have paid since the draft was made."""
    return not draft.on_record.closed_since.isdisjoint(one.visit.run_id for one in recognition.doubtful)


def _setup_changed(on_record: DraftOnRecord) -> str:
    if on_record.is_of_earlier_version:
        return (
            "This draft is from an earlier version of Clinic Ledger, which did not record all it was made from and "
            "flagged for."
        )
    return (
        "Since this draft was made the setup changed. To see what it would pay now, press Generate payroll in the "
        "workbook with its log."
    )


def _cause(draft: DraftInFront, *, paid_since: bool) -> str:
    """Return what changed. The log is named only if nothing else changed."""
    causes = []
    if draft.on_record.is_setup_changed:
        causes.append("the setup changed")
    if paid_since:
        causes.append("other runs were approved")
    return " and ".join(causes) or "its log changed"


def _outcome(run: RunHeader, now: PayRun) -> str:
    """Return what the draft would pay now, compared with what it pays."""
    total, visits = dollars(run.total_cents), now.count(Outcome.PAID)
    if now.total_cents != run.total_cents:
        outcome = f"it would now pay {dollars(now.total_cents)}, not {total}"
    elif visits != run.paid:
        outcome = f"it would now pay {total} for {count_of(visits, 'visit')}, not for {run.paid:,}"
    elif len(now.adjustments) != run.adjustments:
        adjustments = count_of(len(now.adjustments), "adjustment")
        outcome = f"it would still pay {total}, but with {adjustments}, not {run.adjustments:,}"
    elif len(now.plans) != run.plans:
        plans = count_of(len(now.plans), "plan line")
        outcome = f"it would still pay {total}, but with {plans}, not {run.plans:,}"
    elif len(now.items) != run.items:
        items = count_of(len(now.items), "pay item")
        outcome = f"it would still pay {total}, but with {items}, not {run.items:,}"
    elif len(now.payments) != run.collections:
        payments = count_of(len(now.payments), "payment")
        outcome = f"it would still pay {total}, but with {payments}, not {run.collections:,}"
    else:
        outcome = f"it would still pay {total}, but its rows are not the same"
    waiting = now.count(Outcome.BLOCKED)
    needing = f", and {count_of(waiting, 'row')} would need attention" if waiting else ""
    return outcome + needing
