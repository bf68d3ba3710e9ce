"""What the command line prints for people: replies, refusals and the demo's summary."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from addin.desktop.press import PressResult
from addin.desktop.refusals import Refusal
from server.api import problems
from server.billing.money import dollars
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import Period
from server.cli.next_commands import shell_word
from server.errors import BillingError
from server.installation import is_installed
from server.ledger.pairing_codes import MINUTES

if TYPE_CHECKING:
    from server.cli.demo import DemoResult
    from server.cli.service import ReadyService

TRY = "clinicledger try" if is_installed() else "python3 -m uv run clinicledger try"
"""The command that opens the simulated Excel. Where nothing is installed it is as the README gives it."""

SHOWN = 12
"""The most findings shown on the terminal. All of them are in the workbook."""

CERTIFICATE = {
    "made": "Made a certificate for this computer. Start the service again, and Excel's task pane can reach it.",
    "kept": "This computer has its certificate already.",
    "removed": "Took the certificates away. The service goes back to plain HTTP when it is started again.",
    "nothing": "There are no certificates here.",
}

ANSWERED = {"date": "YYYY-MM-DD", "file": "@FILE", "yes-no": "yes|no", "several": "'…;…'"}
"""The form of the answer to each kind of question. Other kinds take any text."""

COLORS = {"blocker": "red", "review": "yellow", "info": "dim"}


def problem_of(refusal: BillingError | Refusal) -> dict[str, Any]:
    """Return a refusal of the service or of the add-in as the service would send it."""
    if isinstance(refusal, Refusal):
        return refusal.as_problem()
    problem: dict[str, Any] = orjson.loads(problems.problem_of(refusal)[1])
    return problem


def show_service(console: Console, service: "ReadyService", *, show_code: bool = False) -> None:
    """Show the service's address, how it is secured, and the code that pairs a task pane.

    Without ``show_code``, the code is shown only where nothing keeps it.
    """
    console.print(f"Clinic Ledger listens on [bold]{service.url}[/]. Ctrl-C stops it.", soft_wrap=True)
    _show_path(console, "Ledger", service.ledger)
    if service.about_encryption:
        console.print(service.about_encryption, soft_wrap=True, highlight=False, markup=False)
    if service.addresses:
        console.print(
            f"People reach it through the proxy at [bold]{', '.join(service.addresses)}[/].", soft_wrap=True
        )
    if service.ends:
        console.print(f"HTTPS, with a certificate until {service.ends:%Y-%m-%d} that renews itself.")
    elif service.addresses:
        console.print("Plain HTTP to the proxy, which has the certificate.")
    else:
        console.print("Plain HTTP: enough for the desktop add-in. The task pane needs a certificate:")
        console.print("  clinicledger addin certificate --trust")
    if service.code and (show_code or is_read_by_a_person(console)):
        show_pairing_code(console, service.code, MINUTES)
    elif service.code:
        console.print("A task pane is paired with a code from: clinicledger addin code")


def is_read_by_a_person(console: Console) -> bool:
    """Return whether what is printed is only seen now. A journal or a log file would keep it."""
    return console.is_terminal and "JOURNAL_STREAM" not in os.environ


NOBODY_SIGNS_IN = (
    "Nobody signs in to this ledger: the person at this computer is its administrator, without a password. "
    "“clinicledger user add” changes that."
)
"""What somebody is told whose add-in is installed or paired."""


def show_pairing_code(console: Console, code: str, minutes: int) -> None:
    """Show a code to type into the task pane."""
    console.print(f"Code for the task pane: [bold]{code}[/] (once, within {minutes} minutes).")
    console.print(NOBODY_SIGNS_IN, soft_wrap=True)


def show_certificate(console: Console, outcome: Mapping[str, Any]) -> None:
    """Show what was done with the certificates, and each step that changes the system's trust."""
    console.print(CERTIFICATE[outcome["did"]])
    _show_path(console, "Certificate", outcome["authority"])
    if outcome["ends"]:
        console.print(f"Good for localhost only, until {outcome['ends']}; the service renews it by itself.")
    for step in outcome["steps"]:
        done = "[yellow]Not done[/]" if step["failed"] else "Done" if step["taken"] else "Still to do"
        console.print(f"{done}: {escape(step['command'])}", highlight=False, soft_wrap=True)
        console.print(f"  [dim]{escape(step['failed'] or step['tells'])}[/]", soft_wrap=True)
    if outcome["note"]:
        console.print(outcome["note"], soft_wrap=True)


def show_reply(console: Console, result: PressResult) -> None:
    """Show what a click did."""
    answer = result.reply
    console.print(f"[bold]{escape(answer['summary'])}[/]")
    _show_findings(console, answer.get("findings") or [], answer.get("findings_total") or 0)
    asks = answer.get("asks") or {}
    for shown in asks.get("tables", []):
        _show_asked_table(console, shown)
    for field in asks.get("fields", []):
        _show_question(console, field)
    for warning in result.warnings:
        console.print(f"[yellow]{escape(warning)}[/]")
    if result.file:
        _show_path(console, "File saved as", result.file)
    if result.saved_to:
        _show_path(console, "Saved to", result.saved_to)


def _show_asked_table(console: Console, shown: Mapping[str, Any]) -> None:
    """Show a table that a question is about."""
    table = Table(
        title=escape(shown["title"]), title_justify="left", box=None, show_header=bool(shown["headings"])
    )
    for place in range(max(map(len, [shown["headings"], *shown["rows"]]), default=0)):
        heading = shown["headings"][place] if shown["headings"] else ""
        table.add_column(escape(heading), justify="right" if place and shown["headings"] else "left")
    for row in shown["rows"]:
        table.add_row(*map(escape, row))
    console.print(table)


