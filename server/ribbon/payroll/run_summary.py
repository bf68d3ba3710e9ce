"""A calculated run in words and numbers: what is paid, what was paid before, and what needs a person."""

from collections import Counter
from collections.abc import Mapping, Sequence

from server.billing.money import dollars
from server.billing.payroll.held_visits import DraftHolds
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import Outcome, PaidEarlier, PayRun
from server.billing.payroll.provider_totals import total_in_words, totals_of_run
from server.errors import Severity, count_of
from server.ribbon.payroll.pay_figures import HANDED_OVER, WAITING, pay_figures

PAY_FIGURES = {
    "run",
    *HANDED_OVER,
    *WAITING,
    "already_paid_cents",
    "providers",
}
"""The figures about pay, which a check of a log does not calculate."""

NOTHING_HELD = DraftHolds()

RUNS_NAMED = 3
"""If there are more runs than this, they are counted and not named."""


def run_figures(
    run: PayRun, works_as: Mapping[str, str], holds: DraftHolds = NOTHING_HELD
) -> dict[str, object]:
    """Return the totals that programs rely on; ``run`` is "" if nothing is paid or held, because no run is recorded
    then.

    ``providers`` are those with a line first, in the order of the setup, then those with an adjustment, a plan line, a pay item or a
    carried-forward total only. ``paid_cents`` is the pay of the period's lines, ``total_cents`` what is handed over.
    ``held`` counts the rows whose note is not signed, ``released`` the lines whose visits an earlier run held.
    """
    released = [one.source_row for one in holds.found if one.outcome is Outcome.PAID]
    return {
        "run": run.id,
        "clinic": run.clinic.id,
        "from": run.period.first.isoformat(),
        "to": run.period.last.isoformat(),
        "rows_in": run.rows_in,
        **{outcome.value.replace(" ", "_"): run.count(outcome) for outcome in Outcome},
        "released": len(released),
        **pay_figures(run),
        "already_paid_cents": sum(paid.paid_cents for paid in run.paid_earlier),
        "providers": _provider_figures(run, works_as, holds, released),
        "fingerprint": run.fingerprint,
        "unread_columns": [heading for heading, _ in run.log.unread],
    }


def _provider_figures(
    run: PayRun, works_as: Mapping[str, str], holds: DraftHolds, released: Sequence[int]
) -> list[dict[str, object]]:
    """Return the figures of each provider; ``released`` are the rows of the lines whose visits an earlier run held."""
    released_of = Counter(run.every_line.provider[run.every_line.row.isin(released)].tolist())
    held_of = Counter(row.provider for row in holds.unsigned)
    grouped = run.lines.amount_cents.groupby(run.lines.provider, observed=True).agg(["size", "sum"])
    visits = {str(name): int(size) for name, size, _ in grouped.itertuples()}
    paid = {str(name): int(cents) for name, _, cents in grouped.itertuples()}
    totals = totals_of_run(paid, run)
    return [
        {
            "provider": name,
            "visits": visits.get(name, 0),
            **pay_figures(totals[name]),
            "held": held_of[name],
            "released": released_of[name],
            "works_as": works_as.get(name, ""),
        }
        for name in (*paid, *(name for name in totals if name not in paid))
    ]


def heading_of(what: str, run: PayRun) -> str:
    """Return what was done, for which clinic and period."""
    return f"{what} {run.clinic.name}, {in_words(run.period)}"


def paid_words(run: PayRun) -> str:
    """Return who is paid how much, and what is left to do."""
    heading = heading_of("Payroll for", run)
    if not run.is_recorded:
        return f"{heading}: {rest_words(run)} No run is recorded."
    if not run.pays_something:
        return f"{heading}: {rest_words(run)} Approve it, so that what is held is kept in the books."
    paid = {str(name): 0 for name in run.lines.provider.unique()}
    people = count_of(len(totals_of_run(paid, run)), "provider")
    return f"{heading}: {people}, {total_in_words(run)}. {rest_words(run)}"


def rest_words(run: PayRun) -> str:
    """Return the outcome of the rows that are not paid; if no row is paid and none adjusts a pay, the reason."""
    if not run.pays_something:
        return _why_nothing_is_paid(run)
    waiting = run.count(Outcome.BLOCKED)
    needing = f"{_need(waiting)}." if waiting else _worth_a_look(run)
    parts = [
        f"{_already_paid(run)}." if run.count(Outcome.ALREADY_PAID) else "",
        f"{_held_words(run.count(Outcome.HELD))}." if run.count(Outcome.HELD) else "",
        needing,
    ]
    return " ".join(filter(None, parts))


def _worth_a_look(run: PayRun) -> str:
    """Return how many findings are to be reviewed before a run without blocked rows is approved."""
    looks = sum(max(1, len(finding.rows)) for finding in run.findings if finding.severity is Severity.REVIEW)
    if not looks:
        return "No problems found."
    return f"No row is blocked. {count_of(looks, 'finding')} to review."


def _why_nothing_is_paid(run: PayRun) -> str:
    already, excluded, held, waiting = (
        run.count(outcome)
        for outcome in (Outcome.ALREADY_PAID, Outcome.EXCLUDED, Outcome.HELD, Outcome.BLOCKED)
    )
    if already == run.rows_in:
        visits = "The only visit was" if already == 1 else f"All {already:,} visits were"
        return f"{visits} already paid{_in_runs(run.paid_earlier)}; nothing is left to pay."
    if excluded == run.rows_in:
        return "Every row is excluded; the sheet Excluded says why."
    if waiting == run.rows_in:
        return f"{_need(waiting)}."
    if held == run.rows_in:
        return f"{_held_words(held)}."
    parts = [
        f"{_already_paid(run)}{_in_runs(run.paid_earlier)}" if already else "",
        f"{_rows_are(excluded)} excluded" if excluded else "",
        _held_words(held) if held else "",
        _need(waiting) if waiting else "",
    ]
    return f"No row can be paid: {_runs_in_words([part for part in parts if part])}."


def _already_paid(run: PayRun) -> str:
    count = run.count(Outcome.ALREADY_PAID)
    amount = f" ({dollars(sum(paid.paid_cents for paid in run.paid_earlier))})" if run.paid_earlier else ""
    return f"{count_of(count, 'visit')}{amount} {'was' if count == 1 else 'were'} already paid"


def _in_runs(paid_earlier: Sequence[PaidEarlier]) -> str:
    names = [paid.run_id for paid in paid_earlier]
    if not names:
        return ""
    if len(names) > RUNS_NAMED:
        return f" in {len(names)} earlier runs"
    return f" in {'run' if len(names) == 1 else 'runs'} {_runs_in_words(names)}"


def _held_words(count: int) -> str:
    because = "its note is" if count == 1 else "their notes are"
    return f"{count_of(count, 'visit')} {'is' if count == 1 else 'are'} held for a later run, because {because} not signed"


def _rows_are(count: int) -> str:
    return f"{count_of(count, 'row')} {'is' if count == 1 else 'are'}"


def _need(count: int) -> str:
    return f"{count_of(count, 'row')} {'needs' if count == 1 else 'need'} attention"


def _runs_in_words(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
