"""Schemathesis holds the service to its OpenAPI document: thousands of requests, made of the document alone.

It fails on an error of the service, a status or content type that is not declared, an answer that does not fit its schema, a
request that fits the schema and is called malformed, one that does not fit and is accepted, and an address that needs a
token and answers without one. The seed makes every run the same.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from server.cli.service import temporary_service
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.settings import Settings
from tests.behind import copy_ledger
from tests.cli.programs import ROOT

FUZZING = ROOT / "tests" / "api" / "contract_fuzzing"
EXAMPLES = 3
SEED = 1
MOST_SECONDS = 600
"""After that it hangs: it takes a minute at most on two cores that nobody else uses."""
LEAST_REQUESTS = 1_500

OTHER_BUTTONS = r"^/ribbon/(?!invoices\.update|payroll\.check|\{)"
"""All buttons take the same body; two of them, and the address of an unknown one, stand for all."""


@pytest.mark.many_rounds
def test_no_request_made_of_the_contract_finds_the_service_breaking_it(
    priced_folder: Path, tmp_path: Path
) -> None:
    folder = copy_ledger(priced_folder, tmp_path / "ledger")
    token = Ledger(folder).tokens.give("desktop")
    with temporary_service(Settings(path=folder, workers=0)) as url:
        command = [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(FUZZING / "schemathesis.toml"),
            "run", f"{url}/openapi.json", "--url", url, "--header", f"Authorization: Bearer {token}",
            "--seed", str(SEED), "--max-examples", str(EXAMPLES), "--generation-database", "none",
            "--phases", "examples,coverage,fuzzing", "--exclude-path-regex", OTHER_BUTTONS, "--no-color", "--suppress-health-check", "all",
        ]  # fmt: skip
        run = subprocess.run(
            command,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
        )
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2_000:]
    generated = re.search(r"([\d,]+) generated", run.stdout)
    assert generated
    assert int(generated[1].replace(",", "")) > LEAST_REQUESTS
    assert isinstance(Ledger(folder).clinic("lakeside").verify(), Verified)
