"""The statements of a run as files, one provider each, and all of them in one zip."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from server.billing.payroll.pay_statements import StatedRun
from server.billing.payroll.statement_names import statement_names
from server.papers.pay_statements import set_statement
from server.sheets.payroll.statement_file import write_statement


class StatementFormat(StrEnum):
    """The kinds of files that statements are made as."""

    PDF = "pdf"
    XLSX = "xlsx"
    BOTH = "both"


def statement_files(stated: StatedRun, made_as: StatementFormat, day: date) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each file: one or two for each provider."""
    for name, statement in zip(statement_names(stated), stated.statements, strict=True):
        if made_as is not StatementFormat.XLSX:
            yield f"{name}.pdf", set_statement(stated, statement, day)
        if made_as is not StatementFormat.PDF:
            yield f"{name}.xlsx", write_statement(stated, statement)


def zip_files(files: Iterable[tuple[str, bytes]], day: date) -> bytes:
    """Return a zip of the files, which say that they were made on ``day``."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(ZipInfo(name, (day.year, day.month, day.day, 12, 0, 0)), content)
    return packed.getvalue()
