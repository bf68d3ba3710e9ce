"""The files that start the service at log-on, for each of the three systems, whichever this one is.

systemd checks its unit itself. The task of Windows is held against a table of the elements and values that the public
schema of the Task Scheduler (version 1.4) allows where we use them. The order is checked where the schema has one.
"""

import plistlib
import shlex
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.autostart.launch_agent import LABEL, agent_plist
from server.autostart.logon_entry import LogonEntry, LogonUser, entry_for, ledger_of_entry
from server.autostart.service_command import ServiceCommand, command_here, python_without_window
from server.autostart.systemd_unit import unit_text
from server.autostart.windows_task import NAMESPACE, task_xml

AWKWARD = ["/home/somebody O’Neil/Zoë", '/a "b" c', "/100% $HOME", "/back\\slash", "/a;b & c", "/<x>"]
ANALYZE = shutil.which("systemd-analyze")

BOOLEAN = {"true", "false"}
ALLOWED = {
    "Task/RegistrationInfo/Description": None,
    "Task/Triggers/LogonTrigger/Enabled": BOOLEAN,
    "Task/Triggers/LogonTrigger/UserId": None,
    "Task/Principals/Principal/UserId": None,
    "Task/Principals/Principal/LogonType": {"InteractiveToken", "S4U", "Password"},
    "Task/Principals/Principal/RunLevel": {"LeastPrivilege", "HighestAvailable"},
    "Task/Settings/MultipleInstancesPolicy": {"Parallel", "Queue", "IgnoreNew", "StopExisting"},
    "Task/Settings/DisallowStartIfOnBatteries": BOOLEAN,
    "Task/Settings/StopIfGoingOnBatteries": BOOLEAN,
    "Task/Settings/AllowHardTerminate": BOOLEAN,
    "Task/Settings/StartWhenAvailable": BOOLEAN,
    "Task/Settings/RunOnlyIfNetworkAvailable": BOOLEAN,
    "Task/Settings/AllowStartOnDemand": BOOLEAN,
    "Task/Settings/Enabled": BOOLEAN,
    "Task/Settings/Hidden": BOOLEAN,
    "Task/Settings/RunOnlyIfIdle": BOOLEAN,
    "Task/Settings/WakeToRun": BOOLEAN,
    "Task/Settings/ExecutionTimeLimit": {"PT0S"},
    "Task/Settings/Priority": set(map(str, range(11))),
    "Task/Settings/IdleSettings/StopOnIdleEnd": BOOLEAN,
    "Task/Settings/IdleSettings/RestartOnIdle": BOOLEAN,
    "Task/Settings/RestartOnFailure/Interval": {"PT1M"},
    "Task/Settings/RestartOnFailure/Count": set(map(str, range(1, 256))),
    "Task/Actions/Exec/Command": None,
    "Task/Actions/Exec/Arguments": None,
}
"""The leaves that the schema has at these paths, with what each may hold; None for any text that is not empty."""


def a_command(folder: str = "/ledger", python: str = "/python") -> ServiceCommand:
    return ServiceCommand(python, folder, 8765, f"{folder}/copies")


def leaves(content: bytes) -> dict[str, str]:
    """Return the text of each element without children, by its path. Each may be there once."""
    found: dict[str, str] = {}

    def walk(element: ET.Element, path: str) -> None:
        name = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        here = f"{path}/{name}".removeprefix("/")
        if len(element):
            for child in element:
                walk(child, here)
        else:
            assert here not in found
            found[here] = element.text or ""

    walk(ET.fromstring(content), "")  # noqa: S314 - our own
    return found


@pytest.mark.parametrize("folder", AWKWARD)
def test_the_task_of_windows_has_only_what_its_schema_allows(folder: str) -> None:
    content = task_xml(a_command(folder).words(), "CLINIC\\Zoë")
    found = leaves(content)
    assert found.keys() == ALLOWED.keys()
    for path, text in found.items():
        allowed = ALLOWED[path]
        assert text in allowed if allowed else text.strip(), path


def test_the_task_of_windows_is_in_the_letters_that_its_first_line_says() -> None:
    content = task_xml(a_command().words(), "CLINIC\\ana")
    assert content.startswith((b"\xff\xfe", b"\xfe\xff"))
    assert content.decode("utf-16").startswith('<?xml version="1.0" encoding="UTF-16"?>')


def test_the_parts_of_a_trigger_are_in_the_order_of_the_schema() -> None:
    trigger = ET.fromstring(task_xml(a_command().words(), "x")).find(f".//{{{NAMESPACE}}}LogonTrigger")  # noqa: S314
    assert trigger is not None
    assert [child.tag.partition("}")[2] for child in trigger] == ["Enabled", "UserId"]


