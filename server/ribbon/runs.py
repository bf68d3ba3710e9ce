"""The Payroll group's smaller buttons: close a run, void one, list them."""

from server.billing.money import dollars
from server.billing.periods import in_words
from server.errors import MissingInput, RunIsClosed, UnknownRun
from server.ledger.books import Books
from server.ledger.payroll.runs import RunHeader, RunState
from server.ribbon.click import AskedChoice, AskedField, Reply
from server.ribbon.desk import ACTOR, Desk, Prepared, question
from server.sheets.payroll.runs import RUNS, RunRow, write_runs


def close(desk: Desk) -> Prepared | Reply:
    """Approve a draft run: its lines never change again, and nothing in it is paid twice."""
    run_id = _named(desk, {RunState.DRAFT})
    if run_id is None:
        return _ask_which(desk, "Which draft run do you approve?", {RunState.DRAFT})

    def finish(books: Books) -> Reply:
        run = books.close_run(run_id, ACTOR)
        summary = f"Run {run.id} ({in_words(run.period)}) is closed with {dollars(run.paid_cents)}."
        return Reply(summary=summary, figures=_figures(run))

    return Prepared(desk.clinic_id, finish)


def void(desk: Desk) -> Prepared | Reply:
    """Take a run back, with a reason; its appointments can be paid again."""
    answers = desk.click.answers()
    run_id = _named(desk, {RunState.DRAFT, RunState.CLOSED})
    if run_id is None or "reason" not in answers:
        reason = AskedField(name="reason", label="Why is the run taken back?")
        return _ask_which(desk, "Which run do you take back?", {RunState.DRAFT, RunState.CLOSED}, reason)

    def finish(books: Books) -> Reply:
        run = books.void_run(run_id, answers["reason"], ACTOR)
        return Reply(
            summary=f"Run {run.id} is voided. Its appointments can be paid again.", figures=_figures(run)
        )

    return Prepared(desk.clinic_id, finish)


def history(desk: Desk) -> Prepared:
    """List the clinic's pay runs in a sheet."""
    with desk.books.reading() as books:
        runs, clinic = books.runs(), books.setup().clinic
    output = desk.keep(
        write_runs(clinic, [_row(run) for run in runs], desk.click.workbook.date_system), [RUNS.name]
    )
    summary = f"{clinic.name} has {len(runs)} pay run{'' if len(runs) == 1 else 's'}."
    figures = {"runs": [_figures(run) for run in runs]}
    reply = Reply(summary=summary, figures=figures, output=output, activate=RUNS.name)
    return Prepared(desk.clinic_id, lambda _: reply)


def _named(desk: Desk, states: set[RunState]) -> str | None:
    """Return the run the click names, else the only one it can mean; ``None`` where it must be asked."""
    with desk.books.reading() as books:
        state_of = {run.id: run.state for run in books.runs()}
    if named := desk.click.answers().get("run"):
        if named not in state_of:
            raise UnknownRun(named)
        if state_of[named] not in states:
            raise RunIsClosed(named, state_of[named])
        return named
    possible = [run_id for run_id, state in state_of.items() if state in states]
    if not possible:
        raise MissingInput(
            "run", "There is no run this button could work on.", "Press Generate payroll first."
        )
    return possible[0] if len(possible) == 1 and states == {RunState.DRAFT} else None


def _ask_which(desk: Desk, title: str, states: set[RunState], *more: AskedField) -> Reply:
    choices = [
        AskedChoice(value=run.id, label=f"{in_words(run.period)}, {dollars(run.paid_cents)} ({run.state})")
        for run in _in(desk, states)
    ]
    default = desk.click.answers().get("run") or choices[0].value
    which = AskedField(name="run", label="Run", kind="choice", choices=choices, default=default)
    return question(title, which, *more)


def _in(desk: Desk, states: set[RunState]) -> list[RunHeader]:
    with desk.books.reading() as books:
        return [run for run in books.runs() if run.state in states]


def _row(run: RunHeader) -> RunRow:
    counts = (run.rows_in, run.paid, run.excluded, run.held, run.blocked, run.already_paid)
    return RunRow(run.id, run.period, run.state.value, counts, run.paid_cents, run.void_reason)


def _figures(run: RunHeader) -> dict[str, object]:
    return {
        "run": run.id,
        "state": run.state,
        "from": run.period.first.isoformat(),
        "to": run.period.last.isoformat(),
        "rows_in": run.rows_in,
        "paid": run.paid,
        "excluded": run.excluded,
        "held": run.held,
        "blocked": run.blocked,
        "already_paid": run.already_paid,
        "paid_cents": run.paid_cents,
        "fingerprint": run.fingerprint,
    }
