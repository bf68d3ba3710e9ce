"""The three months of docs/three-months.md through ``clinicledger press``, to the cent of each statement."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from server.cli.commands import app
from server.cli.service import temporary_service
from server.settings import Settings
from tests.end_to_end.conftest import Biller
from tests.end_to_end.three_months import (
    CLINIC,
    CORA,
    HANDED_OVER,
    MONTHS,
    OWED_BY_CORA,
    Month,
    write_log,
    write_setup,
)
from tests.papers.reading import text_of

SIGNED = "--set=note_signed_notesigned=Yes"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Biller]:
    """Return somebody with an empty ledger."""
    with temporary_service(Settings(path=tmp_path / "ledger", workers=0)) as url:
        yield Biller(url, tmp_path / "ledger", tmp_path)


def generate(office: Biller, month: Month, log: Path, *answers: str) -> dict[str, Any]:
    """Press Generate payroll for the days of a month; accept what a changed rate offers."""
    words = ["--clinic", CLINIC, f"--set=from={month.first}", f"--set=to={month.last}", SIGNED, *answers]
    reply = office.press("payroll.generate", log, *words)
    assert not reply["asks"], reply["asks"]
    offered = [
        remedy["inputs"]["rate_changes"]
        for finding in reply["findings"]
        for remedy in finding["remedies"]
        if "rate_changes" in remedy["inputs"]
    ]
    if offered and not answers:
        reply = generate(office, month, log, f"--set=rate_changes={';'.join(offered)}")
    return reply


def month_end(office: Biller, month: Month) -> dict[str, Any]:
    """Save the setup of a month, generate and approve its payroll; return the figures of the approved run."""
    office.press("clinic.save", write_setup(office.folder, month))
    log = write_log(office.folder, month)
    generated = generate(office, month, log)["figures"]
    approved: dict[str, Any] = office.confirm("payroll.close", log, "--clinic", CLINIC)["figures"]
    assert approved["run"] == generated["run"] == f"{CLINIC}-{month.first:%Y-%m}-r1"
    assert approved["total_cents"] == generated["total_cents"] == sum(HANDED_OVER[month.name].values())
    return approved | {"providers": generated["providers"]}


def statements_of(office: Biller, run: str) -> dict[str, str]:
    """Save the statements of a run; return the text of each by provider."""
    folder = office.folder / run
    words = ["statements", run, "--dir", str(folder), "--format", "pdf", "--ledger", str(office.ledger)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    return {path.stem: text_of(path.read_bytes()) for path in folder.glob("*.pdf")}


def dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02d}"


def test_every_statement_of_three_months_has_the_right_cents(office: Biller) -> None:
    for month in MONTHS:
        figures = month_end(office, month)
        paid = {one["provider"]: one["total_cents"] for one in figures["providers"]}
        assert paid == HANDED_OVER[month.name]
        statements = statements_of(office, figures["run"])
        for provider, cents in paid.items():
            (text,) = [text for name, text in statements.items() if name.endswith(provider)]
            assert dollars(cents) in text
            others = {other for other in paid if other != provider}
            assert not any(other in text for other in others), provider
    cora = next(one for one in figures["providers"] if one["provider"] == CORA)
    assert cora["carried_out_cents"] == -OWED_BY_CORA
