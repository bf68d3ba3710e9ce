"""The user unit of systemd that starts the service at log-on."""

import re
from collections.abc import Sequence

UNIT_NAME = "clinic-ledger.service"

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
WantedBy=default.target
"""
"""``KillMode=mixed`` asks the service alone to stop: its worker processes end after their work, so no click is lost."""

PLAIN = re.compile(r"[A-Za-z0-9_./:@+,=-]+")
ESCAPES = {"\\": "\\\\", '"': '\\"', "%": "%%", "$": "$$", "\n": "\\n", "\t": "\\t"}


def unit_text(command: Sequence[str]) -> str:
    """Return the unit that runs a command when the user logs on, and again if it fails."""
    return UNIT.format(command=" ".join(map(_quote_word, command)))


def _quote_word(word: str) -> str:
    """Return a word of the command as systemd reads it back, whatever letters it has."""
    if PLAIN.fullmatch(word):
        return word
    return f'"{"".join(ESCAPES.get(letter, letter) for letter in word)}"'
