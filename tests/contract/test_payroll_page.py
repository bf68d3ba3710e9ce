"""docs/payroll.md lists every question that the payroll buttons can ask, as the code has them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from server.billing.clinics import CountsAs
from server.billing.payroll.paid_visits import SameVisits
from server.billing.payroll.payment_lines import PaymentKind
from server.billing.payroll.vanished_answers import VanishedAnswer
from server.ribbon.payroll.approve import AS_IT_IS, GENERATE
from server.sheets.appointment_log import date_column, refund_columns, visit_minutes
from server.sheets.appointment_log.charge_base import ChargeBase
from server.sheets.appointment_log.header_row import question_name
from server.sheets.appointment_log.heading_synonyms import LOG_FIELDS, Several
from tests.contract.repository import ROOT, modules, tree

PAGE = (ROOT / "docs" / "payroll.md").read_text("utf-8")

CALLS = {"Question", "AskedField"}
"""What makes a question; its name is the first argument or ``name``."""

OTHER_BUTTONS = (
    "server/ribbon/clinics.py",
    "server/ribbon/fixes/",
    "server/ribbon/new_clinic.py",
    "server/ribbon/receivables/",
    "server/ribbon/list_refresh.py",
    "server/ribbon/license_attestation.py",
    "server/ribbon/cases.py",
    "server/ribbon/cases_preview.py",
    "server/ribbon/case_records/",
    "server/ribbon/case_selection.py",
    "server/ribbon/invoices/",
)
"""Modules of buttons that have nothing to do with payroll."""

REST = "…"
"""Stands for the part of a name that the log itself gives."""

COLUMNS = {question_name(field) for field in LOG_FIELDS if field.several is not Several.FIRST}
"""The inputs that say which column a field is, of the fields that are asked about."""

MISSED = {CountsAs.NO_SHOW, CountsAs.CANCELLED, CountsAs.LATE_CANCELLED}

ANSWERS = {
    "yes_means": {CountsAs.ATTENDED, CountsAs.NO_SHOW},
    f"yes_means_{REST}": {CountsAs.ATTENDED, *MISSED, "none"},
    f"refund_{REST}": {*refund_columns.FIELDS, "none"},
    f"payment_kind_{REST}": {*PaymentKind},
    f"payments_{REST}": {choice.value for choice in date_column.CHOICES},
    "charge_base": {*ChargeBase},
    "date_order": {choice.value for choice in date_column.CHOICES},
    "duration_unit": {choice.value for choice in visit_minutes.CHOICES},
    "paid_visits": {*SameVisits},
    "paid_visits_again": {*SameVisits},
    "vanished_visits": {*VanishedAnswer},
    "vanished_visits_again": {*VanishedAnswer},
    "stale": {GENERATE, AS_IT_IS},
}


def questions_on_the_page() -> dict[str, set[str]]:
    """Return the inputs of the table under "What is asked", with the answers it gives in code letters."""
    section = PAGE.partition("\n## What is asked\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| `")]
    return {
        name: set(re.findall("`([^`]+)`", row[3])) for row in rows for name in re.findall("`([^`]+)`", row[0])
    }


def names_of(path: Path, name: ast.expr) -> set[str]:
    """Return the inputs an expression names: a text, a constant, one with a part of its own, or those of columns."""
    if isinstance(name, ast.Constant):
        return {str(name.value)}
    if isinstance(name, ast.JoinedStr):
        return {"".join(str(part.value) if isinstance(part, ast.Constant) else REST for part in name.values)}
    if isinstance(name, ast.Call) and ast.unparse(name.func) == "question_name":
        return COLUMNS
    if isinstance(name, ast.IfExp):
        return names_of(path, name.body) | names_of(path, name.orelse)
    if isinstance(name, ast.Name):
        return names_of(*assigned(path, name.id))
    raise AssertionError(f"{path}: no question is known by {ast.unparse(name)}")


def assigned(path: Path, constant: str) -> tuple[Path, ast.expr]:
    """Return what a module, or the one it imports it from, gives a name."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and constant in {alias.name for alias in node.names}:
            return assigned(Path(*(node.module or "").split(".")).with_suffix(".py"), constant)
        if isinstance(node, ast.Assign):
            for target, value in _pairs(node):
                if target == constant:
                    return path, value
    raise AssertionError(f"{path}: {constant} is given no value")


def _pairs(node: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(map(ast.unparse, target.elts), node.value.elts, strict=True)
        else:
            yield ast.unparse(target), node.value


@cache
def questions_in_the_code() -> frozenset[str]:
    """Return the inputs that the payroll buttons can ask for."""
    found: set[str] = set()
    for path in modules("server"):
        if path.as_posix().startswith(OTHER_BUTTONS):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                found |= names_of(path, node.args[0] if node.args else given["name"])
    return frozenset(found)


def test_every_question_of_payroll_is_on_the_page_and_no_other() -> None:
    assert questions_on_the_page().keys() == questions_in_the_code()


def test_the_answers_on_the_page_are_those_of_the_code() -> None:
    listed = questions_on_the_page()
    assert {name: listed[name] for name in ANSWERS} == ANSWERS
