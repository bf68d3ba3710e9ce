"""Stand-ins for the programs of Windows and macOS that know what starts at log-on. They run what they are told to, for real."""

import json
import os
import sys
from pathlib import Path

PROGRAM = """#!{python}
import json, os, plistlib, shlex, signal, subprocess, sys
from pathlib import Path
from xml.etree import ElementTree

FOLDER = Path({folder!r})
NAMES = "{{http://schemas.microsoft.com/windows/2004/02/mit/task}}"


def run(words):
    quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    process = subprocess.Popen(words, start_new_session=True, **quiet)
    (FOLDER / "process").write_text(str(process.pid))


def launchctl(verb, domain, *rest):
    loaded = FOLDER / "loaded"
    if verb == "bootstrap":
        if loaded.exists():
            return 5
        loaded.write_text(rest[0])
        run(plistlib.loads(Path(rest[0]).read_bytes())["ProgramArguments"])
    if verb != "bootstrap" and not loaded.exists():
        return 3
    if verb == "kickstart":
        run(plistlib.loads(Path(loaded.read_text()).read_bytes())["ProgramArguments"])
    if verb == "bootout":
        loaded.unlink()
        try:
            os.kill(int((FOLDER / "process").read_text()), signal.SIGTERM)
        except ProcessLookupError:
            pass
    return 0


def schtasks(verb, *rest):
    known = FOLDER / "task.xml"
    if verb == "/Create":
        known.write_bytes(Path(rest[rest.index("/XML") + 1]).read_bytes())
    if not known.exists():
        return 1
    if verb == "/Run":
        action = ElementTree.fromstring(known.read_bytes()).find(f".//{{NAMES}}Exec")
        run([action.findtext(f"{{NAMES}}Command"), *shlex.split(action.findtext(f"{{NAMES}}Arguments"))])
    if verb == "/Delete":
        known.unlink()
    return 0


def nothing(*words):
    return 0


name = Path(sys.argv[0]).stem
with (FOLDER / "calls").open("a") as calls:
    calls.write(json.dumps([name, *sys.argv[1:]]) + "\\n")
sys.exit({{"launchctl": launchctl, "schtasks": schtasks}}.get(name, nothing)(*sys.argv[1:]))
"""

OF_SYSTEM = {
    "darwin": ("launchctl", "security", "open"),
    "win32": ("schtasks.EXE", "certutil.EXE"),
}


def make_programs(folder: Path, system: str) -> str:
    """Make the programs of a system in a folder, and return the PATH on which they are found first."""
    folder.mkdir(parents=True)
    for name in OF_SYSTEM[system]:
        program = folder / name
        program.write_text(PROGRAM.format(python=sys.executable, folder=str(folder)))
        program.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def calls(folder: Path) -> list[list[str]]:
    """Return how the programs in a folder were called."""
    file = folder / "calls"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
