"""The command that runs the service of a ledger without a window, for any system."""

from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

WINDOWS, MACOS, LINUX = "win32", "darwin", "linux"
"""The systems, as ``sys.platform`` has them."""

PROGRAM = ("-P", "-m", "server.cli", "serve", "--background")
"""Python does not look for the program in the folder where it is started (``-P``)."""


@dataclass(frozen=True, slots=True)
class ServiceCommand:
    """What a service is started with. Paths are text, because they may be of another system than this one."""

    python: str
    ledger: str
    port: int
    backups: str = ""
    """The folder of the nightly copies, "" without them."""

    def words(self) -> list[str]:
        """Return the command: the program and its options."""
        copies = ["--backups", self.backups] if self.backups else []
        return [self.python, *PROGRAM, "--port", str(self.port), "--ledger", self.ledger, *copies]


def command_here(
    system: str, executable: str, ledger: Path, port: int, backups: Path | None
) -> ServiceCommand:
    """Return the command on this computer, with whole paths: a service at log-on starts in another folder."""
    copies = str(backups.absolute()) if backups else ""
    python = python_without_window(system, executable)
    if python != executable and not Path(python).exists():
        python = executable  # a Python that was put together by hand may lack the other one
    return ServiceCommand(python, str(ledger.absolute()), port, copies)


def python_without_window(system: str, executable: str) -> str:
    """Return the Python that opens no window: Windows has one of its own for that, beside the usual one."""
    path = PureWindowsPath(executable)
    if system == WINDOWS and path.name.lower() == "python.exe":
        return str(path.with_name("pythonw.exe"))
    return executable
