"""The life of a pay run, as the biller lives it: drafted, drafted again, closed, taken back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.end_to_end.conftest import Biller
from tests.end_to_end.exports import calm_harbor
from tests.end_to_end.practice import a_month, cents_for, owed, setup_book

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
    closed = biller.confirm("payroll.close", log)["figures"]

    second = generated(biller, log)
    voided = biller.press("payroll.void", log, "--set", f"run={first['run']}", "--set", "reason=wrong month")
    third = generated(biller, log)

    assert closed["paid_cents"] == first["paid_cents"] == sum(owed(a_month(visits=30)).values())
    assert (second["run"], second["paid"], second["already_paid"]) == ("", 0, first["paid"])
    assert second["already_paid_cents"] == first["paid_cents"]
    assert second["excluded"] == first["excluded"]
    assert voided["figures"]["state"] == "voided"
    assert (third["paid"], third["paid_cents"]) == (first["paid"], first["paid_cents"])
    assert first["run"] != third["run"]


def test_the_next_export_pays_only_what_is_new_in_it(biller: Biller, log: Path) -> None:
    month = a_month(visits=30)
    generated(biller, log)
    biller.confirm("payroll.close", log)
    later = calm_harbor(a_month(visits=31), biller.folder / "later.xlsx")

    figures = biller.press("payroll.generate", later, *QUINCE)["figures"]

    before = {visit.id for visit in month}
    new = [cents for visit in a_month(visits=31) if visit.id not in before and (cents := cents_for(visit))]
    assert figures["paid_cents"] == sum(new)
    assert figures["already_paid"] == sum(cents_for(visit) is not None for visit in month)


def a_month_of(biller: Biller, month: int) -> Path:
    """Return the workbook of a month of 2025, its payroll generated as a draft."""
    visits = [
        replace(
            visit, id=f"{month}-{visit.id}", day=visit.day.replace(month=month, day=min(visit.day.day, 30))
        )
        for visit in a_month(visits=12)
    ]
    workbook = calm_harbor(visits, biller.folder / f"2025-{month:02}.xlsx")
    biller.press("clinic.choose", workbook, *QUINCE)
    assert generated(biller, workbook)["run"] == f"quince-2025-{month:02}-r1"
    return workbook


def states(biller: Biller, workbook: Path) -> dict[str, str]:
    runs = biller.press("payroll.history", workbook)["figures"]["runs"]
    return {run["run"].split("-")[2]: run["state"] for run in runs}


def test_approving_in_one_workbook_never_touches_the_run_of_another(biller: Biller) -> None:
    """September is approved and June the only draft: pressed again in September's workbook, June stays a draft."""
    september = a_month_of(biller, 9)
    june = a_month_of(biller, 6)

    biller.confirm("payroll.close", september)
    assert states(biller, september) == {"09": "closed", "06": "draft"}

    again = biller.confirm("payroll.close", september)
    assert again["summary"].startswith("Run quince-2025-09-r1 was approved on ")
    assert again["summary"].endswith("Nothing to do.")
    assert states(biller, september) == {"09": "closed", "06": "draft"}

    assert biller.confirm("payroll.close", june)["figures"]["run"] == "quince-2025-06-r1"


def test_a_workbook_that_shows_no_run_is_asked_about_even_the_only_draft(biller: Biller) -> None:
    june = a_month_of(biller, 6)
    other = calm_harbor(a_month(visits=12), biller.folder / "other.xlsx")

    reply = biller.confirm("payroll.close", other, *QUINCE)

    (field,) = reply["asks"]["fields"]
    assert (field["name"], field["default"]) == ("run", None)
    assert states(biller, june) == {"06": "draft"}


def test_a_rate_saved_after_the_draft_is_not_approved_unasked(biller: Biller) -> None:
    """Pressed on a file: the log is sent with a second press of its own, and the file is answered like a biller."""
    june = a_month_of(biller, 6)
    setup = setup_book()
    for row in setup["Rates"].iter_rows(min_row=2):
        for cell in row:
            if cell.value == "per session":
                row[cell.column].value = 7
    setup.save(biller.folder / "setup.xlsx")
    biller.press("clinic.save", biller.folder / "setup.xlsx")

    asked = biller.press("payroll.close", june)
    again = biller.press("payroll.close", june, "--set", "stale=generate")
    approved = biller.confirm("payroll.close", june)

    assert asked["asks"]["title"].startswith(
        "Since this draft was made the setup changed: it would now pay $"
    )
    assert [choice["value"] for choice in asked["asks"]["fields"][0]["choices"]] == ["generate", "approve"]
    assert approved["figures"]["paid_cents"] == again["figures"]["paid_cents"]
    assert approved["figures"]["state"] == "closed"


def test_a_row_deleted_after_the_draft_is_not_approved_unasked(biller: Biller) -> None:
    june = a_month_of(biller, 6)
    book = load_workbook(june, data_only=True)
    book["Visits by clinician"].delete_rows(6)
    book.save(june)

    reply = biller.confirm("payroll.close", june)

    assert "Since this draft was made its log changed: it would now pay" in reply["asks"]["title"]
    assert states(biller, june) == {"06": "draft"}


def test_rows_and_columns_added_to_the_summary_hide_no_run(biller: Biller) -> None:
    june = a_month_of(biller, 6)
    book = load_workbook(june, data_only=True)
    book["Payroll Summary"].insert_rows(1, amount=3)
    book["Payroll Summary"].insert_cols(1, amount=2)
    book.save(june)
    assert biller.confirm("payroll.close", june)["figures"]["run"] == "quince-2025-06-r1"


def test_a_log_sheet_that_was_renamed_is_said_and_asked_for_once(biller: Biller) -> None:
    june = a_month_of(biller, 6)
    book = load_workbook(june, data_only=True)
    book["Visits by clinician"].title = "June"
    book.save(june)

    reply = biller.confirm("payroll.close", june)

    assert "no sheet “Visits by clinician” any more" in reply["summary"]
    assert (reply["level"], reply["figures"]["state"]) == ("review", "closed")


def test_a_check_writes_no_run(biller: Biller, log: Path) -> None:
    biller.press("payroll.check", log)

    assert biller.press("payroll.history", log)["figures"]["runs"] == []
