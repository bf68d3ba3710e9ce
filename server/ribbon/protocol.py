"""The wire format of clicks and replies: the envelope (docs/contracts.md#clicks).

Pydantic checks the envelope. For the cells, up to a hundred thousand rows, we only check that they are
cell values: validating each as a model takes longer than the payroll.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, Field, ValidationError

from server.errors import BadRequest, Finding, Remedy, Severity, TooLarge, kinds_in_order, show_value
from server.sheets import cell_addresses
from server.sheets.sheet import Sheet
from server.sheets.workbook_view import WorkbookView

ROWS_OF_EXCEL = 1_048_576
COLUMNS_OF_EXCEL = 16_384

_CELL = "[A-Za-z]{1,3}[1-9][0-9]{0,6}"
CellBlock = Annotated[str, Field(pattern=f"^{_CELL}(:{_CELL})?$")]

StateCells = Annotated[str, Field(pattern=f"^{_CELL}(:{_CELL})?(,{_CELL}(:{_CELL})?)*$", max_length=200)]

RowNumber = Annotated[int, Field(ge=0, lt=2**31)]

_CELLS = {"type": "array", "items": {"type": ["string", "number", "boolean", "null"]}}
_COLUMNS: dict[str, Any] = {"type": "array", "items": _CELLS}
_FORMATS: dict[str, Any] = {
    "type": "array",
    "items": {
        "anyOf": [{"type": ["string", "null"]}, {"type": "array", "items": {"type": ["string", "null"]}}]
    },
}
"""What the reader of cells checks itself, because it is faster."""

FINDINGS_SHOWN = 500
"""How many findings a reply lists; all of them are in the Findings sheet."""

_UNSEEN = re.compile(rb"\\(?:\\|[bf]|u00(?:0[0-8bcefBCEF]|1[0-9a-fA-F]))")
"""The JSON escapes of control characters other than tab and line break. An escaped backslash also matches, and is kept."""

_CELL_TYPES = {str, int, float, bool, type(None)}


class WrittenSheet(BaseModel):
    """A sheet of the workbook that Clinic Ledger wrote.

    ``kind`` is the mark of the sheets that are replaced together, such as ``payroll``. ``state`` has the cells that show the state of what the
    sheet is about, such as ``A3:F3,D12:F12``; ``None`` if there are none.
    """

    name: str
    kind: str
    state: StateCells | None = None


class Workbook(BaseModel):
    """The workbook the click came from. ``written`` is ``None`` if the click does not say which of its sheets we wrote."""

    name: str = ""
    clinic: str | None = None
    date_system: Literal[1900, 1904] = 1900
    written: list[WrittenSheet] | None = None


class SentSheet(BaseModel):
    """The used part of one worksheet; ``columns`` and ``formats`` are column-major."""

    name: str
    top_left: str = Field(default="A1", pattern=f"^{_CELL}$")
    columns: Any = Field(default_factory=list, json_schema_extra=_COLUMNS)
    formats: Any = Field(default_factory=list, json_schema_extra=_FORMATS)
    hidden: bool = False
    hidden_rows: list[RowNumber] = Field(default_factory=list)
    merged: list[CellBlock] = Field(default_factory=list)


class Selection(BaseModel):
    """The selection in Excel: Excel row numbers of a sheet."""

    sheet: str = ""
    rows: list[RowNumber] = Field(default_factory=list)


class Click(BaseModel):
    """One press of a ribbon button."""

    request_id: str = Field(min_length=1, max_length=200)
    workbook: Workbook = Field(default_factory=Workbook)
    sheets: list[SentSheet] = Field(default_factory=list)
    asked_sheets: list[str] = Field(default_factory=list)
    """The sheets that the previous answer asked for. A name that is not among ``sheets`` is not in the workbook."""
    selection: Selection | None = None
    inputs: dict[str, str | int | float | bool | None] = Field(default_factory=dict)

    def answers(self) -> dict[str, str]:
        """Return the inputs as text, without blanks. A zero and a no are answers too."""
        texts = {name: _as_text(value) for name, value in self.inputs.items()}
        return {name: text for name, text in texts.items() if text}

    def only_sheet(self, name: str, *beside: str) -> "Click | None":
        """Return the click with only the sheet of this name, or ``None`` if it was not sent. Sheets ``beside`` it stay behind it."""

        def find_sheets(name: str) -> list[SentSheet]:
            return [
                sheet for sheet in self.sheets if sheet.name.strip().casefold() == name.strip().casefold()
            ]

        found = find_sheets(name)[:1]
        further = [sheet for one in beside for sheet in find_sheets(one) if sheet not in found]
        return self.model_copy(update={"sheets": [*found, *further]}) if found else None

    def view(self) -> WorkbookView:
        """Return what the workbook shows of the sheets that were sent."""
        return WorkbookView(
            [sheet.name for sheet in self.sheets if not sheet.hidden],
            [sheet.name for sheet in self.sheets if sheet.hidden],
            {sheet.name: sheet.hidden_rows for sheet in self.sheets if sheet.hidden_rows},
        )

    def worksheets(self) -> list[Sheet]:
        """Return the sheets in the form that the readers take."""
        return [_worksheet_of(sheet, self.workbook.date_system) for sheet in self.sheets]


class ReplyRemedy(BaseModel):
    """An offer of a refusal or a finding: a button to press with these inputs, and what the offer says."""

    label: str
    button: str
    inputs: dict[str, str] = Field(default_factory=dict)
    resumes: bool = True


class ReplyFinding(BaseModel):
    """One finding about one cell. ``remedies`` are what to do about it that is a button, at most three."""

    severity: Severity
    code: str
    sheet: str
    cell: str
    row: int | None
    column: str
    message: str
    remedy: str
    remedies: list[ReplyRemedy] = Field(default_factory=list)


class OutputSheet(BaseModel):
    """One sheet of the output workbook."""

    name: str


class Output(BaseModel):
    """A finished workbook whose sheets the add-in inserts."""

    id: str
    url: str
    sha256: str
    sheets: list[OutputSheet]


class ReplyFile(BaseModel):
    """A file for the person, which the add-in hands over under this name: it saves it or offers it as a download."""

    id: str
    url: str
    sha256: str
    name: str


class Edit(BaseModel):
    """Cells to write or mark in the workbook; what is ``None`` is left as it is.

    ``choices`` is the dropdown of every cell of the range; an empty list takes it away.
    """

    sheet: str
    range: str
    values: list[list[str | int | float | bool | None]] | None = None
    fill: str | None = None
    format: str | None = None
    choices: list[str] | None = None


class Chart(BaseModel):
    """A chart of cells: the first row of ``source`` names the series, its first column the points. It covers ``place``."""

    sheet: str
    kind: Literal["column", "bar", "line", "pie"]
    source: CellBlock
    title: str
    place: CellBlock | None = None


class PanelRow(BaseModel):
    """One measure of a panel: ``label`` and ``value`` in words, ``note`` says more, such as the definition.

    ``share`` is the length of its bar, from 0 to 1, ``None`` if it has none; ``color`` fills the bar, such as ``#C00000``.
    ``opens`` is the button that shows what is behind it.
    """

    label: str
    value: str
    note: str = ""
    share: float | None = Field(default=None, ge=0, le=1)
    color: str | None = Field(default=None, pattern="^#[0-9A-F]{6}$")
    opens: ReplyRemedy | None = None


class Panel(BaseModel):
    """A small table of measures, which the task pane shows with the result."""

    title: str
    rows: list[PanelRow]


class Binding(BaseModel):
    """The clinic the workbook belongs to from now on."""

    clinic: str


class AskedChoice(BaseModel):
    """One answer of a choice."""

    value: str
    label: str


class AskedField(BaseModel):
    """One question of a button.

    A ``file`` is sent to ``POST /clinics/{clinic}/documents`` first; the answer is its digest. Of ``several`` any number
    of choices can be chosen; the answer is their values with semicolons between them. The choices of ``buttons`` are the
    buttons that send the form; a form has at most one such field. If that is not required, the form can also be sent
    without it. ``missing`` is what to do if a required question has no answer, "" for what its kind says anyway.
    """

    name: str
    label: str
    kind: Literal["text", "choice", "several", "date", "number", "yes-no", "file", "buttons"] = "text"
    choices: list[AskedChoice] = Field(default_factory=list)
    default: str | None = None
    required: bool = True
    missing: str = ""


class AskedTable(BaseModel):
    """A small table that a question is about: texts under headings."""

    title: str
    headings: list[str]
    rows: list[list[str]]


class Asks(BaseModel):
    """A small form; the button is pressed again with its answers as inputs.

    ``tables`` show what the questions are about.
    If it has ``sheets`` but no fields, the user is not asked: the add-in presses the button once more, with the
    named sheets that exist, and with all names in ``asked_sheets``.
    """

    title: str
    fields: list[AskedField]
    tables: list[AskedTable] = Field(default_factory=list)
    sheets: list[str] = Field(default_factory=list)


class Reply(BaseModel):
    """The reply: what the add-in applies to the workbook, and what the biller reads.

    ``level``: ``done``; ``review``, done and worth a look; ``blocked``, not done, or with an ``output`` done as far
    as the blockers let it: a draft, a list. ``next`` is the id of the button that is the next step of the work.
    """

    summary: str
    level: Literal["done", "review", "blocked"] = "done"
    figures: dict[str, Any] = Field(default_factory=dict)
    findings: list[ReplyFinding] = Field(default_factory=list)
    findings_total: int = 0
    output: Output | None = None
    file: ReplyFile | None = None
    edits: list[Edit] = Field(default_factory=list)
    charts: list[Chart] = Field(default_factory=list)
    panels: list[Panel] = Field(default_factory=list)
    clear_marks: list[str] = Field(default_factory=list)
    bind: Binding | None = None
    asks: Asks | None = None
    activate: str | None = None
    next: str | None = None


def read_click(body: bytes) -> Click:
    """Read a click from the raw body, or refuse it as BadRequest.

    A character that no cell can hold is read as a blank. It is not dropped: dropping it between two digits would
    make a larger number.
    """
    try:
        seen = _UNSEEN.sub(_blank_for, body) if b"\\" in body else body
        return Click.model_validate(orjson.loads(seen))
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadRequest(f"The request is not JSON: {error.msg} at {where}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadRequest(f"The request is not of the agreed form: {where}: {first['msg']}.") from None


def _blank_for(escape: re.Match[bytes]) -> bytes:
    return escape[0] if escape[0] == rb"\\" else b" "


def cells_of(findings: Sequence[Finding], *, for_programs: bool = False) -> Iterator[ReplyFinding]:
    """Yield one finding per cell, in the order of the sheets of findings, with the remedies of people or of programs."""
    for finding in chain.from_iterable(kinds_in_order(findings)):
        message = finding.message
        remedy = finding.program_remedy if for_programs else finding.remedy
        remedies = offered_remedies(finding.remedies)
        for row in sorted(finding.rows) or (None,):
            place = cell_address(finding.column, row)
            yield ReplyFinding(
                severity=finding.severity,
                code=finding.code,
                sheet=finding.sheet,
                cell=place,
                row=row,
                column=show_value(finding.heading),
                message=message,
                remedy=remedy,
                remedies=remedies,
            )


def offered_remedies(remedies: Iterable[Remedy]) -> list[ReplyRemedy]:
    """Return remedies in the form of a reply."""
    return [
        ReplyRemedy(label=one.label, button=one.button, inputs=dict(one.inputs), resumes=one.resumes)
        for one in remedies
    ]


def _as_text(value: object) -> str:
    """Return an input as text, as a person would type it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()


