"""The user unit of systemd, for real: setup, a killed service, stop, start and undo, in a session of its own.

systemd runs as the manager of a user only on a system that was booted with it, which it sees by a folder in ``/run``. So the
session has a ``/run`` of its own (``unshare --mount``), where that folder is. It has control groups of its own, too: another
session would end its processes. Nothing else is changed.
"""

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.cli.programs import PATIENCE_SECONDS, surroundings
from tests.disks import NOT_PERMITTED
from tests.office_service import free_port

pytestmark = pytest.mark.sqlite("with PostgreSQL, a service is set up in another way")

MANAGER = Path("/lib/systemd/systemd")

SESSION = """\
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system "$XDG_RUNTIME_DIR" && chmod 700 "$XDG_RUNTIME_DIR" || exit 77
for tree in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    [ -w "$tree/cgroup.procs" ] && mkdir "$tree/$GROUP" && echo $$ >"$tree/$GROUP/cgroup.procs"
done 2>/dev/null
/lib/systemd/systemd --user --log-target=null &
manager=$!
for _ in $(seq 50); do systemctl --user is-system-running >/dev/null 2>&1 && break; sleep 0.2; done
systemctl --user is-system-running >/dev/null 2>&1 || exit 78
"$@"
status=$?
systemctl --user stop clinic-ledger.service 2>/dev/null
kill "$manager"
wait "$manager"
exit "$status"
"""

STORY = """\
import json, os, signal, subprocess, sys, time

def told(*words):
    typed = [sys.executable, "-m", "server.cli", *words, "--json"]
    done = subprocess.run(typed, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)

def manager(verb):
    return subprocess.run(["systemctl", "--user", verb, "clinic-ledger.service"], capture_output=True, text=True).stdout.strip()

def main_process():
    shown = ["systemctl", "--user", "show", "-P", "MainPID", "clinic-ledger.service"]
    return int(subprocess.run(shown, capture_output=True, text=True).stdout)

story = {"setup": told("setup", "--no-open", "--port", sys.argv[1])}
story["after setup"] = told("service", "status") | {"manager": manager("is-active"), "enabled": manager("is-enabled"), "main": main_process()}
os.kill(story["after setup"]["process"], signal.SIGKILL)
for _ in range(300):
    now = told("service", "status")
    if now["answers"]:
        break
    time.sleep(0.2)
story["after a crash"] = now | {"manager": manager("is-active"), "main": main_process()}
story["stop"] = told("service", "stop") | {"manager": manager("is-active")}
story["start"] = told("service", "start") | {"manager": manager("is-active"), "main": main_process()}
story["logs"] = told("service", "logs")
story["undo"] = told("setup", "--undo")
story["after undo"] = told("service", "status") | {"manager": manager("is-active"), "enabled": manager("is-enabled")}
print(json.dumps(story))
"""


def remove_control_groups(name: str) -> None:
    """Remove the groups of a session that has ended, the inner ones first."""
    for tree in ("", "unified", "systemd"):
        group = Path("/sys/fs/cgroup", tree, name)
        for folder in [*sorted(group.rglob("*/"), reverse=True), group]:
            with suppress(OSError):
                folder.rmdir()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what each command told, and what systemd said then."""
    unshare = shutil.which("unshare")
    if sys.platform != "linux" or unshare is None or not MANAGER.exists():
        pytest.skip("systemd is not installed (apt-get install systemd)")
    place = tmp_path_factory.mktemp("session")
    (place / "story.py").write_text(STORY)
    (place / "home").mkdir()
    environment = surroundings(
        HOME=str(place / "home"),
        XDG_RUNTIME_DIR=f"/run/user/{os.getuid()}",
        GROUP=f"clinic-ledger-{os.getpid()}",
        CLINIC_LEDGER_PATH=str(place / "ledger"),
        CLINIC_LEDGER_WORKERS="0",
    )
    for variable in ("CLINIC_LEDGER_CERTIFICATES", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        environment.pop(variable, None)
    typed = [
        unshare,
        "--mount",
        "sh",
        "-c",
        SESSION,
        "sh",
        sys.executable,
        str(place / "story.py"),
        str(free_port()),
    ]
    done = subprocess.run(
        typed,
        env=environment,
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    remove_control_groups(environment["GROUP"])
    if done.returncode in {77, 78} or "Operation not permitted" in done.stderr:
        pytest.skip(
            f"{NOT_PERMITTED}: systemd cannot run in a session of its own here: {done.stderr.strip()}"
        )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    said["files"] = sorted(str(path.relative_to(place)) for path in (place / "home").rglob("*.service"))
    return said


def check_setup_has_systemd_start_the_service_now_and_at_log_on(story: dict[str, Any]) -> None:
    states = {step["step"]: step["state"] for step in story["setup"]["steps"]}
    assert (states["log-on"], states["service"], states["backups"]) == ("done", "done", "done")
    after = story["after setup"]
    assert (after["answers"], after["starts_at_log_on"]) == (True, True)
    assert (after["manager"], after["enabled"], after["main"]) == ("active", "enabled", after["process"])


def check_a_service_that_crashes_is_started_again(story: dict[str, Any]) -> None:
    after = story["after a crash"]
    assert (after["answers"], after["manager"]) == (True, "active")
    assert after["process"] != story["after setup"]["process"]


def check_stop_and_start_are_those_of_the_system(story: dict[str, Any]) -> None:
    assert (story["stop"]["did"], story["stop"]["running"], story["stop"]["manager"]) == (
        "stopped",
        False,
        "inactive",
    )
    started = story["start"]
    assert (started["did"], started["answers"], started["manager"]) == ("started", True, "active")
    assert started["main"] == started["process"]


def check_the_log_is_shown_whoever_started_the_service(story: dict[str, Any]) -> None:
    assert sum("INFO started at https://localhost:" in line for line in story["logs"]["lines"]) == 3


def check_undo_leaves_nothing_for_systemd(story: dict[str, Any]) -> None:
    assert {step["state"] for step in story["undo"]["steps"]} == {"done"}
    after = story["after undo"]
    assert (after["running"], after["starts_at_log_on"], after["manager"]) == (False, False, "inactive")
    assert after["enabled"] in {"", "not-found"}
    assert story["files"] == []


def test_systemd_runs_the_unit_from_setup_to_undo(story: dict[str, Any]) -> None:
    """It is one test, so that tests that run side by side do not tell the story several times."""
    check_setup_has_systemd_start_the_service_now_and_at_log_on(story)
    check_a_service_that_crashes_is_started_again(story)
    check_stop_and_start_are_those_of_the_system(story)
    check_the_log_is_shown_whoever_started_the_service(story)
    check_undo_leaves_nothing_for_systemd(story)
