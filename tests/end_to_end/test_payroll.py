"""A month of a practice nobody prepared us for, from every kind of file, to the cent."""

from collections import Counter
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Biller
from tests.end_to_end.exports import EXPORTS, calm_harbor
from tests.end_to_end.practice import a_month, cents_for, owed

OUTCOMES = ("paid", "excluded", "held", "blocked", "already_paid")
QUINCE = ("--clinic", "quince")


@pytest.mark.parametrize("kind", EXPORTS)
def test_any_export_of_a_month_pays_the_same_right_cents(biller: Biller, kind: str) -> None:
    visits = a_month()
    name, export = EXPORTS[kind]
    log = export(visits, biller.folder / name)

    reply = biller.press("payroll.generate", log, *QUINCE)

    assert reply.get("level") in {"done", "review"}, reply
    figures = reply["figures"]
    expected = owed(visits)
    assert {one["provider"]: one["paid_cents"] for one in figures["providers"]} == expected
    assert figures["paid_cents"] == sum(expected.values())
    assert figures["rows_in"] == len(visits) == sum(figures[outcome] for outcome in OUTCOMES)
    assert (figures["from"], figures["to"]) == ("2025-10-01", "2025-10-31")
    lines = biller.sheet(Path(reply["saved_to"]), "Lines")
    paid = {visit.id: cents for visit in visits if (cents := cents_for(visit)) is not None}
    assert {line["Appointment ID"]: round(line["Amount"] * 100) for line in lines} == paid


@pytest.mark.parametrize("since_1904", [False, True], ids=["since 1900", "since 1904"])
def test_the_finished_sheets_show_the_days_of_the_log(biller: Biller, *, since_1904: bool) -> None:
    visits = a_month()
    log = calm_harbor(visits, biller.folder / "visits.xlsx", since_1904=since_1904)

    payroll = Path(biller.press("payroll.generate", log, *QUINCE)["saved_to"])

    days = {visit.id: visit.day for visit in visits if cents_for(visit) is not None}
    lines = biller.sheet(payroll, "Lines")
    assert {line["Appointment ID"]: line["Date of service"] for line in lines} == days


def test_a_setup_opened_in_a_workbook_of_1904_and_saved_unchanged_changes_nothing(biller: Biller) -> None:
    log = calm_harbor(a_month(visits=3), biller.folder / "visits.xlsx", since_1904=True)
    biller.press("clinic.choose", log, *QUINCE)
    biller.press("clinic.open", log)

    saved = biller.press("clinic.save", log)

    assert saved["figures"]["rates"]["added"] == 0


WHAT_IS_SAID = {
    "xlsx": {"merged-cells": 6, "total-verified": 1, "summed-columns": 1, "columns-not-read": 1},
    "csv, semicolons, Windows-1252, day first": {"polarity": 3, "summed-columns": 1, "columns-not-read": 1},
    "xls": {"repeated-headers": 1},
}


@pytest.mark.parametrize("kind", WHAT_IS_SAID)
def test_what_was_read_in_a_way_of_its_own_is_said(biller: Biller, kind: str) -> None:
    name, export = EXPORTS[kind]

    reply = biller.press("payroll.check", export(a_month(), biller.folder / name), *QUINCE)

    infos = Counter(finding["code"] for finding in reply["findings"] if finding["severity"] == "info")
    assert infos == WHAT_IS_SAID[kind]
