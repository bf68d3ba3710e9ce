"""Which pay run a click means, in which words it is asked about, and the list of past runs."""

from collections import Counter
from collections.abc import Sequence

import orjson

from server.billing.days import us
from server.billing.money import dollars
from server.billing.payroll.held_visits import HeldVisit
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.provider_totals import total_in_words
from server.billing.payroll.recorded_runs import RunHeader, RunState
from server.billing.people import shown_name
from server.errors import MissingInput, Severity, UnknownRun, count_of
from server.errors.held_visits import NO_PROVIDER
from server.errors.remedies import GENERATE, WRITE_OFF
from server.ledger.clock import civil_day
from server.operations import pay_runs
from server.operations.clinics import show_setup
from server.operations.held_visits import waiting_visits
from server.ribbon.context import ClickContext
from server.ribbon.payroll.held_decisions import decide_if_asked
from server.ribbon.payroll.pay_figures import pay_figures
from server.ribbon.protocol import (
    FINDINGS_SHOWN,
    AskedChoice,
    AskedField,
    Click,
    Output,
    Reply,
    ReplyFinding,
    offered_remedies,
)
from server.sheets import cell_addresses
from server.sheets.payroll.held_sheet import HELD
from server.sheets.payroll.pay_runs_sheet import RUNS, RunRow, write_runs
from server.sheets.payroll.run_id import ShownRun, shown_run
from server.sheets.payroll.tables import SUMMARY_NAME


def history(context: ClickContext) -> Reply:
    """List the clinic's pay runs and its held visits in a sheet each. Write off or restore a held visit first, if asked to."""
    asked, decided = decide_if_asked(context)
    if asked:
        return asked
    runs, clinic = pay_runs.list_runs(context.session), show_setup(context.session).clinic
    held = waiting_visits(context.session)
    summary = f"{clinic.name} has {count_of(len(runs), 'pay run')}."
    if held:
        waits = f"{count_of(len(held), 'held visit')} {'waits' if len(held) == 1 else 'wait'}"
        summary += f" {waits} for a later run, listed on the sheet {HELD.name}."
    if decided:
        summary = f"{decided} {summary}"
    return Reply(
        summary=summary,
        figures={"runs": [figures_of(run) for run in runs], "held_waiting": len(held)},
        findings=[_leads_to(visit, place) for place, visit in enumerate(held[:FINDINGS_SHOWN])],
        findings_total=len(held),
        output=runs_output(context),
        activate=RUNS.name,
    )


def _leads_to(visit: HeldVisit, place: int) -> ReplyFinding:
    """Return a held visit as a finding that leads to its row of the sheet of held visits; ``place`` is its place there."""
    facts = [us(visit.day) if visit.day else "no date", visit.row.provider or NO_PROVIDER]
    row = place + 2
    return ReplyFinding(
        severity=Severity.INFO,
        code="held-visit",
        sheet=HELD.name,
        cell=cell_addresses.cell(0, row),
        row=row,
        column=HELD.titles[0],
        message=f"{' '.join(facts)}, held by run {visit.run_id}: {visit.row.problem}",
        remedy="Correct it in the log: the next run of a log that has it pays it. If it is not to be paid, write it off.",
        remedies=offered_remedies([WRITE_OFF.with_facts({"number": visit.id})]),
    )


def runs_output(context: ClickContext) -> Output:
    """Write the clinic's pay runs and its waiting held visits as a sheet each and keep them to be fetched."""
    runs, clinic = pay_runs.list_runs(context.session), show_setup(context.session).clinic
    held = waiting_visits(context.session)
    waiting = Counter(visit.run_id for visit in held)
    rows = [_row(run, waiting[run.id]) for run in runs]
    workbook = write_runs(clinic, rows, held, context.click.workbook.date_system)
    return context.keep(workbook, [RUNS.name, HELD.name] if held else [RUNS.name])


