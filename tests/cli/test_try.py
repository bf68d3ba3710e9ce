"""``clinicledger try``: what it says before the simulated Excel is there."""

import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

from tests.cli.programs import ROOT, surroundings


def test_without_a_browser_try_says_what_to_open_after_it_said_each_step(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "server.cli", "try", "--no-open"]
    environment = surroundings(TMPDIR=str(tmp_path), COLUMNS="80")
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout
        assert running.stderr
        told = running.stdout.readline()
        (address,) = re.findall(r"Open (http://127\.0\.0\.1:\d+/\S*) in your browser", told)
        with urlopen(address, timeout=10) as answer:  # noqa: S310 - the address it told us
            assert b"Simulated Excel" in answer.read()
        running.send_signal(signal.SIGTERM)
        steps = running.stderr.read().splitlines()
        assert running.wait(20) == 0
    assert "is open" not in told
    assert steps[0].startswith("Starting Clinic Ledger")
    assert sum("invoices" in step for step in steps) == 5
