"""The usual way: the pandas and openpyxl script an analyst would write for the same job.

Not sabotaged: vectorised where pandas makes it easy (merge, groupby), ``apply`` along rows where
most would reach for it, and the formats and widths a bookkeeper asks for. Reads the .xlsx log and
the rates, writes Lines, one sheet a provider, and a summary.

Run alone: ``uv run python -m bench.usual LOG.xlsx RATES.xlsx OUT.xlsx``.
"""

import sys
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.clinics import Setup
from server.demo.bulk_logs import WireColumn

FORMATS = {
    "Date of service": "mm/dd/yyyy",
    "Effective from": "mm/dd/yyyy",
    "Charge": "#,##0.00",
    "Collected": "#,##0.00",
    "Rate": "#,##0.00##",
    "Amount": "#,##0.00",
}
LINES = [
    "Source row",
    "Appointment ID",
    "Date of service",
    "Provider",
    "Service",
    "Status",
    "Units",
    "Minutes",
    "Charge",
    "Collected",
    "Pay basis",
    "Rate",
    "Effective from",
    "Amount",
]
VISITS = ["Date of service", "Appointment ID", "Service", "Units", "Rate", "Amount"]


def usual(log_path: Path, rates_path: Path, out_path: Path) -> None:
    """Write the payroll workbook of a log workbook and a rates workbook."""
    log = pd.read_excel(log_path, engine="openpyxl")
    rates = pd.read_excel(rates_path, engine="openpyxl")
    log["Date of service"] = pd.to_datetime(log["Date of service"])
    attended = log[log["Status"] == "Show"]
    lines = with_rates(attended, rates)
    lines["Amount"] = lines.apply(pay_of_visit, axis=1).round(2)
    write(lines, out_path)


def with_rates(attended: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Return every visit with the rate in force: the provider's own, else the house rate."""
    own = attended.reset_index().merge(rates, on=["Provider", "Service"], how="left")
    house = rates[rates["Provider"] == "*"].drop(columns="Provider")
    general = attended.reset_index().merge(house, on="Service", how="left")
    found = pd.concat([own.assign(own=True), general.assign(own=False)])
    found = found[found["Effective from"] <= found["Date of service"]]
    best = found.sort_values(["index", "own", "Effective from"]).groupby("index").tail(1)
    return best.set_index("index").sort_index().drop(columns="own")


def pay_of_visit(row: "pd.Series[Any]") -> float:
    """Return what one visit earns, in dollars."""
    rate: float = row["Rate"]
    if row["Pay basis"] == "per session":
        return rate
    if row["Pay basis"] == "per unit":
        return float(rate * row["Units"])
    if row["Pay basis"] == "per hour":
        return float(rate * row["Minutes"] / 60)
    if row["Pay basis"] == "% of charge":
        return float(rate * row["Charge"])
    return float(rate * row["Collected"])


def write(lines: pd.DataFrame, out_path: Path) -> None:
    """Write the summary, the lines and a sheet for each provider."""
    summary = lines.groupby("Provider").agg(Visits=("Amount", "size"), Amount=("Amount", "sum")).reset_index()
    lines["Source row"] = lines.index + 2
    with pd.ExcelWriter(out_path, engine="openpyxl") as writer:
        summary.to_excel(writer, sheet_name="Payroll Summary", index=False)
        lines[LINES].to_excel(writer, sheet_name="Lines", index=False)
        for provider, visits in lines.groupby("Provider"):
            visits[VISITS].to_excel(writer, sheet_name=str(provider)[:31], index=False)
        for sheet in writer.sheets.values():
            tidy(sheet)


def tidy(sheet: Worksheet) -> None:
    """Give a sheet its header colours, widths and number formats."""
    for number, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F3B4D")
        sheet.column_dimensions[get_column_letter(number)].width = max(12, len(str(cell.value)) + 2)
        look = FORMATS.get(str(cell.value))
        if look:
            for (body,) in sheet.iter_rows(min_row=2, min_col=number, max_col=number):
                body.number_format = look
    sheet.freeze_panes = "A2"


def write_inputs(columns: dict[str, WireColumn], setup: Setup, log_path: Path, rates_path: Path) -> None:
    """Write the log and the rates as the workbooks the script starts from. Needs XlsxWriter."""
    log = pd.DataFrame(columns)
    log["Date of service"] = pd.to_datetime(log["Date of service"], unit="D", origin="1899-12-30")
    log.to_excel(log_path, sheet_name="Appointments", index=False, engine="xlsxwriter")
    rates = pd.DataFrame(
        {
            "Provider": rate.provider,
            "Service": rate.service,
            "Pay basis": rate.basis.value,
            "Rate": (rate.amount or 0) / (1_000_000 if rate.basis.is_share else 100),
            "Effective from": pd.Timestamp(rate.effective_from),
        }
        for rate in setup.rates
    )
    rates.to_excel(rates_path, sheet_name="Rates", index=False, engine="xlsxwriter")


if __name__ == "__main__":
    usual(*map(Path, sys.argv[1:]))
