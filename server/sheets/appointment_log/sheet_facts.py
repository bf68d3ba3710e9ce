"""The findings about a log as a whole: what was left out, what was combined, and how the sheet was read."""

from collections.abc import Sequence

from server.billing.payroll.appointment_log import Column
from server.billing.payroll.pay_run import LogFacts
from server.errors import Finding, show_value
from server.errors.log_column_findings import SummedColumns
from server.sheets import cell_addresses
from server.sheets.appointment_log.column_matching import column_of
from server.sheets.appointment_log.heading_synonyms import BY_NAME, Several
from server.sheets.appointment_log.implied_columns import about_columns, stand_ins, unread_columns
from server.sheets.appointment_log.page_furniture import about_furniture
from server.sheets.appointment_log.row_kinds import TOTALS
from server.sheets.appointment_log.unread_log import Reading
from server.sheets.cells import text_of
from server.sheets.hidden_rows import hidden_rows


def describe_sheet(reading: Reading) -> None:
    """Add findings about everything that was left out or combined, so that nothing is silent."""
    sheet, rows = reading.sheet, reading.rows
    reading.findings.extend(hidden_rows(sheet.name, _hidden_rows(reading), sheet.hidden_rows))
    reading.findings.extend(about_furniture(sheet, rows, reading.findings))
    for name, found in reading.layout.columns.items():
        if len(found) > 1 and BY_NAME[name].several is Several.SUM:
            columns = _sum_in_words(reading, found)
            column = column_of(sheet, reading.layout, found[0])
            row = sheet.top + reading.layout.header
            reading.findings.append(
                Finding(
                    SummedColumns(field=BY_NAME[name].heading, columns=columns),
                    sheet.name,
                    (row,),
                    column.position,
                    column.heading,
                )
            )
    reading.findings.extend(about_columns(sheet, reading.layout))


def _hidden_rows(reading: Reading) -> list[int]:
    """Return the Excel rows of the appointments that are hidden or filtered out."""
    hidden = set(reading.sheet.hidden_rows)
    return (
        [row for place in reading.rows.appointments if (row := place + reading.sheet.top) in hidden]
        if hidden
        else []
    )


def _columns_in_words(reading: Reading, position: int) -> str:
    column: Column = column_of(reading.sheet, reading.layout, position)
    return f"{show_value(column.heading)} (column {cell_addresses.cell(column.position, None)})"


def _sum_in_words(reading: Reading, positions: Sequence[int]) -> str:
    """Return columns as a sum in words, with refunds subtracted."""
    first, *others = positions
    signs = [("-" if position in reading.layout.minus else "+", position) for position in others]
    rest = "".join(f" {sign} {_columns_in_words(reading, position)}" for sign, position in signs)
    return f"{_columns_in_words(reading, first)}{rest}"


def facts_of(reading: Reading, workbook: str, dates_read: str) -> LogFacts:
    """Return what was read from the sheet and how, for the Reconciliation sheet."""
    sheet, rows, layout = reading.sheet, reading.rows, reading.layout
    read_from = {
        BY_NAME[name].heading: _sum_in_words(reading, found) for name, found in layout.columns.items()
    }
    for position, yes in layout.flags.items():
        says = "filled" if position in layout.filled else "Yes"
        also = [read_from["Status"]] if "Status" in read_from else []
        read_from["Status"] = "; ".join([*also, f"{_columns_in_words(reading, position)}, {says} = {yes}"])
    read_from |= stand_ins(layout)
    if layout.signatures:
        signatures = [_columns_in_words(reading, position) for position in layout.signatures]
        read_from["Note signed"] = "; ".join(signatures)
    if reading.providers and reading.providers.source:
        names = f"the names above the visits ({reading.providers.source})"
        read_from["Provider"] = " + ".join(filter(None, (read_from.get("Provider"), names)))
    above = [row for row in range(layout.header) if any(text_of(column[row]) for column in reading.columns)]
    return LogFacts(
        workbook,
        sheet.name,
        sheet.top + layout.header,
        len(above),
        len(rows.repeated),
        sum(total.is_sum for total in rows.totals),
        len(rows.blank),
        len(_hidden_rows(reading)),
        read_from,
        sheet.date_system,
        dates_read=dates_read,
        unread=unread_columns(sheet, layout),
        furniture={kind: len(places) for kind, places in rows.furniture.items() if kind != TOTALS and places},
    )
