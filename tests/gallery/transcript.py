"""A text of the gallery: commands as typed, after ``$``, and under each what the terminal says.

Each is carried out for real: the command line, the desktop add-in on a copy of the workbook, HTTP,
the service, a ledger with two clinics in it.
"""

import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from typer.testing import CliRunner

from server.cli import commands
from server.cli.options import complaints
from server.cli.service import temporary_service
from server.ledger.store import Ledger
from server.settings import Settings

PROMPT = "$ "
ATTESTED = "--set license=yes --set organization='Example Billing Firm'"
TODAY = "(today)"
"""What the day of the clicks is written as: it changes from day to day."""

WIDTH = 1_000
"""Columns of the terminal: no sentence is broken, so that a changed word changes one line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of the gallery, with the files it is about."""

    path: Path

    @property
    def code(self) -> str:
        """Return the finding or refusal it shows."""
        return self.path.stem.partition(".")[0]

    @property
    def is_refusal(self) -> bool:
        """Return whether it shows a refusal."""
        return self.path.parent.name == "refusals"

    @property
    def is_finding(self) -> bool:
        """Return whether it shows a finding; of the rest, the reply as a whole is what counts."""
        return self.path.parent.name not in {"refusals", "replies"}

    @property
    def text(self) -> str:
        """Return what was typed and what should be said."""
        return self.path.read_text("utf-8")

    @property
    def typed(self) -> list[str]:
        """Return the commands."""
        return [line.removeprefix(PROMPT) for line in self.text.splitlines() if line.startswith(PROMPT)]

    def files(self) -> list[Path]:
        """Return the files that bear its name."""
        found = self.path.parent.glob(f"{self.path.stem}.*")
        return [path for path in found if path.suffix != ".txt"]

    def copy_files(self, folder: Path) -> None:
        """Copy the files that bear its name into an empty folder."""
        for file in self.files():
            shutil.copy(file, folder)


def entries(folder: Path) -> list[Entry]:
    """Return every text of the gallery."""
    return [Entry(path) for path in sorted(folder.rglob("*.txt"))]


class Terminal:
    """A terminal in a folder of its own, in front of a service whose ledger is fresh."""

    def __init__(self, service: str, ledger: Path, folder: Path) -> None:
        self.ledger = ledger
        self.folder = folder
        self._service = service
        for console in (commands.console, complaints):
            console.width = WIDTH

    def said(self, command: str) -> str:
        """Return what a command prints, standard error included, and how it ended if badly."""
        program, *words = shlex.split(command)
        with chdir(self.folder):
            if program == "touch":
                Path(*words).touch()
                return ""
            if words[0] == "press" and "--service" not in words:
                words += ["--service", self._service]
            result = CliRunner().invoke(commands.app, words, catch_exceptions=False)
        ended = f"(exit {result.exit_code})\n" if result.exit_code else ""
        output = result.output.replace(f"{datetime.now().astimezone():%m/%d/%Y}", TODAY)
        output = output.replace(f" --service {self._service}", "")
        return "".join(f"{line.rstrip()}\n" for line in output.splitlines()) + ended

    def transcript(self, entry: Entry) -> str:
        """Return an entry's text as it is said today."""
        return "".join(f"{PROMPT}{command}\n{self.said(command)}" for command in entry.typed)


@contextmanager
def a_service(folder: Path, setups: Path) -> Iterator[tuple[str, Path, Path]]:
    """Run a service; give its address, its ledger, and a copy of the ledger with both clinics in it."""
    ledger, pristine = folder / "ledger", folder / "pristine"
    with temporary_service(Settings(path=ledger, workers=0)) as service:
        terminal = Terminal(service, ledger, setups)
        for setup in sorted(setups.glob("*.xlsx")):
            terminal.said(
                f"clinicledger press clinic.save {setup.name} {ATTESTED} --save-as {folder / setup.name}"
            )
        Ledger(ledger).close()
        shutil.copytree(ledger, pristine)
        yield service, ledger, pristine


def refresh(ledger: Path, pristine: Path) -> None:
    """Put the ledger back to how it was, while the service has none of its files open."""
    Ledger(ledger).close()
    for path in ledger.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(pristine, ledger, dirs_exist_ok=True)


def accept(folder: Path) -> None:
    """Write down in every text what is said today."""
    with (
        tempfile.TemporaryDirectory() as made,
        a_service(Path(made), folder / "clinics") as (service, ledger, pristine),
    ):
        for number, entry in enumerate(entries(folder)):
            context = Path(made, str(number))
            context.mkdir()
            entry.copy_files(context)
            refresh(ledger, pristine)
            entry.path.write_text(Terminal(service, ledger, context).transcript(entry), "utf-8")
