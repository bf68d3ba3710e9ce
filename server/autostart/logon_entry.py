"""What starts the service at log-on on each system: a file, and the commands that make the system know it."""

from dataclasses import dataclass
from pathlib import Path

from server.autostart.launch_agent import LABEL, agent_plist, command_of_agent
from server.autostart.service_command import MACOS, WINDOWS, ServiceCommand
from server.autostart.systemd_unit import UNIT_NAME, WANTED_BY, command_of_unit, unit_text
from server.autostart.windows_task import TASK_NAME, command_of_task, task_xml

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogonUser:
    """The user whose log-on starts the service. ``name`` is the domain and the name on Windows, ``number`` the user id elsewhere."""

    home: Path
    config: Path
    """Where Linux looks for the settings of the user."""

    name: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class LogonEntry:
    """What starts a service at log-on. The commands are run one after the other, ``register`` after the file is written."""

    what: str
    path: Path
    content: bytes
    register: tuple[Command, ...]
    unregister: tuple[Command, ...]
    """The commands before the file is removed. That the system does not know the entry any more is no failure."""

    forget: tuple[Command, ...]
    """The commands after the file is removed."""

    start: tuple[Command, ...]
    """The commands that start the service now. One that succeeds is enough."""

    stop: tuple[Command, ...]
    """The commands that stop it, if the system started it; none where the system could only end it."""

    link: Path | None = None
    """The file by which the system finds the entry at log-on, where it is another one."""

    look_up: tuple[Command, ...] = ()
    """The commands that succeed only if the system knows the entry, where no file says so."""


def entry_for(system: str, command: ServiceCommand, user: LogonUser) -> LogonEntry:
    """Return the entry of a service for a system."""
    if system == WINDOWS:
        return _windows_task(command, user)
    if system == MACOS:
        return _launch_agent(command, user)
    return _systemd_unit(command, user)


def ledger_of_entry(system: str, content: bytes) -> str | None:
    """Return the ledger folder that an entry starts a service for, ``None`` if it was not made here."""
    command_of = {WINDOWS: command_of_task, MACOS: command_of_agent}.get(system, command_of_unit)
    try:
        words = command_of(content)
        return words[words.index("--ledger") + 1]
    except (ValueError, IndexError):
        return None


def _windows_task(command: ServiceCommand, user: LogonUser) -> LogonEntry:
    path = user.home / ".clinicledger" / "log-on-task.xml"
    task = ("/TN", TASK_NAME)
    return LogonEntry(
        what=f"the task {TASK_NAME} of the Task Scheduler",
        path=path,
        content=task_xml(command.words(), user.name),
        register=(("schtasks", "/Create", *task, "/XML", str(path), "/F"),),
        unregister=(("schtasks", "/Delete", *task, "/F"),),
        forget=(),
        start=(("schtasks", "/Run", *task),),
        stop=(),  # the Task Scheduler would end the service in the middle of a click
        look_up=(("schtasks", "/Query", *task),),
    )


def _launch_agent(command: ServiceCommand, user: LogonUser) -> LogonEntry:
    path = user.home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    domain = f"gui/{user.number}"
    leave = ("launchctl", "bootout", f"{domain}/{LABEL}")
    return LogonEntry(
        what=f"the agent {LABEL} of launchd",
        path=path,
        content=agent_plist(command.words()),
        register=(),
        unregister=(leave,),
        forget=(),
        start=(
            ("launchctl", "bootstrap", domain, str(path)),
            ("launchctl", "kickstart", f"{domain}/{LABEL}"),
        ),
        stop=(leave,),
    )


def _systemd_unit(command: ServiceCommand, user: LogonUser) -> LogonEntry:
    systemctl = ("systemctl", "--user")
    folder = user.config / "systemd" / "user"
    return LogonEntry(
        what=f"the unit {UNIT_NAME} of systemd",
        path=folder / UNIT_NAME,
        content=unit_text(command.words()).encode(),
        register=((*systemctl, "daemon-reload"), (*systemctl, "enable", UNIT_NAME)),
        unregister=((*systemctl, "disable", UNIT_NAME),),
        forget=((*systemctl, "daemon-reload"),),
        start=((*systemctl, "start", UNIT_NAME),),
        stop=((*systemctl, "stop", UNIT_NAME),),
        link=folder / f"{WANTED_BY}.wants" / UNIT_NAME,
    )
