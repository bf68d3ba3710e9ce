"""What refusals and findings offer in Excel: in a message box, or, if there is too much for one, on the question sheet."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
import xlwings as xw

from addin.desktop import bridge, dialogs, native
from addin.desktop.refusals import Refusal

Remedy = Mapping[str, Any]
"""``label``, ``button`` and ``inputs`` (docs/contracts.md#remedies)."""

MOST_IN_A_BOX: Final = 2
CHOSEN: Final = "_remedy"
"""The name of the question which remedy it is to be. No button has such a question."""

TRY_AGAIN: Final = "Try again"
WHAT_YOU_CAN_DO: Final = "What you can do about the findings"
CHOOSE_ON_SHEET: Final = "Choose what to do about them on the sheet Questions"


def offered_by_refusal(refusal: Refusal, table: Mapping[str, Any]) -> list[Remedy]:
    """Return what a refusal offers, as many as a box can: its remedies and those of its findings whose buttons the ribbon has,
    the way to its rows, and to try once more.
    """
    of_findings = (remedy for found in refusal.findings for remedy in found.get("remedies") or ())
    every = [*refusal.remedies, *of_findings]
    offered = _on_ribbon([one for place, one in enumerate(every) if one not in every[:place]], table)
    cells = [found for found in refusal.findings if found.get("sheet") and found.get("cell")]
    if cells:
        rows = "the row" if len(cells) == 1 else f"the {len(cells):,} rows"
        offered.append({"label": f"Show {rows}", "show": cells[0]})
    if refusal.may_pass:
        offered.append({"label": TRY_AGAIN, "again": True})
    return offered[:MOST_IN_A_BOX]


def text_of(refusal: Refusal) -> str:
    """Return the sentences of a refusal, and the first of its findings: no sheet lists them."""
    found = {"findings": list(refusal.findings)}
    return "\n\n".join(filter(None, [refusal.sentence, *dialogs.finding_lines(found), refusal.remedy]))


def show_cell(book: xw.Book, found: Mapping[str, Any]) -> str:
    """Put the sheet of a finding in front and select its cell. What hides it is shown; return that as a sentence, "" if nothing
    did.
    """
    name, address = found["sheet"], found["cell"]
    if all(sheet.name != name for sheet in book.sheets):
        return f"The sheet {name} is no longer there. It may have been renamed or deleted."
    sheet = book.sheets[name]
    said = []
    if not sheet.visible:
        sheet.visible = True
        said.append(f"The sheet {name} was hidden and is shown now.")
    sheet.activate()
    cells = sheet.range(address)
    if native.rows_hidden(cells) is not False:
        native.show_rows(cells)
        said.append(f"Row {cells.row} was hidden or filtered out, and is shown now.")
    cells.select()
    return " ".join(said)


def offered_by_findings(reply: Mapping[str, Any], table: Mapping[str, Any]) -> list[Remedy]:
    """Return the remedies of a reply's findings, each once. Their labels say what they are about."""
    return [
        {**remedy, "label": f"{remedy['label']} ({_about(finding, count)})"}
        for finding, count in _kinds(reply.get("findings") or ())
        for remedy in _on_ribbon(finding.get("remedies") or (), table)
    ]


def choose_in_box(app: xw.App, text: str, offered: Sequence[Remedy], title: str) -> Remedy | None:
    """Offer one or two remedies in a message box, and return the one that is chosen, or ``None``."""
    names = ("OK",) if len(offered) == 1 else ("Yes", "No")
    labels = "\n".join(f"{name}: {remedy['label']}" for name, remedy in zip(names, offered, strict=True))
    buttons = "ok_cancel" if len(offered) == 1 else "yes_no_cancel"
    pressed = dialogs.pressed_button(app, f"{text}\n\n{labels}", title, buttons)
    return next((one for name, one in zip(names, offered, strict=True) if name.lower() == pressed), None)


def as_questions(offered: Sequence[Remedy]) -> dict[str, Any]:
    """Return the remedies as a form with one choice."""
    choices = [{"value": orjson.dumps(one).decode(), "label": one["label"]} for one in offered]
    label = "What is to be done first?"
    return {
        "title": WHAT_YOU_CAN_DO,
        "fields": [{"name": CHOSEN, "label": label, "kind": "choice", "choices": choices}],
    }


def take_chosen(answers: dict[str, Any]) -> Remedy | None:
    """Return the remedy that was chosen on the question sheet, and take it from the answers; ``None`` without one."""
    chosen = answers.pop(CHOSEN, None)
    try:
        remedy: Any = orjson.loads(chosen or "null")
    except orjson.JSONDecodeError:
        return None
    return remedy if isinstance(remedy, dict) else None


def offered_on_form(questions: Sequence[bridge.Question]) -> list[Remedy]:
    """Return the remedies that a question sheet offered."""
    values = [value for one in questions if one.name == CHOSEN for value in one.choices.values()]
    return [remedy for remedy in map(orjson.loads, values) if isinstance(remedy, dict)]


def _on_ribbon(remedies: Sequence[Remedy], table: Mapping[str, Any]) -> list[Remedy]:
    known = {row["id"] for row in table["button"]}
    return [remedy for remedy in remedies if remedy["button"] in known]


def _kinds(findings: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Yield the first finding of each kind, and how many there are: those of one code with the same remedies are one kind."""
    kinds: dict[bytes, list[Mapping[str, Any]]] = {}
    for finding in findings:
        if finding.get("remedies"):
            kinds.setdefault(orjson.dumps([finding["code"], finding["remedies"]]), []).append(finding)
    for alike in kinds.values():
        yield alike[0], len(alike)


def _about(finding: Mapping[str, Any], count: int) -> str:
    place = finding.get("cell") or finding.get("sheet") or finding["code"]
    return place if count == 1 else f"{place} and {count - 1:,} more"
