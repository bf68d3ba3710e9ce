"""Text that begins like a formula, through every button and every writer of workbooks: text it stays.

A cell of such text is no formula in the file. But F2 and Enter enter it again, and Excel then makes it one unless the
style of the cell has quotePrefix.
"""

import csv
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from addin.desktop.files.text import needs_quote_prefix as needs_prefix_in_the_add_in
from server.billing.clinics import ANY, CountsAs, MissedPay, MissedVisitRule, Setup, StatusWord
from server.ledger.store import Ledger
from server.ribbon.ribbon_table import ribbon
from server.sheets.sample_log_workbook import Column, Kind, SampleLog, write_sample_log
from server.sheets.tables import SETUP_SHEETS
from server.sheets.workbook_templates import templates
from server.sheets.xlsx.quote_prefix import needs_quote_prefix
from tests.end_to_end.conftest import Biller
from tests.end_to_end.test_payroll import QUINCE
from tests.invented import HEADINGS, JANUARY, a_row
from tests.invented_exams import PRICED, exam_columns, typed
from tests.ribbon.clicks import a_click, a_clock, cell_as_sent, pressed, setup_sheets
from tests.sheets.raw_cells import FORMULA_STARTS, formula_cells, text_cells

SIGNS = [*FORMULA_STARTS, " =", "\uff1d"]
OFFICE = shutil.which("soffice")


