"""What the command line shows people: replies, refusals and the demo's summary."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from addin.desktop.press import PressResult
from server.api import pairing, problems
from server.billing.money import dollars
from server.errors import BillingError

if TYPE_CHECKING:
    from server.cli.demo import DemoResult
    from server.cli.service import StandingService

SHOWN = 12
"""Findings shown on the terminal; all of them are in the workbook."""

CERTIFICATE = {
    "made": "Made a certificate for this computer. Start the service again, and Excel's task pane can reach it.",
    "kept": "This computer has its certificate already.",
    "removed": "Took the certificates away. The service goes back to plain HTTP when it is started again.",
    "nothing": "There are no certificates here.",
}

ANSWERED = {"date": "YYYY-MM-DD", "file": "@FILE", "yes-no": "yes|no", "several": "'…;…'"}
"""What is typed as the answer to a question of this kind; of another kind, whatever it is about."""

PLAIN = re.compile(r"[\w.:/+-]+")
"""What a shell takes for one word as it is."""

COLOURS = {"blocker": "red", "review": "yellow", "info": "dim"}


def problem_of(refusal: BillingError) -> dict[str, Any]:
    """Return a refusal as the service would have sent it."""
    problem: dict[str, Any] = orjson.loads(problems.problem_of(refusal)[1])
    return problem


def listening(console: Console, service: "StandingService") -> None:
    """Show where the service is to be found, how it is secured, and the code that lets a task pane in."""
    console.print(f"Clinic Ledger listens on [bold]{service.url}[/]. Ctrl-C stops it.", soft_wrap=True)
    _path(console, "Ledger", service.ledger)
    if service.ends:
        console.print(f"HTTPS, with a certificate until {service.ends:%Y-%m-%d} that renews itself.")
    else:
        console.print("Plain HTTP: enough for the desktop add-in. The task pane needs a certificate:")
        console.print("  clinicledger addin certificate --trust")
    if service.code:
        pairing_code(console, service.code, pairing.MINUTES)


def pairing_code(console: Console, code: str, minutes: int) -> None:
    """Show a code to type into the task pane."""
    console.print(f"Code for the task pane: [bold]{code}[/] (once, within {minutes} minutes).")


def certificate(console: Console, told: Mapping[str, Any]) -> None:
    """Show what was done about the certificates, and each step of the system's trust."""
    console.print(CERTIFICATE[told["did"]])
    _path(console, "Certificate", told["authority"])
    if told["ends"]:
        console.print(f"Good for localhost only, until {told['ends']}; the service renews it by itself.")
    for step in told["steps"]:
        done = "[yellow]Not done[/]" if step["failed"] else "Done" if step["taken"] else "Still to do"
        console.print(f"{done}: {escape(step['command'])}", highlight=False, soft_wrap=True)
        console.print(f"  [dim]{escape(step['failed'] or step['tells'])}[/]", soft_wrap=True)
    if told["note"]:
        console.print(told["note"], soft_wrap=True)


def reply(console: Console, result: PressResult) -> None:
    """Show what a click did."""
    answer = result.reply
    console.print(f"[bold]{escape(answer['summary'])}[/]")
    _findings(console, answer.get("findings") or [], answer.get("findings_total") or 0)
    for field in (answer.get("asks") or {}).get("fields", []):
        _question(console, field)
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
    payroll = _totals(f"Payroll for {result.month}", ("Rows", "Paid", "Excluded", "Need you", "Total pay"))
    invoices = _totals(f"Invoices of {result.month}", ("Count", "Billed", "Reduced", "Collected", "Owed"))
    for clinic in result.clinics:
        counts = (f"{clinic.figures[name]:,}" for name in ("rows_in", "paid", "excluded", "blocked"))
        payroll.add_row(clinic.name, *counts, dollars(clinic.figures["paid_cents"]))
        invoices.add_row(clinic.name, *_invoiced(clinic.invoice_figures))
    for table in (payroll, invoices):
        console.print(table)
        console.print()
    for clinic in result.clinics:
        people, remarks = len(clinic.figures["providers"]), clinic.findings_total
        console.print(f"[bold]{escape(clinic.name)}[/]: {people} providers, {remarks} findings. The first:")
        _findings(console, clinic.findings[:3], 3)
        _path(console, "  Setup   ", clinic.setup)
        _path(console, "  Payroll ", clinic.payroll)
        _path(console, "  Invoices", clinic.invoices)
        console.print()
    _path(console, "Ledger", result.ledger)
    console.print("Nothing in it is real; delete the folder when you are done.")


def _invoiced(figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield the cells of the invoices' totals. The demo writes nothing off, so what is neither came off by agreement."""
    billed, collected, owed = (figures[f"{name}_cents"] for name in ("billed", "collected", "balance"))
    yield f"{figures['invoices']:,}"
    yield from map(dollars, (billed, billed - collected - owed, collected, owed))


def _totals(title: str, columns: Sequence[str]) -> Table:
    """Return a table with a row to come for each clinic, and these columns of numbers."""
    table = Table(
        title=title,
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column("Clinic", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right")
    return table


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


def _question(console: Console, field: Mapping[str, Any]) -> None:
    """Show what is asked, and how it is answered here. What suggests itself is filled in, but no choice of several."""
    kind, default, choices = field.get("kind", "text"), field.get("default"), field.get("choices") or []
    chosen = default if len(choices) < 2 else None  # noqa: PLR2004 - of one there is nothing to choose
    value = _word(chosen) if chosen else ANSWERED.get(kind, "…")
    left_out = " [dim](can be left out)[/]" if kind == "text" and not field.get("required", True) else ""
    label = escape(field["label"])
    console.print(f"Answer with [bold]--set {escape(field['name'])}={escape(value)}[/]  {label}{left_out}")
    if not chosen:
        _choices(console, choices)


def _choices(console: Console, choices: Sequence[Mapping[str, str]]) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for choice in choices:
        told = choice["label"].removeprefix(choice["value"]).lstrip(" :")
        table.add_row(escape(_word(choice["value"])), f"[dim]{escape(told)}[/]")
    if choices:
        console.print(Padding(table, (0, 0, 0, 2)))


def _word(text: str) -> str:
    """Return a text as one word of a command line, of any shell."""
    return text if PLAIN.fullmatch(text) else f'"{text}"'


def _path(console: Console, what: str, path: Path | str) -> None:
    """Show a path in one line however long it is, so that it can be copied."""
    console.print(f"{what} {escape(str(path))}", highlight=False, soft_wrap=True)
