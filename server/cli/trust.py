"""How each system is told to trust the authority of this computer, and to forget it.

None of it needs an administrator: what is asked for is the trust of this user.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from server.certificates import AUTHORITY_NAME, Certificates

SYSTEMS = {"win32": "Windows", "darwin": "macOS"}
LINUX = "Linux"


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and what its user will see."""

    command: tuple[str, ...]
    tells: str

    def typed(self) -> str:
        """Return the command as it would be typed."""
        return " ".join(f'"{part}"' if " " in part else part for part in self.command)


def system() -> str:
    """Return the system this runs on: Windows, macOS or Linux."""
    return SYSTEMS.get(sys.platform, LINUX)


def to_trust(on: str, certificates: Certificates, home: Path) -> list[Step]:
    """Return what makes the user's programs on a system believe the authority."""
    authority = str(certificates.authority.absolute())
    if on == "Windows":
        return [
            Step(
                ("certutil", "-user", "-addstore", "Root", authority),
                "Windows asks whether to install the certificate. Answer Yes.",
            )
        ]
    if on == "macOS":
        return [
            Step(
                ("security", "add-trusted-cert", "-r", "trustRoot", "-k", _keychain(home), authority),
                "macOS asks for your password.",
            )
        ]
    return [
        Step(("mkdir", "-p", str(_nss(home))), "Chrome and Chromium keep what you trust here."),
        Step(
            ("certutil", "-d", f"sql:{_nss(home)}", "-A", "-t", "C,,", "-n", AUTHORITY_NAME, "-i", authority),
            "Chrome and Chromium trust it from their next start.",
        ),
    ]


def to_forget(on: str, certificates: Certificates, home: Path) -> list[Step]:
    """Return what takes that trust back."""
    if on == "Windows":
        return [
            Step(
                ("certutil", "-user", "-delstore", "Root", certificates.fingerprint()),
                "Windows asks whether to remove the certificate. Answer Yes.",
            )
        ]
    if on == "macOS":
        return [
            Step(
                ("security", "delete-certificate", "-t", "-Z", certificates.fingerprint(), _keychain(home)),
                "macOS asks for your password.",
            )
        ]
    return [
        Step(
            ("certutil", "-d", f"sql:{_nss(home)}", "-D", "-n", AUTHORITY_NAME),
            "Chrome and Chromium forget it with their next start.",
        )
    ]


def take(step: Step) -> str | None:
    """Do a step; return why it could not be done, ``None`` if it was."""
    program = shutil.which(step.command[0])
    if program is None:
        return f"{step.command[0]} is not installed{_package(step)}"
    done = subprocess.run([program, *step.command[1:]], capture_output=True, text=True, check=False)  # noqa: S603
    return None if done.returncode == 0 else (done.stderr or done.stdout).strip() or f"exit {done.returncode}"


def _package(step: Step) -> str:
    return " (Debian and Ubuntu: libnss3-tools)" if "-d" in step.command else ""


def _keychain(home: Path) -> str:
    return str(home / "Library" / "Keychains" / "login.keychain-db")


def _nss(home: Path) -> Path:
    return home / ".pki" / "nssdb"