def test_the_task_of_windows_needs_no_administrator_and_runs_on_batteries_for_as_long_as_it_takes() -> None:
    found = leaves(task_xml(a_command().words(), "CLINIC\\ana"))
    assert found["Task/Principals/Principal/RunLevel"] == "LeastPrivilege"
    assert found["Task/Triggers/LogonTrigger/UserId"] == "CLINIC\\ana"
    assert found["Task/Settings/DisallowStartIfOnBatteries"] == "false"
    assert found["Task/Settings/StopIfGoingOnBatteries"] == "false"
    assert found["Task/Settings/ExecutionTimeLimit"] == "PT0S"


def test_on_windows_the_service_runs_in_the_python_that_opens_no_window() -> None:
    usual = r"C:\Users\somebody\tools\Scripts\python.exe"
    assert python_without_window("win32", usual) == r"C:\Users\somebody\tools\Scripts\pythonw.exe"
    assert python_without_window("win32", r"C:\x\pythonw.exe") == r"C:\x\pythonw.exe"
    assert python_without_window("linux", "/usr/bin/python") == "/usr/bin/python"


def test_a_path_with_spaces_is_one_argument_on_windows() -> None:
    command = ServiceCommand(r"C:\Py thon\pythonw.exe", r"C:\Clinic Ledger", 8765, "D:\\Copies\\")
    found = leaves(task_xml(command.words(), "CLINIC\\ana"))
    assert found["Task/Actions/Exec/Command"] == r"C:\Py thon\pythonw.exe"
    assert '--ledger "C:\\Clinic Ledger" --backups D:\\Copies\\' in found["Task/Actions/Exec/Arguments"]


@pytest.mark.parametrize("folder", AWKWARD)
def test_the_agent_of_macos_runs_the_command_and_again_if_it_fails(folder: str) -> None:
    words = a_command(folder).words()
    agent = plistlib.loads(agent_plist(words))
    assert (agent["Label"], agent["ProgramArguments"], agent["RunAtLoad"]) == (LABEL, words, True)
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert agent["Umask"] == 0o077


@pytest.mark.parametrize("folder", AWKWARD)
def test_systemd_accepts_its_unit(tmp_path: Path, folder: str) -> None:
    if ANALYZE is None:
        pytest.skip("systemd is not installed (apt-get install systemd)")
    unit = tmp_path / "clinic-ledger.service"
    unit.write_text(unit_text(a_command(folder, shutil.which("true") or "").words()), "utf-8")
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [ANALYZE, "--user", "verify", str(unit)], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert "clinic-ledger.service:" not in done.stderr


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=["C"])),
        max_size=4,
    )
)
def test_a_word_of_a_unit_is_read_back_as_it_was(words: list[str]) -> None:
    line = next(line for line in unit_text(["/true", *words]).split("\n") if line.startswith("ExecStart="))
    unescaped = line.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$")
    assert shlex.split(unescaped) == ["/true", *words]


def test_only_the_service_is_asked_to_stop_so_that_its_workers_finish_their_click() -> None:
    assert "\nKillMode=mixed\n" in unit_text(["/true"])


def entry_of(system: str) -> LogonEntry:
    user = LogonUser(Path("/home/somebody"), Path("/home/somebody/.config"), "CLINIC\\ana", 501)
    return entry_for(system, a_command(), user)


def test_each_system_has_the_file_where_it_looks() -> None:
    assert entry_of("win32").path == Path("/home/somebody/.clinicledger/log-on-task.xml")
    assert entry_of("darwin").path == Path(f"/home/somebody/Library/LaunchAgents/{LABEL}.plist")
    assert entry_of("linux").path == Path("/home/somebody/.config/systemd/user/clinic-ledger.service")


@pytest.mark.parametrize(
    ("system", "folder"),
    [
        (system, folder)
        for system in ("win32", "darwin", "linux")
        for folder in [*AWKWARD, "C:\\Users\\Zoë O’Neil\\Clinic Ledger", "/home/somebody/ledger"]
        if not (system == "win32" and '"' in folder)  # which no path of Windows has
    ],
)
def test_an_entry_says_which_ledger_it_starts(system: str, folder: str) -> None:
    user = LogonUser(Path("/home/somebody"), Path("/home/somebody/.config"), "CLINIC\\ana", 501)
    assert ledger_of_entry(system, entry_for(system, a_command(folder), user).content) == folder


@pytest.mark.parametrize("system", ["win32", "darwin", "linux"])
@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[Service]\nExecStart=/bin/true", b"<Task/>", b"<plist/>"]
)
def test_a_file_of_something_else_starts_no_ledger(system: str, content: bytes) -> None:
    assert ledger_of_entry(system, content) is None


def test_windows_is_never_told_to_end_the_service() -> None:
    assert entry_of("win32").stop == ()


def test_a_command_has_whole_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    command = command_here("linux", "/python", Path("ledger"), 9000, Path("copies"))
    assert command.words()[-6:] == [
        "--port", "9000", "--ledger", str(tmp_path / "ledger"), "--backups", str(tmp_path / "copies"),
    ]  # fmt: skip
