"""Copies a worksheet into another workbook, with its formats, widths, printing and rules."""

import re
from array import array
from copy import copy, deepcopy
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE
from openpyxl.worksheet.worksheet import Worksheet

MAX_TITLE = 31
WHOLE = (
    "sheet_format",
    "sheet_properties",
    "page_margins",
    "page_setup",
    "print_options",
    "HeaderFooter",
    "views",
    "protection",
    "auto_filter",
    "row_breaks",
    "col_breaks",
    "data_validations",
)
"""Parts of a worksheet that do not refer to other sheets."""


def free_title(wanted: str, workbook: Workbook) -> str:
    """Return the title, or the next of ``Title (2)``, ``Title (3)`` that is free, as Excel counts."""
    taken = {title.lower() for title in workbook.sheetnames}
    title, number = wanted, 1
    while title.lower() in taken:
        number += 1
        ending = f" ({number})"
        title = wanted[: MAX_TITLE - len(ending)] + ending
    return title


def copy_sheet(source: Worksheet, workbook: Workbook) -> Worksheet:
    """Append a copy of ``source`` to ``workbook`` and return it."""
    target: Worksheet = workbook.create_sheet(free_title(source.title, workbook))
    styles = _Styles(source.parent, workbook)
    _copy_cells(source, target, styles)
    _copy_dimensions(source, target, styles)
    for area in source.merged_cells.ranges:
        target.merge_cells(area.coord)
    for part in WHOLE:
        # Some parts hold their worksheet; in the copy that is the new one, not a copy of the old.
        setattr(target, part, deepcopy(getattr(source, part), {id(source): target}))
    for view in target.views.sheetView:
        view.tabSelected = False
    target.sheet_state = source.sheet_state
    _copy_printing(source, target)
    for area in source.conditional_formatting:
        for rule in area.rules:
            target.conditional_formatting.add(str(area.sqref), deepcopy(rule))
    _copy_tables(source, target)
    _copy_names(source, target)
    return target


class _Styles:
    """Translates a style number of one workbook into another. Cells share few styles, so each is copied once."""

    def __init__(self, source: Workbook | None, target: Workbook) -> None:
        self.source: Any = source
        self.target: Any = target
        self._known: dict[bytes, StyleArray] = {}

    def __call__(self, style: StyleArray) -> StyleArray:
        key = style.tobytes()
        if key not in self._known:
            self._known[key] = self._copy_style(style)
        return copy(self._known[key])

    def _copy_style(self, numbers: StyleArray) -> StyleArray:
        style: Any = numbers
        put: Any = StyleArray(array("i", style))
        source, target = self.source, self.target
        put.fontId = target._fonts.add(source._fonts[style.fontId])  # noqa: SLF001
        put.fillId = target._fills.add(source._fills[style.fillId])  # noqa: SLF001
        put.borderId = target._borders.add(source._borders[style.borderId])  # noqa: SLF001
        put.alignmentId = target._alignments.add(source._alignments[style.alignmentId])  # noqa: SLF001
        put.protectionId = target._protections.add(source._protections[style.protectionId])  # noqa: SLF001
        put.xfId = 0
        if style.numFmtId >= BUILTIN_FORMATS_MAX_SIZE:
            number_format = source._number_formats[style.numFmtId - BUILTIN_FORMATS_MAX_SIZE]  # noqa: SLF001
            put.numFmtId = target._number_formats.add(number_format) + BUILTIN_FORMATS_MAX_SIZE  # noqa: SLF001
        return cast("StyleArray", put)


def _copy_cells(source: Worksheet, copied: Worksheet, styles: _Styles) -> None:
    target: Any = copied
    for at, cell in source._cells.items():  # noqa: SLF001
        if isinstance(cell, MergedCell):
            continue
        fresh: Any = Cell(target, row=at[0], column=at[1])
        fresh._value = cell._value  # type: ignore[attr-defined]  # noqa: SLF001
        fresh.data_type = cell.data_type
        if cell.has_style:
            fresh._style = styles(cell._style)  # type: ignore[attr-defined]  # noqa: SLF001
        if cell.hyperlink:
            fresh._hyperlink = copy(cell.hyperlink)  # noqa: SLF001
            target._hyperlinks.append(fresh._hyperlink)  # noqa: SLF001
        if cell.comment:
            fresh.comment = copy(cell.comment)
        target._current_row = max(target._current_row, at[0])  # noqa: SLF001
        target._cells[at] = fresh  # noqa: SLF001


def _copy_dimensions(source: Worksheet, target: Worksheet, styles: _Styles) -> None:
    for part in ("row_dimensions", "column_dimensions"):
        fresh = getattr(target, part)
        for key, dimension in getattr(source, part).items():
            fresh[key] = copy(dimension)
            fresh[key].parent = target
            if dimension.has_style:
                fresh[key]._style = styles(dimension._style)  # noqa: SLF001


def _copy_printing(source: Worksheet, target: Worksheet) -> None:
    target.print_title_rows = source.print_title_rows
    target.print_title_cols = source.print_title_cols
    if source.print_area:
        target.print_area = [area.rsplit("!", 1)[-1] for area in re.split(r",(?=')", source.print_area)]


def _copy_tables(source: Worksheet, target: Worksheet) -> None:
    taken = {name.lower() for sheet in target.parent.worksheets for name in sheet.tables}  # type: ignore[union-attr]
    for table in source.tables.values():
        fresh = deepcopy(table)
        name, number = table.displayName, 1
        while name.lower() in taken:
            number += 1
            name = f"{table.displayName}_{number}"
        fresh.name = fresh.displayName = name
        taken.add(name.lower())
        target.add_table(fresh)


def _copy_names(source: Worksheet, target: Worksheet) -> None:
    quoted = {f"'{source.title}'!": f"'{target.title}'!", f"{source.title}!": f"'{target.title}'!"}
    for name, defined in source.defined_names.items():
        fresh = copy(defined)
        for old, new in quoted.items():
            if fresh.attr_text.startswith(old):
                fresh.attr_text = fresh.attr_text.replace(old, new)
        target.defined_names[name] = fresh
