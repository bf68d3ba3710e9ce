"""``clinicledger addin certificate``: HTTPS on this computer, and the trust that it needs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from server.certificates import Certificates
from server.cli import terminal, trust
from server.cli.options import REFUSED, AsJson, exit_with_refusal, settings_of
from server.errors import BillingError, CertificateUnusable
from server.ledger.clock import utc_now

console = Console()

LINUX_REST = (
    "Other programs on Linux (Firefox, curl) keep lists of their own; Debian's is changed by an administrator: "
    "copy authority.pem to /usr/local/share/ca-certificates/clinic-ledger.crt and run update-ca-certificates."
)


def certificate(
    trust_it: Annotated[
        bool, typer.Option("--trust", help="Have this user's programs trust it; the system asks you first.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the trust and the files away.")] = False,
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Where the certificates are; default: in your data folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the certificate the task pane in Excel needs, good for this computer only."""
    if trust_it and remove:
        raise typer.BadParameter("--trust and --remove are opposites.")
    certificates = Certificates(folder or settings_of().certificates)
    try:
        outcome = (
            remove_certificates(certificates)
            if remove
            else _make_certificates(certificates, trust_it=trust_it)
        )
    except BillingError as refusal:
        raise exit_with_refusal(terminal.problem_of(refusal), as_json=as_json) from None
    if as_json:
        typer.echo(orjson.dumps(outcome, option=orjson.OPT_INDENT_2))
    else:
        terminal.show_certificate(console, outcome)
    if not remove and any(step["failed"] for step in outcome["steps"]):
        raise typer.Exit(REFUSED)


def _make_certificates(certificates: Certificates, *, trust_it: bool) -> dict[str, Any]:
    fresh = certificates.make(utc_now())
    steps = trust.trust_steps(trust.system_name(), certificates, Path.home())
    return _outcome(
        "made" if fresh else "kept",
        certificates,
        ends=certificates.ends().date().isoformat(),
        steps=take_steps(steps, take=trust_it),
        note=LINUX_REST if trust.system_name() == trust.LINUX else None,
    )


def remove_certificates(certificates: Certificates) -> dict[str, Any]:
    """Remove the trust, then the files, and return what was done. The order matters: the fingerprint is read from a file.

    A failed step does not stop the rest: an authority whose key is deleted signs nothing, trusted or not.
    """
    if not certificates.exist():
        certificates.remove()  # the rest of one that was interrupted
        return _outcome("nothing", certificates)
    try:
        steps = take_steps(trust.forget_steps(trust.system_name(), certificates, Path.home()), take=True)
    except CertificateUnusable:
        steps = []  # a damaged file has no fingerprint to look for
    certificates.remove()
    return _outcome("removed", certificates, steps=steps)


def _outcome(
    did: str,
    certificates: Certificates,
    *,
    ends: str | None = None,
    steps: Sequence[dict[str, Any]] = (),
    note: str | None = None,
) -> dict[str, Any]:
    return {
        "did": did,
        "authority": str(certificates.authority),
        "ends": ends,
        "steps": list(steps),
        "note": note,
    }


def take_steps(steps: list[trust.Step], *, take: bool) -> list[dict[str, Any]]:
    """Return steps that change the system's trust, taken if ``take``; ``failed`` says why one was not."""
    return [
        {
            "command": step.command_line(),
            "tells": step.tells,
            "taken": take,
            "failed": trust.take_step(step) if take else None,
        }
        for step in steps
    ]
