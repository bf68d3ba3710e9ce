"""Asks the public lists of advisories about every package that the program needs to run: ``just audit``.

pip-audit does the asking. It calls an audit a success in which it could not find a package at its source; here, only a
list that answered for every package counts. If none did, this says so and ends with status 2: nothing was found out.
Known vulnerabilities end with status 1.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.third_party import ROOT, Package, locked_packages

SOURCES = ("pypi", "osv")
"""The lists of advisories by their names in pip-audit, in the order in which they are asked."""

VULNERABLE, NOT_AUDITED = 1, 2
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Audit:
    """What one list of advisories answered. ``failure`` says why it does not count, "" if it does."""

    vulnerabilities: tuple[str, ...] = ()
    failure: str = ""


def audit_of(report: str, packages: int, error: str = "") -> Audit:
    """Return what a report of pip-audit says about a number of packages. ``error`` is what it wrote beside the report."""
    try:
        entries: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (json.JSONDecodeError, KeyError, TypeError):
        lines = error.strip().splitlines() or ["no report"]
        return Audit(failure=lines[-1])
    answered = [entry for entry in entries if "vulns" in entry and "skip_reason" not in entry]
    if len(answered) < packages:
        return Audit(failure=f"no answer about {packages - len(answered)} of {packages} packages")
    return Audit(
        tuple(
            f"{entry['name']} {entry['version']}: {one['id']}, fixed in {', '.join(one['fix_versions']) or 'no version'}"
            for entry in answered
            for one in entry["vulns"]
        )
    )


def ask(source: str, packages: list[tuple[str, str]]) -> Audit:
    """Ask a list of advisories about packages, each with its version."""
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder, "requirements.txt")
        pinned.write_text("".join(f"{name}=={version}\n" for name, version in packages), "utf-8")
        options = ("--disable-pip", "--no-deps", "--progress-spinner=off", "--format=json", f"-s={source}")
        try:
            done = subprocess.run(  # noqa: S603 - arguments of our own
                [sys.executable, "-m", "pip_audit", *options, "-r", str(pinned)],
                cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS, encoding="utf-8",
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Audit(failure=f"no answer in {SECONDS} seconds")
    return audit_of(done.stdout, len(packages), done.stderr)


def pinned_versions(packages: list[Package]) -> list[list[tuple[str, str]]]:
    """Return the packages with their versions, in as many lists as one package has versions at most."""
    most = max(len(one.versions) for one in packages)
    return [
        [(one.name, one.versions[place]) for one in packages if place < len(one.versions)]
        for place in range(most)
    ]


def main() -> int:
    """Print what the first list that answers for every package says; return the status of the program."""
    groups = pinned_versions(locked_packages())
    for source in SOURCES:
        audits = [ask(source, group) for group in groups]
        failure = next((audit.failure for audit in audits if audit.failure), "")
        if failure:
            _say(f"{source} did not answer: {failure}")
            continue
        found = sorted({line for audit in audits for line in audit.vulnerabilities})
        count = sum(map(len, groups))
        _say(*found, f"{count} packages audited at {source}: {len(found) or 'no'} known vulnerabilities.")
        return VULNERABLE if found else 0
    _say("NOT AUDITED. No list of advisories could be reached, so nothing is known about vulnerabilities.")
    return NOT_AUDITED


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
