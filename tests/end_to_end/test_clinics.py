"""Two clinics on one computer never see each other."""

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest

from tests.end_to_end.clicks import a_click
from tests.end_to_end.conftest import Biller
from tests.end_to_end.exports import calm_harbor
from tests.end_to_end.practice import PEOPLE, a_month, setup_book, spelled

SECRETS = ("quince", "Quince Court", *(name.split()[1] for name in PEOPLE), "Q70", "PT-0")
"""What only the first clinic's papers say; services and prices of the two are alike."""


def a_second_clinic(biller: Biller) -> Path:
    """Set up Walnut Mews, where four people of its own work."""
    book = setup_book("walnut", "Walnut Mews")
    for sheet, column in (("Providers", "B"), ("Rates", "B"), ("Missed visits", "A")):
        for cell in book[sheet][column]:
            if cell.value in PEOPLE:
                cell.value = walnutter(str(cell.value))
    for cell in book["Providers"]["D"][2:]:
        cell.value = None
    path = biller.folder / "walnut setup.xlsx"
    book.save(path)
    biller.press("clinic.save", path)
    return path


def walnut_log(biller: Biller) -> Path:
    """Write the log of Walnut Mews: as many visits of other people, under other numbers."""
    log = calm_harbor(a_month(visits=12), biller.folder / "walnut.xlsx")
    renamed = {f"{spelled(person, 'last first')}<": f"{walnutter(person)}<" for person in PEOPLE}
    with zipfile.ZipFile(log) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    with zipfile.ZipFile(log, "w") as archive:
        for name, text in parts.items():
            for before, after in {**renamed, ">Q70": ">W90"}.items():
                text = text.replace(before, after)  # noqa: PLW2901
            archive.writestr(name, text)
    return log


def walnutter(person: str) -> str:
    return f"Person {PEOPLE.index(person)} Walnutter"


def everything_of(workbook: bytes) -> Iterator[str]:
    with zipfile.ZipFile(BytesIO(workbook)) as archive:
        for part in archive.namelist():
            yield part
            yield archive.read(part).decode("utf-8", "replace")


def books_of(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(path)) as db:
        yield from db.iterdump()
    for file in path.parent.glob(f"{path.name}*"):
        yield file.read_bytes().decode("latin-1")


def test_nothing_of_one_clinic_is_in_anything_of_the_other(biller: Biller) -> None:
    quince = calm_harbor(a_month(), biller.folder / "quince.xlsx")
    biller.press("payroll.generate", quince, "--clinic", "quince")
    setup, log = a_second_clinic(biller), walnut_log(biller)

    told = [
        biller.press(button, log, "--clinic", "walnut", "--sheet", "Visits by clinician")
        for button in ("payroll.check", "payroll.generate", "payroll.close", "payroll.history", "clinic.open")
    ]
    told.append(biller.press("clinic.save", setup))
    with biller.http() as http:
        told += [http.get(f"/clinics/walnut/{what}").json() for what in ("providers", "rates", "pay-runs")]

    assert told[1]["figures"]["paid_cents"] > 0
    papers = [
        *map(str, told),
        *everything_of(log.read_bytes()),
        *books_of(biller.ledger / "clinics" / "walnut.db"),
    ]
    for secret in SECRETS:
        assert not [paper[:200] for paper in papers if secret in paper], secret


def test_a_log_of_another_clinic_is_refused_without_saying_whose_it_is(biller: Biller) -> None:
    a_second_clinic(biller)
    quince = calm_harbor(a_month(visits=12), biller.folder / "mixed up.xlsx")
    before = quince.read_bytes()

    refused = biller.refused("payroll.generate", quince, "--clinic", "walnut")

    assert refused["code"] == "another-clinics-log"
    assert "uince" not in str(refused)
    assert quince.read_bytes() == before


def test_a_run_of_one_clinic_cannot_be_closed_or_read_as_another(biller: Biller) -> None:
    a_second_clinic(biller)
    with biller.http() as http:
        made = http.post("/ribbon/payroll.generate", json=a_click(a_month(visits=12))).json()
        closing_it = a_click(clinic="walnut", run=made["figures"]["run"])
        closed = http.post("/ribbon/payroll.close", json=closing_it)

    assert closed.json()["code"] == "unknown-run"


@pytest.mark.parametrize("clinic", ["../clinics/quince", "QUINCE", "quince.db", "quince/", "", "%71uince"])
def test_only_the_id_of_a_clinic_opens_its_books(biller: Biller, clinic: str) -> None:
    with biller.http() as http:
        answer = http.post("/ribbon/payroll.history", json=a_click(clinic=clinic))
    assert answer.json()["code"] in {"unknown-clinic", "no-clinic"}
