"""The life of a pay run, as the biller lives it: drafted, drafted again, closed, taken back."""

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Biller
from tests.end_to_end.exports import calm_harbor
from tests.end_to_end.practice import a_month, cents_for, owed

QUINCE = ("--clinic", "quince")


@pytest.fixture(name="log")
def a_log(biller: Biller) -> Path:
    log = calm_harbor(a_month(visits=30), biller.folder / "visits.xlsx")
    biller.press("clinic.choose", log, *QUINCE)
    return log


def generated(biller: Biller, log: Path) -> dict[str, Any]:
    reply = biller.press("payroll.generate", log, "--sheet", "Visits by clinician")
    figures: dict[str, Any] = reply["figures"]
    return figures | {"sha256": reply["output"]["sha256"]}


def test_nothing_changed_gives_the_same_fingerprint_and_the_same_bytes(biller: Biller, log: Path) -> None:
    first = generated(biller, log)
    again = generated(biller, log)

    assert again == first


def test_a_closed_run_is_not_paid_again_and_a_voided_one_is(biller: Biller, log: Path) -> None:
    first = generated(biller, log)
    closed = biller.press("payroll.close", log)["figures"]

    second = generated(biller, log)
    biller.press("payroll.void", log, "--set", f"run={second['run']}", "--set", "reason=made too early")
    voided = biller.press("payroll.void", log, "--set", f"run={first['run']}", "--set", "reason=wrong month")
    third = generated(biller, log)

    assert closed["paid_cents"] == first["paid_cents"] == sum(owed(a_month(visits=30)).values())
    assert (second["paid"], second["already_paid"], second["paid_cents"]) == (0, first["paid"], 0)
    assert second["excluded"] == first["excluded"]
    assert voided["figures"]["state"] == "voided"
    assert (third["paid"], third["paid_cents"]) == (first["paid"], first["paid_cents"])
    assert len({first["run"], second["run"], third["run"]}) == 3


def test_the_next_export_pays_only_what_is_new_in_it(biller: Biller, log: Path) -> None:
    month = a_month(visits=30)
    generated(biller, log)
    biller.press("payroll.close", log)
    later = calm_harbor(a_month(visits=31), biller.folder / "later.xlsx")

    figures = biller.press("payroll.generate", later, *QUINCE)["figures"]

    before = {visit.id for visit in month}
    new = [cents for visit in a_month(visits=31) if visit.id not in before and (cents := cents_for(visit))]
    assert figures["paid_cents"] == sum(new)
    assert figures["already_paid"] == sum(cents_for(visit) is not None for visit in month)


def test_a_check_writes_no_run(biller: Biller, log: Path) -> None:
    biller.press("payroll.check", log)

    assert biller.press("payroll.history", log)["figures"]["runs"] == []