def chosen_run(context: ClickContext) -> RunHeader | None:
    """Return the run the click names, else the one its workbook shows; ``None`` if it must be asked for.

    The only run there is must be asked for, too: it may belong to another workbook.
    """
    if named := context.click.answers().get("run"):
        return pay_runs.find_run(context.session, named)
    shown = run_in_front(context.click)
    if shown is None:
        return None
    try:
        return pay_runs.find_run(context.session, shown.run_id)
    except UnknownRun:
        raise UnknownRun(shown.run_id, SUMMARY_NAME) from None


def run_in_front(click: Click) -> ShownRun | None:
    """Return the run shown in the workbook's Payroll Summary."""
    summary = click.only_sheet(SUMMARY_NAME)
    return shown_run(summary.worksheets()) if summary else None


def ask_which(runs: Sequence[RunHeader], otherwise: str) -> AskedField:
    """Return the question which run is meant; none is preselected.

    Refuses with the sentence ``otherwise`` if there is none to choose.
    """
    if not runs:
        raise MissingInput("run", otherwise, "Press Generate payroll first.", [GENERATE])
    choices = [AskedChoice(value=run.id, label=words_of(run)) for run in runs]
    return AskedField(name="run", label="Run", kind="choice", choices=choices)


def provider_names(run: RunHeader) -> list[str]:
    """Return the names of the providers whom a run pays, as it recorded them."""
    return [str(one["provider"]) for one in orjson.loads(run.figures).get("providers", ())]


def providers_in(run: RunHeader) -> str:
    """Return how many providers a run pays, as text."""
    return count_of(len(provider_names(run)), "provider")


def figures_of(run: RunHeader) -> dict[str, object]:
    """Return the totals of a recorded run that programs rely on."""
    return {
        "run": run.id,
        "state": run.state,
        "state_label": run.state.label,
        "from": run.period.first.isoformat(),
        "to": run.period.last.isoformat(),
        "rows_in": run.rows_in,
        "paid": run.paid,
        "excluded": run.excluded,
        "held": run.held,
        "blocked": run.blocked,
        "already_paid": run.already_paid,
        **pay_figures(run),
        "fingerprint": run.fingerprint,
    }


def words_of(run: RunHeader) -> str:
    """Return the text that tells one run from another: its period, providers, total and state."""
    return (
        f"{in_words(run.period)}: {providers_in(run)}, {dollars(run.total_cents)} ({run.state.label.lower()})"
    )


def total_words(run: RunHeader) -> str:
    """Return what a run pays: its period, providers and total, with the adjustments, the plan lines, the pay items, the payments and
    what is carried.
    """
    return f"{in_words(run.period)}, {providers_in(run)}, {pay_words(run)}"


def pay_words(run: RunHeader) -> str:
    """Return what a run hands over: ``$12,480.00, with 2 adjustments (-$80.00)``."""
    return total_in_words(run)


def _row(run: RunHeader, waiting: int) -> RunRow:
    """Return a run as the sheet shows it. ``waiting`` is how many visits that it held still wait."""
    counts = (run.rows_in, run.paid, run.excluded, run.held, run.blocked, run.already_paid)
    approved = (civil_day(run.closed_at), shown_name(run.closed_by))
    return RunRow(
        run.id,
        run.period,
        run.pay_date,
        run.state.label,
        counts,
        (
            run.paid_cents,
            run.adjustment_cents,
            run.plans_cents,
            run.items_cents,
            run.collections_cents,
            run.carried_in_cents - run.carried_out_cents,
        ),
        approved,
        _remark_on(run, waiting),
        waiting,
    )


def _remark_on(run: RunHeader, waiting: int) -> str:
    """Return why a run was voided, or what became of the visits that it held; "" if there is nothing to say."""
    if run.state is not RunState.CLOSED or not run.held:
        return run.void_reason
    held = f"{count_of(run.held, 'visit')} held"
    return (
        f"{held}, {waiting:,} still {'waits' if waiting == 1 else 'wait'}"
        if waiting
        else f"{held}, none waits any more"
    )
