"""What the command line shows people: replies, refusals and the demo's summary."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from addin.desktop.press import PressResult
from server.api import problems
from server.billing.money import dollars
from server.errors import BillingError

if TYPE_CHECKING:
    from server.cli.demo import DemoResult

SHOWN = 12
"""Findings shown on the terminal; all of them are in the workbook."""

COLOURS = {"blocker": "red", "review": "yellow", "info": "dim"}


def problem_of(refusal: BillingError) -> dict[str, Any]:
    """Return a refusal as the service would have sent it."""
    problem: dict[str, Any] = orjson.loads(problems.problem_of(refusal)[1])
    return problem


def listening(console: Console, url: str, ledger: Path) -> None:
    """Show where the service is to be found."""
    console.print(f"Clinic Ledger listens on [bold]{url}[/]. Ctrl-C stops it.", soft_wrap=True)
    _path(console, "Ledger", ledger)


def reply(console: Console, result: PressResult) -> None:
    """Show what a click did."""
    answer = result.reply
    console.print(f"[bold]{escape(answer['summary'])}[/]")
    _findings(console, answer.get("findings") or [], answer.get("findings_total") or 0)
    for field in (answer.get("asks") or {}).get("fields", []):
        console.print(f"Answer with [bold]--set {escape(field['name'])}=…[/]  {escape(field['label'])}")
        _choices(console, field.get("choices") or [])
    for warning in result.warnings:
        console.print(f"[yellow]{escape(warning)}[/]")
    if result.saved_to:
        _path(console, "Saved to", result.saved_to)


def refusal(console: Console, problem: Mapping[str, Any]) -> None:
    """Show why a click was not carried out, and what to do."""
    console.print(f"[bold red]{escape(problem['title'])}.[/]")
    console.print(escape(problem["detail"]))
    _findings(console, problem.get("findings") or [], len(problem.get("findings") or []))
    console.print(escape(problem["remedy"]))


def demo(console: Console, result: "DemoResult") -> None:
    """Show the totals of the demo and where its workbooks are."""
    table = Table(
        title=f"Payroll for {result.month}",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )
    table.add_column("Clinic", no_wrap=True)
    for name in ("Rows", "Paid", "Excluded", "Need you", "Total pay"):
        table.add_column(name, justify="right")
    for clinic in result.clinics:
        counts = (f"{clinic.figures[name]:,}" for name in ("rows_in", "paid", "excluded", "blocked"))
        table.add_row(clinic.name, *counts, dollars(clinic.figures["paid_cents"]))
    console.print(table)
    for clinic in result.clinics:
        people, remarks = len(clinic.figures["providers"]), clinic.findings_total
        console.print(f"[bold]{escape(clinic.name)}[/]: {people} providers, {remarks} findings. The first:")
        _findings(console, clinic.findings[:3], 3)
        _path(console, "  Setup  ", clinic.setup)
        _path(console, "  Payroll", clinic.payroll)
        console.print()
    _path(console, "Ledger", result.ledger)
    console.print("Nothing in it is real; delete the folder when you are done.")


def _findings(console: Console, findings: Sequence[Mapping[str, Any]], total: int) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for finding in findings[:SHOWN]:
        colour = COLOURS[finding["severity"]]
        place = f"{finding['sheet']}!{finding['cell']}" if finding["cell"] else finding["sheet"]
        told = f"{escape(finding['message'])}\n[dim]{escape(finding['remedy'])}[/]"
        table.add_row(f"[{colour}]{finding['severity']}[/]", escape(place), told)
    if findings:
        console.print(Padding(table, (0, 0, 0, 2)))
    if total > SHOWN:
        console.print(f"  … and {total - SHOWN:,} more, listed in the workbook.")


def _choices(console: Console, choices: Sequence[Mapping[str, str]]) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for choice in choices:
        table.add_row(escape(choice["value"]), f"[dim]{escape(choice['label'])}[/]")
    if choices:
        console.print(Padding(table, (0, 0, 0, 2)))


def _path(console: Console, what: str, path: Path) -> None:
    """Show a path in one line however long it is, so that it can be copied."""
    console.print(f"{what} {escape(str(path))}", highlight=False, soft_wrap=True)
