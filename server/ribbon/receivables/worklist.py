"""The button Worklist: everything that waits for somebody, on a sheet and counted in the task pane (rule: receivables#worklist)."""

from collections.abc import Sequence

from server.billing.money import dollars
from server.billing.receivables.worklist import WorkItem, WorkKind
from server.errors import count_of
from server.operations.clinics import show_setup
from server.operations.worklist import list_worklist
from server.ribbon.context import ClickContext
from server.ribbon.protocol import Panel, PanelRow, Reply, ReplyRemedy
from server.ribbon.ribbon_table import ribbon
from server.sheets.receivables.tables import WORKLIST
from server.sheets.receivables.worklist_sheet import write_worklist

KIND, WHO = "kind", "who"
_INPUTS = {WorkKind.UNAPPLIED_CREDIT: {"state": "credit"}, WorkKind.DENIAL: {"state": "open"}}
"""What the button of a kind is pressed with."""


def show_worklist(context: ClickContext) -> Reply:
    """Add the Worklist sheet to the workbook, unless nothing waits."""
    chosen = context.chosen_word(KIND, [kind.value for kind in WorkKind])
    who = context.click.answers().get(WHO, "")
    clinic = show_setup(context.session).clinic
    items = list_worklist(context.session, WorkKind(chosen) if chosen else None, who)
    words = ", ".join(filter(None, (chosen, f"for {who}" if who else "")))
    about = f" ({words})" if words else ""
    figures = {
        "items": len(items),
        "kinds": {kind.value: len(found) for kind in WorkKind if (found := _of_kind(items, kind))},
    }
    if not items:
        return Reply(summary=f"Nothing waits at {clinic.name}{about}.", figures=figures)
    labels = {kind.button: ribbon().find_button(kind.button).label for kind in WorkKind}
    workbook = write_worklist(clinic, items, labels, context.click.workbook.date_system)
    oldest = max(one.days_waiting for one in items)
    return Reply(
        summary=f"{count_of(len(items), 'thing')} {'waits' if len(items) == 1 else 'wait'} at {clinic.name}{about}."
        f" The oldest has waited {count_of(oldest, 'day')}.",
        figures=figures,
        output=context.keep(workbook, [WORKLIST.name]),
        activate=WORKLIST.name,
        panels=[Panel(title=f"Waiting at {clinic.name}", rows=_panel_rows(items, labels))],
    )


def _of_kind(items: Sequence[WorkItem], kind: WorkKind) -> list[WorkItem]:
    return [one for one in items if one.kind is kind]


def _panel_rows(items: Sequence[WorkItem], labels: dict[str, str]) -> list[PanelRow]:
    """Return a row for each kind that waits: how much, and the button that helps."""
    most = max(len(_of_kind(items, kind)) for kind in WorkKind)
    rows = []
    for kind in WorkKind:
        found = _of_kind(items, kind)
        if not found:
            continue
        cents = sum(one.amount_cents or 0 for one in found)
        oldest = max(one.days_waiting for one in found)
        amount = f"{dollars(cents)}, " if cents else ""
        rows.append(
            PanelRow(
                label=kind.value.capitalize(),
                value=f"{len(found):,}",
                note=f"{amount}the oldest {count_of(oldest, 'day')}",
                share=len(found) / most,
                opens=ReplyRemedy(
                    label=labels[kind.button], button=kind.button, inputs=_INPUTS.get(kind, {}), resumes=False
                ),
            )
        )
    return rows
