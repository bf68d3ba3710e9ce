"""Computers made of folders, on which ``clinicledger setup`` runs: one of each of the three systems."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from addin.desktop.install_plan import Computer
from server.autostart.ledger_lock import running_service
from server.autostart.service_command import command_here
from server.autostart.setup_record import user_here
from server.cli.commands import app
from server.cli.options import settings_of
from server.cli.setup_command import BACKUPS_NAME
from server.cli.setup_outcomes import Outcome
from server.cli.setup_steps import Setup
from tests.autostart.system_programs import make_programs
from tests.cli.programs import ROOT
from tests.office_service import free_port

HOMES = ("HOME", "USERPROFILE", "APPDATA", "XDG_DATA_HOME", "XDG_DOCUMENTS_DIR")


class Place:
    """A computer made of folders. The programs of Windows and macOS are stand-ins; those of Linux are as they are here."""

    def __init__(self, folder: Path, system: str, home: str = "home") -> None:
        self.folder, self.system, self.port = folder, system, free_port()
        self.home, self.ledger, self.programs = folder / home, folder / "books", folder / "programs"
        self.home.mkdir(parents=True, exist_ok=True)
        self.path = os.environ["PATH"]
        if system != "linux" and not self.programs.exists():
            self.path = make_programs(self.programs, system)

    def environment(self) -> dict[str, str]:
        """Return the variables of a program on this computer."""
        return {variable: str(self.home) for variable in HOMES} | {
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "USERDOMAIN": "CLINIC",
            "USERNAME": "ana",
            "CLINIC_LEDGER_CERTIFICATES": str(self.folder / "certificates"),
            "CLINIC_LEDGER_WORKERS": "0",
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": str(ROOT / ".pytest_cache" / "bytecode"),
            "PATH": self.path,
            "PATHEXT": ".EXE",
        }

    def words(self, *more: str) -> list[str]:
        """Return what is typed for a setup."""
        return ["setup", "--ledger", str(self.ledger), "--no-open", "--json", *more]

    def setup(self, *words: str, code: int = 0) -> dict[str, Any]:
        """Give the command, in this process, and return what it told."""
        done = CliRunner().invoke(app, self.words(*words))
        assert done.exit_code == code, (done.output, done.exception)
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def set_up_until(self, step: str) -> list[Outcome]:
        """Do the steps of a setup until that one, as if it were interrupted then, and return what they came to."""
        settings, documents = settings_of(self.ledger), self.home
        command = command_here(self.system, sys.executable, self.ledger, self.port, documents / BACKUPS_NAME)
        work = Setup(settings, command, Computer.here(os.environ), user_here(os.environ), documents)
        done: list[Outcome] = []
        for outcome in work.run():
            done.append(outcome)
            if outcome.step == step:
                break
        return done

    def states(self, *words: str, code: int = 0) -> dict[str, str]:
        """Give the command and return the state of each step."""
        return {step["step"]: step["state"] for step in self.setup(*words, code=code)["steps"]}

    def files(self) -> dict[str, bytes]:
        """Return the files outside of the books, and the folders that are empty."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes() if path.is_file() else b""
            for folder in (self.home, self.folder / "certificates")
            for path in folder.rglob("*")
            if path.is_file() or path.is_symlink() or not any(path.iterdir())
        }

    def end_service(self) -> None:
        """End the service of the books at once, if there is one."""
        self.end_service_of(self.ledger)

    @staticmethod
    def end_service_of(folder: Path) -> None:
        """End the service of a ledger folder at once, if there is one."""
        running = running_service(folder)
        if running and running.process:
            os.kill(running.process, signal.SIGKILL)


KILLER = """\
import json, os, signal, sys
from server.cli.commands import app

FILE_OPERATIONS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.link", "sqlite3.connect", "subprocess.Popen"}


def run(order):
    os.environ.update(order["environment"])
    sys.platform = order["system"]
    left = order["moment"]
    folder = order["folder"]

    def watch(event, arguments):
        nonlocal left
        if event not in FILE_OPERATIONS or (event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            return
        if event == "subprocess.Popen" or folder in os.fsdecode(arguments[0] if not isinstance(arguments[0], int) else b""):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        app(order["words"])
    except SystemExit as end:
        os._exit(end.code or 0)


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        run(json.loads(line))
        os._exit(99)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Killer:
    """Runs commands that kill themselves: before their first file operation, their second, and so on."""

    def __init__(self) -> None:
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        self._program = subprocess.Popen(
            [sys.executable, "-c", KILLER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment | {"PYTHONPATH": str(ROOT)},
        )

    def run(self, place: Place, words: Sequence[str], moment: int) -> bool:
        """Give a command that is killed before its file operation with this number; return whether it lived that long."""
        order = {
            "environment": place.environment(),
            "system": place.system,
            "folder": str(place.folder),
            "words": list(words),
            "moment": moment,
        }
        assert self._program.stdin
        assert self._program.stdout
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        code = int(self._program.stdout.readline())
        assert code in {0, 1, -signal.SIGKILL}
        return code == -signal.SIGKILL

    def close(self) -> None:
        """End the program."""
        self._program.communicate("")
