"""``ledger info`` says when the clock was set back since the latest entry of a clinic."""

from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from server.cli.commands import app
from server.ledger.clock import instant, utc_now
from server.ledger.store import Ledger
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import created


@pytest.mark.parametrize(("hours", "said"), [(-1, False), (30, True), (24 * 400, True)])
@pytest.mark.parametrize("entry", ["a view", "a step"])
def test_a_clock_set_back_is_said_by_ledger_info(
    tmp_path: Path, hours: int, entry: str, *, said: bool
) -> None:
    then = utc_now() + timedelta(hours=hours)
    clinic = Ledger(tmp_path, lambda: then).open_clinic(LAKESIDE)
    if entry == "a step":
        created(clinic)
    else:
        with clinic.transaction() as books:
            books.log_access("ana", "invoices", "3")

    shown = CliRunner().invoke(app, ["ledger", "info", "--ledger", str(tmp_path)], env={"COLUMNS": "200"})
    assert ("The clock was set back" in shown.output) == said
    (listed,) = orjson.loads(
        CliRunner().invoke(app, ["ledger", "info", "--json", "--ledger", str(tmp_path)]).output
    )["clinics"]
    assert listed["recorded_ahead"] == (instant(then) if said else "")
