"""Builds the page of the docs that prints the table of run states."""

from server.billing.payroll.recorded_runs import RunState
from server.billing.payroll.run_states import REFUSALS, RULES, RunAction, RunRule
from server.errors import ReasonNeeded

_HEAD = """\
# The states of a pay run

<!-- Built from server/billing/payroll/run_states.py: python -m tools.build -->

Every pay run is in exactly one state. [Rules](rules/pay-runs.md#states) says what each state means. Staff generate, close and void runs. The program
withdraws a draft if the payroll of its days is generated again and pays nothing.

A payroll that is generated after a close or a void becomes a new run. `run-is-closed` then only meets a click whose run was closed or voided while the click
was being worked on. Approve payroll on a closed run changes nothing and says when the run was approved.

A close is also refused if its visits may be paid already ([closing a run](rules/pay-runs.md#closing)): `already-paid-elsewhere`, `similar-visits-paid`.
"""

_DIAGRAM = """\
```mermaid
stateDiagram-v2
{arrows}
```
"""

_TABLE = """\
| state | action | needs | leads to | refused as |
|---|---|---|---|---|
{rows}
"""


def run_states_page() -> str:
    """Return ``docs/run-states.md``."""
    open_rows = {(rule.state, rule.action): _open_row(rule) for rule in RULES}
    rows = [
        open_rows.get((state, action)) or _refused_row(state, action)
        for state in RunState
        for action in RunAction
    ]
    return "\n".join([_HEAD, _DIAGRAM.format(arrows=_state_arrows()), _TABLE.format(rows="\n".join(rows))])


def _state_arrows() -> str:
    """Return the arrows that create a run or lead to another state."""
    lines = [
        f"    [*] --> {RunState.DRAFT}: {RunAction.GENERATE}",
        *(
            f"    {rule.state} --> {rule.leads_to}: {rule.action}"
            for rule in RULES
            if rule.leads_to is not rule.state
        ),
        f"    {RunState.VOIDED} --> [*]",
    ]
    return "\n".join(lines)


def _open_row(rule: RunRule) -> str:
    needs = [condition.says for condition in rule.conditions]
    refusals = [condition.refusal.kind.code for condition in rule.conditions]
    if rule.needs_reason:
        needs.append("a reason")
        refusals.append(ReasonNeeded.code)
    leads_to = "the same" if rule.leads_to is rule.state else f"`{rule.leads_to}`"
    codes = ", ".join(f"`{code}`" for code in refusals)
    return _table_row(rule.state, rule.action, ", ".join(needs), leads_to, codes)


def _refused_row(state: RunState, action: RunAction) -> str:
    return _table_row(state, action, "", "", f"`{REFUSALS[state, action].kind.code}`")


def _table_row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")
