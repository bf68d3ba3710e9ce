"""The LaunchAgent of macOS that starts the service at log-on."""

import plistlib
from collections.abc import Sequence
from xml.parsers.expat import ExpatError

LABEL = "clinic-ledger.service"

STOP_SECONDS = 300
"""How long launchd waits for the clicks that are being answered, before it ends the service."""


def agent_plist(command: Sequence[str]) -> bytes:
    """Return the property list of an agent that runs a command when the user logs on, and again if it fails."""
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 60,
        "ExitTimeOut": STOP_SECONDS,
        "ProcessType": "Interactive",  # people wait for it, so it is not slowed down as work in the background is
        "Umask": 0o077,
    }
    return plistlib.dumps(agent)


def command_of_agent(content: bytes) -> list[str]:
    """Return the command in a property list that ``agent_plist`` made. Raises ValueError for another one."""
    try:
        return [str(word) for word in plistlib.loads(content)["ProgramArguments"]]
    except (KeyError, TypeError, ExpatError, plistlib.InvalidFileException):
        raise ValueError("the agent starts nothing") from None
