"""The commands that make each system trust the authority of this computer, and forget it.

None of them needs an administrator: only this user's trust is changed.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from server.certificates import AUTHORITY_NAME, Certificates
from server.cli.system_commands import why_failed

SYSTEMS = {"win32": "Windows", "darwin": "macOS"}
LINUX = "Linux"


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and a sentence about what the user will see."""

    command: tuple[str, ...]
    tells: str

    def command_line(self) -> str:
        """Return the command as typed in a shell."""
        return " ".join(f'"{part}"' if " " in part else part for part in self.command)


def system_name() -> str:
    """Return the name of this system: Windows, macOS or Linux."""
    return SYSTEMS.get(sys.platform, LINUX)


def trust_steps(on: str, certificates: Certificates, home: Path) -> list[Step]:
    """Return the steps that make the user's programs on a system trust the authority."""
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
                ("security", "add-trusted-cert", "-r", "trustRoot", "-k", _keychain_path(home), authority),
                "macOS asks for your password.",
            )
        ]
    return [
        Step(("mkdir", "-p", str(_nss_folder(home))), "Chrome and Chromium keep what you trust here."),
        Step(
            (
                "certutil",
                "-d",
                f"sql:{_nss_folder(home)}",
                "-A",
                "-t",
                "C,,",
                "-n",
                AUTHORITY_NAME,
                "-i",
                authority,
            ),
            "Chrome and Chromium trust it from their next start.",
        ),
    ]


def forget_steps(on: str, certificates: Certificates, home: Path) -> list[Step]:
    """Return the steps that remove that trust."""
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
                (
                    "security",
                    "delete-certificate",
                    "-t",
                    "-Z",
                    certificates.fingerprint(),
                    _keychain_path(home),
                ),
                "macOS asks for your password.",
            )
        ]
    return [
        Step(
            ("certutil", "-d", f"sql:{_nss_folder(home)}", "-D", "-n", AUTHORITY_NAME),
            "Chrome and Chromium forget it with their next start.",
        )
    ]


def look_up_step(on: str, certificates: Certificates, home: Path) -> Step:
    """Return the step that succeeds only if the user's programs on a system trust the authority."""
    authority = str(certificates.authority.absolute())
    command: tuple[str, ...] = (
        "certutil",
        "-d",
        f"sql:{_nss_folder(home)}",
        "-L",
        "-n",
        AUTHORITY_NAME,
    )
    if on == "Windows":
        command = ("certutil", "-user", "-verifystore", "Root", certificates.fingerprint())
    if on == "macOS":
        command = ("security", "verify-cert", "-c", authority, "-k", _keychain_path(home))
    return Step(command, "It only looks.")


def take_step(step: Step) -> str | None:
    """Take a step; return why it failed, ``None`` if it succeeded."""
    return why_failed(step.command, _package_hint(step))


def _package_hint(step: Step) -> str:
    return " (Debian and Ubuntu: libnss3-tools)" if "-d" in step.command else ""


def _keychain_path(home: Path) -> str:
    return str(home / "Library" / "Keychains" / "login.keychain-db")


def _nss_folder(home: Path) -> Path:
    return home / ".pki" / "nssdb"