def show_refusal(console: Console, problem: Mapping[str, Any]) -> None:
    """Show why a click was refused, and what to do."""
    console.print(f"[bold red]{escape(problem['title'])}.[/]")
    console.print(escape(problem["detail"]))
    _show_findings(console, problem.get("findings") or [], len(problem.get("findings") or []))
    console.print(escape(problem["remedy"]))


def show_demo(console: Console, result: "DemoResult") -> None:
    """Show the totals of the demo, where its workbooks are, what to open and what to run next."""
    payroll = _totals_table(
        f"Payroll for {result.month}", ("Rows", "Paid", "Excluded", "To fix", "Total pay")
    )
    invoices = _totals_table("Invoices", ("Count", "Billed", "Adjusted", "Collected", "Balance"))
    for clinic in result.clinics:
        if clinic.approved:
            payroll.add_row(*_run_cells(clinic.name, "Approved", clinic.approved.figures))
        payroll.add_row(*_run_cells(clinic.name, "Draft", clinic.figures))
        invoices.add_row(clinic.name, *_invoice_cells(clinic.invoice_figures))
    for table in (payroll, invoices):
        console.print(table)
        console.print()
    for clinic in result.clinics:
        people, remarks = len(clinic.figures["providers"]), clinic.findings_total
        console.print(
            f"[bold]{escape(clinic.name)}[/]: {people} providers, {remarks} findings in the draft. The first:"
        )
        _show_findings(console, clinic.findings[:3], 3)
        _show_path(console, "  Setup   ", clinic.setup)
        if clinic.approved:
            _show_path(console, "  Approved", clinic.approved.payroll)
        _show_path(console, "  Payroll ", clinic.payroll)
        _show_path(console, "  Invoices", clinic.invoices)
        console.print()
    _show_path(console, "Ledger", result.ledger)
    console.print("Nothing in it is real; delete the folder when you are done.")
    console.print()
    _show_path(console, "Open first:", f"“{result.clinics[0].payroll}”, sheet Payroll Summary")
    console.print(f"Then press the buttons yourself: [bold]{TRY}[/]", highlight=False, soft_wrap=True)


def _run_cells(clinic: str, state: str, figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield the cells of a pay run's totals."""
    period = Period(*(date.fromisoformat(figures[end]) for end in ("from", "to")))
    yield f"{clinic}\n  {in_words(period)}, {state.lower()}"
    for name in ("rows_in", "paid", "excluded"):
        yield f"\n{figures[name]:,}"
    yield f"\n{figures['blocked'] + figures['held']:,}"
    yield f"\n{dollars(figures['total_cents'])}"


def _invoice_cells(figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield the cells of the invoices' totals. Whatever is neither collected nor owed was reduced or written off."""
    billed, collected, owed = (figures[f"{name}_cents"] for name in ("billed", "collected", "balance"))
    yield f"{figures['invoices']:,}"
    yield from map(dollars, (billed, billed - collected - owed, collected, owed))


def _totals_table(title: str, columns: Sequence[str]) -> Table:
    """Return an empty table with a column for the clinic and these columns of numbers."""
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


def _show_findings(console: Console, findings: Sequence[Mapping[str, Any]], total: int) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for finding in findings[:SHOWN]:
        color = COLORS[finding["severity"]]
        place = f"{finding['sheet']}!{finding['cell']}" if finding["cell"] else finding["sheet"]
        sentences = f"{escape(finding['message'])}\n[dim]{escape(finding['remedy'])}[/]"
        table.add_row(f"[{color}]{finding['severity']}[/]", escape(place), sentences)
    if findings:
        console.print(Padding(table, (0, 0, 0, 2)))
    if total > SHOWN:
        console.print(f"  … and {total - SHOWN:,} more, listed in the workbook.")


def _show_question(console: Console, field: Mapping[str, Any]) -> None:
    """Show a question and how to answer it here. A default is filled in unless there are several choices."""
    kind, default, choices = field.get("kind", "text"), field.get("default"), field.get("choices") or []
    chosen = default if len(choices) < 2 else None  # noqa: PLR2004 - one choice needs no choosing
    value = (shell_word(chosen) if chosen else ANSWERED.get(kind)) or "…"
    left_out = " [dim](can be left out)[/]" if kind == "text" and not field.get("required", True) else ""
    label = escape(field["label"])
    console.print(f"Answer with [bold]--set {escape(field['name'])}={escape(value)}[/]  {label}{left_out}")
    if not chosen:
        _show_choices(console, choices)


def _show_choices(console: Console, choices: Sequence[Mapping[str, str]]) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for choice in choices:
        word = shell_word(choice["value"])
        label = (
            choice["label"] if word is None else choice["label"].removeprefix(choice["value"]).lstrip(" :")
        )
        table.add_row(escape(word or "…"), f"[dim]{escape(label)}[/]")
    if choices:
        console.print(Padding(table, (0, 0, 0, 2)))


def show_next(console: Console, commands: Sequence[tuple[str, str]]) -> None:
    """Show the commands to run next, each on one line that can be copied."""
    for label, command in commands:
        console.print(f"{escape(label)}: [bold]{escape(command)}[/]", highlight=False, soft_wrap=True)


def _show_path(console: Console, what: str, path: Path | str) -> None:
    """Show a path on one line, however long, so that it can be copied."""
    console.print(f"{what} {escape(str(path))}", highlight=False, soft_wrap=True)
