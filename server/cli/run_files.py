"""What the commands that save files of a pay run share: which run, where to, and what is said."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from server.billing.people import LOCAL_PERSON
from server.cli import terminal
from server.cli.options import exit_with_refusal, open_ledger
from server.errors import BillingError, UnknownRun, count_of
from server.operations.session import Session
from server.private_files import make_private_folder, write_private_file

console = Console()

RunToSave = Annotated[str, typer.Argument(help="The pay run, such as lakeside-2026-10-r1.")]
FolderToSaveIn = Annotated[
    Path, typer.Option("--dir", help="Where to put the files. A folder that is missing is made.")
]

_RUN_ID = re.compile(
    r"(?P<clinic>[a-z0-9][a-z0-9-]*?)-\d{4}-\d{2}(-\d{2}-to-\d{4}-\d{2}-\d{2})?-r\d+", re.ASCII
)


def session_of_run(ledger_folder: Path | None, run: str) -> Session:
    """Return a session in the clinic of a run. Raises UnknownRun if the ledger has no such clinic."""
    ledger = open_ledger(ledger_folder)
    named = _RUN_ID.fullmatch(run)
    clinic = named["clinic"] if named else ""
    if clinic not in {entry.id for entry in ledger.clinics()}:
        raise UnknownRun(run)
    return Session(ledger, LOCAL_PERSON, clinic)


def save_files(folder: Path, files: Iterable[tuple[str, bytes]]) -> list[str]:
    """Write files that only their owner can read, and return their names."""
    make_private_folder(folder)
    saved = []
    for name, content in files:
        write_private_file(folder / name, content)
        saved.append(name)
    return saved


@contextmanager
def exit_if_refused(folder: Path, *, as_json: bool) -> Iterator[None]:
    """End the command with the sentence of a refusal, or with that of a folder that cannot be written."""
    try:
        yield
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    except OSError as error:
        raise typer.BadParameter(f"{folder}: {error.strerror}", param_hint="--dir") from None


def say_saved(run: str, folder: Path, saved: list[str], *, as_json: bool) -> None:
    """Print what was saved."""
    if as_json:
        typer.echo(orjson.dumps({"run": run, "folder": str(folder), "files": saved}))
    else:
        what = count_of(len(saved), "file")
        console.print(f"Saved {what} to {escape(str(folder))}", highlight=False, soft_wrap=True)
