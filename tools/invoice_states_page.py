"""Builds the page of the docs that prints the table of the state machine."""

from collections.abc import Iterable

from server.billing.invoices.invoice import SETTLED, SHEET_ACTIONS, State
from server.billing.invoices.state_machine import RULES, Rule
from server.billing.rights import MANAGERS

_HEAD = """\
# The states of an invoice

<!-- Built from server/billing/invoices/state_machine.py: python -m tools.build -->

Every invoice is in exactly one state. Sheets, filters and sentences call it by its label, REST and figures by its code. What is not in these tables is refused with the open actions named, and nothing is
written. A step that does not fit is refused for the first of these reasons: the action is not open, a manager has to do it,
inputs are missing or cannot be right (all are named at once), the amount does not fit, the cheque is recorded already, the credit
cannot be used.

Actions in **bold** are typed into the Action column of an Invoices sheet. Of the others, *create* is the button Create invoices, *edit lines* the
sheet Invoice Lines, and *attach* the button Attach document; *remind* is taken over REST only. *Transfer credit* and *return credit*
are in no table, because nobody asks for them: they are recorded on the invoice that holds credit, with the step on the other invoice. *needs* are inputs without which the action is refused,
*takes* those it also looks at; others are left alone. *posts* reads: debit from credit.
"""

_DIAGRAM = """\
```mermaid
stateDiagram-v2
{arrows}
```
"""


def states_page() -> str:
    """Return ``docs/invoice-states.md``."""
    sections = "\n".join(_state_section(state) for state in State)
    return "\n".join([_HEAD, _DIAGRAM.format(arrows=_state_arrows()), sections])


def _state_arrows() -> str:
    """Return the arrows to other states. Actions that stay in their state would only clutter the diagram."""
    drawn = dict.fromkeys(
        (rule.state, rule.leads_to, rule.action) for rule in RULES if rule.leads_to is not rule.state
    )
    lines = [
        *(f"    {state}: {state.label}" for state in State),
        f"    [*] --> {State.PENDING_INVOICE}",
        *(f"    {a} --> {b}: {action}" for a, b, action in drawn),
    ]
    return "\n".join([*lines, *(f"    {state} --> [*]" for state in State if state in SETTLED)])


def _state_section(state: State) -> str:
    settled = "Settles its part of the case.\n\n" if state in SETTLED else ""
    head = "| action | needs | takes | where | leads to | posts | who |\n|---|---|---|---|---|---|---|"
    rows = (_rule_row(rule) for rule in RULES if rule.state is state)
    return "\n".join([f"## {state.label}", "", f"The code is `{state}`.", "", settled + head, *rows, ""])


def _rule_row(rule: Rule) -> str:
    action = f"**{rule.action}**" if rule.action in SHEET_ACTIONS else rule.action.value
    leads_to = "the same" if rule.leads_to is rule.state else rule.leads_to.label
    who = "manager" if rule.roles == MANAGERS else "anybody"
    needs, takes = ", ".join(" or ".join(need) for need in rule.needs), ", ".join(rule.takes)
    cells = (
        action,
        needs,
        takes,
        _join_words(_condition_words(rule)),
        leads_to,
        _join_words(_posting_words(rule)),
        who,
    )
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def _condition_words(rule: Rule) -> Iterable[str]:
    yield from (guard.says for guard in rule.when)
    if rule.exception:
        yield f"Exception is “{rule.exception}”"
    if rule.amount:
        yield f"Amount is {rule.amount}"


def _posting_words(rule: Rule) -> Iterable[str]:
    if rule.takes_back:
        yield f"reversed: {rule.takes_back}"
    yield from rule.posts


def _join_words(parts: Iterable[str]) -> str:
    return "; ".join(parts)
