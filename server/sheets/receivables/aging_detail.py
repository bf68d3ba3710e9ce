"""The Aging Detail sheet: every open invoice, the oldest first, each linked to its bucket on the sheet Aging."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from server.billing.clinics import Clinic
from server.billing.days import serial_of
from server.billing.invoices.invoice import State
from server.billing.receivables.aging import Aging, OpenInvoices
from server.billing.receivables.aging_buckets import age_on, bucket_of
from server.sheets import cell_addresses
from server.sheets.receivables.bucket_colors import tint_of
from server.sheets.sheet_table import Heading, Kind, SheetTable
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.style import COUNT, DAY, MONEY, TEXT
from server.sheets.xlsx.table_sheet import FIRST_ROW, add_list
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

BUCKET = "Bucket"
AGING_DETAIL = SheetTable(
    "Aging Detail",
    (
        Heading("Invoice", 14),
        Heading("Patient", 22),
        Heading("Case", 16),
        Heading("Payer", 28),
        Heading("Attorney", 24),
        Heading("Facility", 18),
        Heading("Physician", 22),
        Heading("Exam date", 13, Kind.DATE),
        Heading("Created", 13, Kind.DATE),
        Heading("Counted from", 15, Kind.DATE),
        Heading("Age", 8, Kind.NUMBER),
        Heading(BUCKET, 12),
        Heading("Risk", 12),
        Heading("State", 19),
        Heading("Billed", 13, Kind.MONEY),
        Heading("Agreed", 13, Kind.MONEY),
        Heading("Collected", 13, Kind.MONEY),
        Heading("Balance", 14, Kind.MONEY),
        Heading("Note", 30),
    ),
)


def places_of_buckets(aging: Aging, invoices: OpenInvoices) -> npt.NDArray[np.intp]:
    """Return for each invoice the place of its bucket among those of an aging."""
    ages = _ages(aging.as_of, invoices)
    place = {age: aging.buckets.index(bucket_of(age, aging.buckets)) for age in set(ages)}
    return np.array([place[age] for age in ages], dtype=np.intp)


def first_rows(places: npt.NDArray[np.intp]) -> dict[int, tuple[int, int]]:
    """Return the first and the last row of the sheet of each bucket that has invoices. The list is in the order of age."""
    found, starts, counts = np.unique(places, return_index=True, return_counts=True)
    return {
        int(place): (FIRST_ROW + int(start), FIRST_ROW + int(start + count) - 1)
        for place, start, count in zip(found, starts, counts, strict=True)
    }


def add_detail(
    builder: WorkbookBuilder,
    clinic: Clinic,
    aging: Aging,
    invoices: OpenInvoices,
    bucket_cells: Sequence[str],
) -> None:
    """Add the sheet. ``bucket_cells`` are where each bucket is on the sheet Aging, as targets of links."""
    places = places_of_buckets(aging, invoices)
    columns = _columns(builder.writer, aging, invoices, places)
    listed = [columns[heading.title] for heading in AGING_DETAIL.headings]
    sheet = add_list(builder, AGING_DETAIL, listed, clinic.name)
    sheet.freeze_panes = "B2"
    column = cell_addresses.letter(AGING_DETAIL.position(BUCKET))
    # One link for all rows of a bucket: Excel takes at most 65,530 links on a sheet.
    links = {
        f"{column}{first}:{column}{last}": bucket_cells[place]
        for place, (first, last) in first_rows(places).items()
    }
    builder.link_cells(sheet, links)


def _ages(as_of: date, invoices: OpenInvoices) -> list[int]:
    known = {day: age_on(as_of, day) for day in set(invoices.basis_days)}
    return [known[day] for day in invoices.basis_days]


def _columns(
    write: CellWriter, aging: Aging, invoices: OpenInvoices, places: npt.NDArray[np.intp]
) -> Mapping[str, Column]:
    """Return the columns of the sheet by their headings."""
    labels = {state.value: state.label for state in State}
    note = f"No day “{aging.basis}”: counted from creation"
    texts = {
        "Patient": invoices.patients,
        "Case": invoices.cases,
        "Payer": invoices.payers,
        "Attorney": invoices.attorneys,
        "Facility": invoices.facilities,
        "Physician": invoices.physicians,
        "State": [labels[state] for state in invoices.states],
        "Note": [note if lacks else "" for lacks in invoices.lacks_basis],
    }
    days = {
        "Exam date": invoices.exam_days,
        "Created": invoices.created_days,
        "Counted from": invoices.basis_days,
    }
    amounts: dict[str, Sequence[int | None]] = {
        "Billed": invoices.billed_cents,
        "Agreed": invoices.agreed_cents,
        "Collected": invoices.collected_cents,
        "Balance": invoices.balance_cents,
    }
    looks = [replace(TEXT, fill=tint_of(bucket)) for bucket in aging.buckets]
    names = [
        write.text(bucket.name, replace(looks[place], underline=True))
        for place, bucket in enumerate(aging.buckets)
    ]
    risks = [write.text(bucket.risk, looks[place]) for place, bucket in enumerate(aging.buckets)]
    return {
        "Invoice": write.ids(_text_series(invoices.numbers), replace(TEXT, bold=True)),
        **{title: write.texts(_text_series(values), TEXT) for title, values in texts.items()},
        **{title: write.numbers(_serials(values), DAY) for title, values in days.items()},
        **{
            title: write.numbers(pd.Series(values, dtype="Int64"), MONEY) for title, values in amounts.items()
        },
        "Age": write.numbers(pd.Series(_ages(aging.as_of, invoices), dtype="Int64"), COUNT),
        BUCKET: write.cells(places, names.__getitem__, TEXT),
        "Risk": write.cells(places, risks.__getitem__, TEXT),
    }


def _text_series(values: Sequence[str]) -> pd.Series:
    return pd.Series(values, dtype=object)


def _serials(days: Sequence[date]) -> pd.Series:
    known = {day: serial_of(day) for day in set(days)}
    return pd.Series([known[day] for day in days], dtype="Int64")
