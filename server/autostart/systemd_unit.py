"""The user unit of systemd that starts the service at log-on."""

import re
import shlex
from collections.abc import Sequence

UNIT_NAME = "clinic-ledger.service"
WANTED_BY = "default.target"

UNIT = """\
[Unit]
Description=Clinic Ledger, the service for Excel
StartLimitIntervalSec=900
StartLimitBurst=10

[Service]
Type=exec
ExecStart={command}
Restart=on-failure
RestartSec=10
KillMode=mixed
TimeoutStopSec=300
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy={wanted_by}
"""
"""``KillMode=mixed`` asks the service alone to stop: its worker processes end after their work, so no click is lost."""

PLAIN = re.compile(r"[A-Za-z0-9_./:@+,=-]+")
ESCAPES = {"\\": "\\\\", '"': '\\"', "%": "%%", "$": "$$", "\n": "\\n", "\t": "\\t"}


def unit_text(command: Sequence[str]) -> str:
    """Return the unit that runs a command when the user logs on, and again if it fails."""
    return UNIT.format(command=" ".join(map(_quote_word, command)), wanted_by=WANTED_BY)


def command_of_unit(content: bytes) -> list[str]:
    """Return the command in a unit that ``unit_text`` made. Raises ValueError for another one."""
    found = re.search(r"^ExecStart=(.*)$", content.decode(), re.MULTILINE)
    if found is None:
        raise ValueError("the unit starts nothing")
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(found[1])]


def _quote_word(word: str) -> str:
    """Return a word of the command as systemd reads it back, whatever letters it has."""
    if PLAIN.fullmatch(word):
        return word
    return f'"{"".join(ESCAPES.get(letter, letter) for letter in word)}"'