def disguised(value: Any, sign: str) -> Any:  # noqa: ANN401
    """Return the value with every text in it beginning with the sign; ``*`` keeps its meaning."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return f"{sign}{value}" if value not in {"", ANY} else value
    if isinstance(value, tuple):
        return tuple(disguised(one, sign) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        texts = {one.name: disguised(getattr(value, one.name), sign) for one in fields(value)}
        return replace(value, **texts)
    return value


def hostile_setup(sign: str) -> Setup:
    setup = replace(
        PRICED,
        statuses=(StatusWord("Kept", CountsAs.ATTENDED),),
        missed_visits=(MissedVisitRule(ANY, ANY, CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, JANUARY),),
    )
    hostile: Setup = disguised(setup, sign)
    return replace(hostile, clinic=replace(hostile.clinic, id="lakeside"))


class Desk:
    """Somebody who presses one button after the other, and every workbook that came of it, by its button."""

    def __init__(self, folder: Path, sign: str) -> None:
        self.ledger = Ledger(folder / "ledger", a_clock)
        self.sign = sign
        self.workbooks: dict[str, bytes] = {}
        self.pressed: set[str] = set()

    def press(self, button: str, **click: Any) -> dict[str, Any]:  # noqa: ANN401
        before = set(self._outputs())
        reply = pressed(self.ledger, button, a_click(**click))
        self.pressed.add(button)
        for path in set(self._outputs()) - before:
            for workbook in workbooks_in(path):
                self.workbooks[f"{button}-{len(self.workbooks)}"] = workbook
        return reply

    def _outputs(self) -> Iterator[Path]:
        return (path for path in (self.ledger.folder / "outputs").rglob("*") if path.is_file())

    def press_every_button(self) -> None:
        sign = self.sign
        licensed = {"license": "yes", "organization": f"{sign}Example Firm"}
        self.press("clinic.save", sheets=setup_sheets(hostile_setup(sign)), inputs=licensed)
        self.press("clinic.choose", clinic=None, inputs={"clinic": "lakeside"})
        self.press("clinic.open")
        log = [
            self.a_visit(id=f"{sign}A1"),
            self.a_visit(id=f"{sign}A2", provider=f"{sign}Nobody Known"),
            self.a_visit(id=f"{sign}A3", status="No show"),
            self.a_visit(id=f"{sign}A4", status="Canceled"),
        ]
        self.press("payroll.check", rows=log)
        self.press("clinic.new", clinic=None, rows=log)
        self.press("payroll.generate", rows=log)
        run = self.press("payroll.generate", rows=[*log[:1], *log[2:]])["figures"]["run"]
        self.press("payroll.statements", inputs={"run": run})
        self.press("payroll.register", inputs={"run": run})
        asked = self.press("payroll.close", inputs={"run": run})["asks"]["fields"]
        ticks = {field["name"]: field["choices"][0]["value"] for field in asked}
        self.press("payroll.close", inputs={"run": run, **ticks})
        self.press("payroll.void", inputs={"run": run, "confirm": "yes", "reason": f"{sign}a mistake"})
        self.press("payroll.history")
        self._fix(log)
        self._invoice()

    def _fix(self, log: list[tuple[Any, ...]]) -> None:
        """Add the provider whom nobody knows to the setup, as a new one."""
        (field,) = self.press("clinic.fix", rows=log)["asks"]["fields"]
        given = {field["name"]: "new", f"{field['name']}_works_as": "1099"}
        (button,) = self.press("clinic.fix", rows=log, inputs=given)["asks"]["fields"]
        given["save"] = button["choices"][0]["value"]
        assert self.press("clinic.fix", rows=log, inputs=given)["asks"]["sheets"]
        click = a_click(rows=log, inputs=given) | {"asked_sheets": [table.name for table in SETUP_SHEETS]}
        assert pressed(self.ledger, "clinic.fix", click)["figures"]["added"] == 1

    def a_visit(self, **cells: str) -> tuple[Any, ...]:
        known = {
            "provider": f"{self.sign}Jane Roe",
            "service": f"{self.sign}EX-101",
            "status": f"{self.sign}Kept",
        }
        return a_row(**known | cells)

    def _invoice(self) -> None:
        sign = self.sign
        row = typed(
            Patient=f"{sign}P-1", Case=f"{sign}C-1", Physician=f"{sign}Dr. Example", Facility=f"{sign}North",
            Exam_type=f"{sign}Full", Payer=f"{sign}Oak", Attorney=f"{sign}Lex",
        )  # fmt: skip
        self.press("invoices.create", sheets=[{"name": "Exams", "columns": exam_columns([row])}])
        self.press("invoices.open", inputs={"state": "all"})
        sheet = self._invoices_sheet()
        for column in sheet["columns"]:
            column[1:] = {"Action": ["send"], "Date": ["2026-11-19"], "Note": [f"{sign}by post"]}.get(
                column[0], column[1:]
            )
        self.press("invoices.update", sheets=[sheet])
        self.press("invoices.open", inputs={"state": "all"})
        self.press("invoices.fill", sheets=[self._invoices_sheet()], inputs={"invoice": "INV-000001"})
        self.press("invoices.history", inputs={"invoice": "INV-000001"})
        self.press("invoices.papers", inputs={"invoice": "INV-000001"})
        self.press("invoices.print", inputs={"invoice": "INV-000001"})
        self.press("cases.statement", inputs={"case": f"{sign}C-1"})
        self.press("cases.settle", inputs={"case": f"{sign}C-1"})
        self.press("cases.open")
        sheet = self._sheet_of("cases.open", "Cases")
        for column in sheet["columns"]:
            if column[0] == "Firm":
                column[1:] = [f"{sign}Example Law" for _ in column[1:]]
        self.press("cases.save", sheets=[sheet])
        with self.ledger.clinic("lakeside").transaction() as books:
            books.status_requests.add(1, f"{sign}Lex", f"{sign}How far are they?", f"{sign}Lex")
        due = a_clock().date().isoformat()
        reminder = {"due": due, "action": f"{sign}Call", "note": f"{sign}soon", "who": f"{sign}Ana"}
        self.press("reminders.add", inputs={"case": f"{sign}C-1", "confirm": "yes"} | reminder)
        self.press("receivables.aging")
        self.press("receivables.dashboard")
        self.press("receivables.export", inputs={"format": "xlsx"})
        whose = {"who": "case", "case": f"{sign}C-1"}
        self.press("receivables.statement", inputs=whose | {"format": "sheet"})
        self.press("reminders.mail")
        self.press("reminders.letters")
        self.press("reminders.today")
        sheet = self._sheet_of("reminders.today", "Reminders")
        for column in sheet["columns"]:
            if column[0] in {"Action", "Note"}:
                column[1:] = ["keep" if column[0] == "Action" else f"{sign}later" for _ in column[1:]]
        self.press("reminders.save", sheets=[sheet])
        self.press("receivables.worklist")

    def _invoices_sheet(self) -> dict[str, Any]:
        return self._sheet_of("invoices.open", "Invoices")

    def _sheet_of(self, button: str, name: str) -> dict[str, Any]:
        """Return the sheet that a button wrote last, as the add-in sends it back."""
        latest = [book for known, book in self.workbooks.items() if known.startswith(button)][-1]
        columns = load_workbook(BytesIO(latest))[name].columns
        return {
            "name": name,
            "columns": [[cell_as_sent(cell.value) for cell in one] for one in columns],
        }


def workbooks_in(path: Path) -> Iterator[bytes]:
    """Yield the workbook that a file of the service is, or those in it, if it is an archive."""
    if path.suffix == ".xlsx":
        yield path.read_bytes()
    elif path.suffix == ".zip":
        with ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist() if name.endswith(".xlsx"))


WITH_WORKBOOK = {
    "clinic.open",
    "clinic.new",
    "payroll.check",
    "payroll.generate",
    "payroll.history",
    "payroll.statements",
    "payroll.register",
    "receivables.aging",
    "receivables.dashboard",
    "receivables.export",
    "receivables.statement",
    "reminders.today",
    "receivables.worklist",
    "invoices.open",
    "invoices.history",
    "cases.open",
}


def unmarked(workbook: bytes) -> list[tuple[str, str, str]]:
    return [
        cell[:3] for cell in text_cells(workbook) if cell.looks_like_formula and not cell.has_quote_prefix
    ]


@pytest.mark.parametrize("sign", SIGNS, ids=repr)
def test_every_workbook_of_the_service_marks_such_text(sign: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path, sign)

    desk.press_every_button()

    assert {name.partition("-")[0] for name in desk.workbooks} == WITH_WORKBOOK
    for name, workbook in desk.workbooks.items():
        assert not unmarked(workbook), name
        assert not formula_cells(workbook), name
        hostile = [cell for cell in text_cells(workbook) if cell.text.startswith(sign.replace("\r", "\n"))]
        assert all(cell.has_quote_prefix for cell in hostile)
        # Spaces around a name are dropped as it is saved; findings and runs begin with words of ours.
        assert hostile or sign.strip() != sign or name.startswith(("payroll.check", "payroll.history")), name
    desk.ledger.close()


def test_every_button_is_pressed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "=")

    desk.press_every_button()

    every = {button.id for button in ribbon().button}
    assert every - desk.pressed == {"invoices.attach"}  # it takes a file, and writes nothing but its name
    desk.ledger.close()


def hostile_log(sign: str) -> list[tuple[Any, ...]]:
    """Return a log in which a text of every kind begins with the sign, and a number and a day that are none."""
    return [
        HEADINGS,
        a_row(id=f"{sign}A1", provider=f"{sign}HYPERLINK(0)", collected=-12.5, minutes=-3),
        a_row(id=f"{sign}A2", service=f"{sign}EX", status=f"{sign}cmd|'/c calc'!A0", units=-1),
    ]


def a_csv(rows: list[tuple[Any, ...]], folder: Path) -> Path:
    path = folder / "log.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    return path


def a_web_page(rows: list[tuple[Any, ...]], folder: Path) -> Path:
    path = folder / "log.html"
    cells = ("".join(f"<td>{'' if cell is None else cell}</td>" for cell in row) for row in rows)
    path.write_text(f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>", "utf-8")
    return path


def a_workbook(rows: list[tuple[Any, ...]], folder: Path) -> Path:
    """Return a workbook of another program, which marks nothing."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row, cells in enumerate(rows, 1):
        for column, value in enumerate(cells, 1):
            cell = sheet.cell(row, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    book.save(folder / "log.xlsx")
    return folder / "log.xlsx"


@pytest.mark.parametrize("sign", SIGNS, ids=repr)
@pytest.mark.parametrize("write", [a_csv, a_web_page, a_workbook])
@pytest.mark.parametrize("button", ["payroll.check", "payroll.generate"])
def test_a_pressed_file_is_saved_with_such_text_marked(
    biller: Biller, button: str, write: Callable[..., Path], sign: str
) -> None:
    log = write(hostile_log(sign), biller.folder)

    saved = Path(
        biller.press(button, log, *QUINCE, "--save-as", str(biller.folder / "done.xlsx"))["saved_to"]
    )

    content = saved.read_bytes()
    assert not unmarked(content)
    assert not formula_cells(content)
    numbers = [
        cell
        for row in load_workbook(saved).worksheets[0].iter_rows()
        for cell in row
        if cell.value in {-12.5, -3, -1}
    ]
    assert len(numbers) == 3
    assert not any(cell.quotePrefix for cell in numbers)


def test_samples_and_templates_mark_such_text(tmp_path: Path) -> None:
    kinds = [Column(f"{sign}{kind}", kind, 9) for sign in SIGNS for kind in Kind]
    moment = datetime(2026, 10, 5)  # noqa: DTZ001 - a cell has no zone
    row = tuple(moment if one.kind in {Kind.DATE, Kind.MOMENT} else f"{one.heading} 1" for one in kinds)
    numbers = tuple(-5 if one.kind in {Kind.NUMBER, Kind.MONEY} else None for one in kinds)
    write_sample_log(
        SampleLog("Log", tuple(SIGNS), tuple(kinds), ((row, numbers),), row), tmp_path / "log.xlsx"
    )

    for workbook in [(tmp_path / "log.xlsx").read_bytes(), *templates().values()]:
        assert not unmarked(workbook)
        assert not formula_cells(workbook)


@pytest.mark.skipif(
    OFFICE is None, reason="LibreOffice (soffice) is not installed, so it cannot read our text back"
)
def test_such_text_is_read_back_unchanged_by_three_programs(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "=")
    texts = [f"{sign}{text}" for sign in SIGNS for text in ("1+1", "HYPERLINK(0)", "", "a b")]
    desk.press_every_button()
    log = tmp_path / "log.xlsx"
    column = Column("Text", Kind.TEXT, 9)
    write_sample_log(SampleLog("Log", (), (column,), (tuple((text,) for text in texts),)), log)
    books = {"log": log.read_bytes(), **desk.workbooks}
    for name, content in books.items():
        (tmp_path / f"{name}.xlsx").write_bytes(content)

    read_by_office = converted([tmp_path / f"{name}.xlsx" for name in books])

    for (name, content), office in zip(books.items(), read_by_office, strict=True):
        written = texts_of(cell.text for cell in text_cells(content) if cell.looks_like_formula)
        openpyxl = load_workbook(BytesIO(content))
        assert written <= texts_of(
            cell.value for sheet in openpyxl for row in sheet.iter_rows() for cell in row
        ), name
        for program in (CalamineWorkbook.from_filelike(BytesIO(content)), office):
            sheets = (program.get_sheet_by_name(sheet).to_python() for sheet in openpyxl.sheetnames)
            assert written <= texts_of(cell for rows in sheets for row in rows for cell in row), name
    desk.ledger.close()


def texts_of(cells: Iterable[object]) -> set[str]:
    """Return the texts among some cells, but blanks; a carriage return is a line break to every program."""
    return {cell.replace("\r", "\n") for cell in cells if isinstance(cell, str) and cell.strip()}


def converted(workbooks: list[Path]) -> list[CalamineWorkbook]:
    """Return the workbooks as LibreOffice saves them."""
    folder = workbooks[0].parent
    command = [str(OFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    convert: list[str | Path] = ["--convert-to", "xlsx", "--outdir", folder / "out", *workbooks]
    subprocess.run([*command, *convert], check=True, capture_output=True, timeout=120)
    return [CalamineWorkbook.from_path(folder / "out" / workbook.name) for workbook in workbooks]


@given(
    st.text(max_size=3) | st.builds("{}{}".format, st.sampled_from([*SIGNS, " ", "\n"]), st.text(max_size=5))
)
def test_service_and_add_in_mark_the_same_texts(text: str) -> None:
    assert needs_quote_prefix(text) == needs_prefix_in_the_add_in(text)
    assert needs_quote_prefix(text) >= text.startswith(FORMULA_STARTS)
    assert not needs_quote_prefix(f"a{text}")