def cell_address(column: int | None, row: int | None) -> str:
    """Return the address of a cell, or of a whole row if there is no column."""
    if row is None:
        return ""
    return f"{row}:{row}" if column is None else cell_addresses.cell(column, row)


def count_cells(findings: Sequence[Finding]) -> int:
    """Return the number of cells with findings. A finding about a whole sheet counts as one."""
    return sum(max(1, len(finding.rows)) for finding in findings)


def level_of(findings: Sequence[Finding]) -> Literal["done", "review", "blocked"]:
    """Return the level of the worst finding."""
    severities = {finding.severity for finding in findings}
    if Severity.BLOCKER in severities:
        return "blocked"
    return "review" if Severity.REVIEW in severities else "done"


def _worksheet_of(sent: SentSheet, date_system: int) -> Sheet:
    _check_cells(sent)
    first_column, first_row, _, _ = cell_addresses.bounds(sent.top_left)
    if first_row - 1 + len(sent.columns[0] if sent.columns else ()) > ROWS_OF_EXCEL:
        raise TooLarge(f"The sheet “{sent.name}”", f"{ROWS_OF_EXCEL:,} rows")
    if first_column + len(sent.columns) > COLUMNS_OF_EXCEL:
        raise TooLarge(f"The sheet “{sent.name}”", f"{COLUMNS_OF_EXCEL:,} columns")
    formats = sent.formats if isinstance(sent.formats, list) else []
    return Sheet(
        sent.name, first_row, first_column, sent.columns, formats, sent.hidden_rows, sent.merged, date_system
    )


def _check_cells(sent: SentSheet) -> None:
    columns = sent.columns
    if not isinstance(columns, list) or not all(isinstance(column, list) for column in columns):
        raise BadRequest(f"The columns of sheet “{sent.name}” are not lists of cells.")
    if len({len(column) for column in columns}) > 1:
        raise BadRequest(f"The columns of sheet “{sent.name}” are not equally long.")
    for column in columns:
        if not set(map(type, column)) <= _CELL_TYPES:
            raise BadRequest(f"The sheet “{sent.name}” holds something that is no cell value.")
