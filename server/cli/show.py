"""What the command line shows people: replies, refusals and the demo's summary."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from rich.console import Console
from rich.markup import escape
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


def reply(console: Console, result: PressResult) -> None:
    """Show what a click did."""
    answer = result.reply
    console.print(f"[bold]{escape(answer['summary'])}[/]")
    _findings(console, answer.get("findings") or [], answer.get("findings_total") or 0)
    for field in (answer.get("asks") or {}).get("fields", []):
        console.print(f"  Answer with [bold]--set {escape(field['name'])}=…[/]  {escape(field['label'])}")
        for choice in field.get("choices") or []:
            console.print(f"    {escape(choice['value'])}  [dim]{escape(choice['label'])}[/]")
    for warning in result.warnings:
        console.print(f"[yellow]{escape(warning)}[/]")
    if result.saved_to:
        console.print(f"Saved to {escape(str(result.saved_to))}")


def refusal(console: Console, problem: Mapping[str, Any]) -> None:
    """Show why a click was not carried out, and what to do."""
    console.print(f"[bold red]{escape(problem['title'])}.[/] {escape(problem['detail'])}")
    _findings(console, problem.get("findings") or [], len(problem.get("findings") or []))
    console.print(f"{escape(problem['remedy'])}")


def demo(console: Console, result: "DemoResult") -> None:
    """Show the totals of the demo and where its workbooks are."""
    table = Table(title=f"Payroll for {result.month}", title_style="bold", header_style="bold")
    table.add_column("Clinic")
    for name in ("Rows", "Paid", "Excluded", "Need you", "Providers", "Total pay"):
        table.add_column(name, justify="right")
    for clinic in result.clinics:
        figures = clinic.figures
        table.add_row(
            clinic.name,
            *(f"{figures[name]:,}" for name in ("rows_in", "paid", "excluded", "blocked")),
            str(len(figures["providers"])),
            dollars(figures["paid_cents"]),
        )
    console.print(table)
    for clinic in result.clinics:
        console.print(f"[bold]{clinic.name}[/]: {clinic.findings_total} findings, the first of them:")
        _findings(console, clinic.findings[:3], 3)
        console.print(f"  Setup    {escape(str(clinic.setup))}", highlight=False)
        console.print(f"  Payroll  {escape(str(clinic.payroll))}", highlight=False)
    console.print(
        f"Ledger: {escape(str(result.ledger))}. Nothing in it is real; delete the folder when you are done."
    )


def _findings(console: Console, findings: Sequence[Mapping[str, Any]], total: int) -> None:
    for finding in findings[:SHOWN]:
        colour = COLOURS[finding["severity"]]
        place = f"{finding['sheet']}!{finding['cell']}" if finding["cell"] else finding["sheet"]
        console.print(f"  [{colour}]{finding['severity']:8}[/] {escape(place)}  {escape(finding['message'])}")
        console.print(f"           [dim]{escape(finding['remedy'])}[/]")
    if total > SHOWN:
        console.print(f"  … and {total - SHOWN:,} more, listed in the workbook.")
