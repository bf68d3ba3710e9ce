"""The payroll register of a run as files by name, for the programs that pay people (rule: pay-runs#register).

Employees (W-2) and contractors (1099) are in files of their own. What each column holds is in docs/payroll.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.billing.clinics import WorksAs
from server.billing.money import decimal_amount
from server.billing.payroll.recorded_runs import days_in_name, run_number
from server.billing.payroll.register import PayRegister, RegisterRow, WorkedTime, hours_in_words
from server.errors import RegisterUnusable, list_names
from server.papers.csv_files import csv_file

REGISTER = (
    "Provider", "Provider ID", "Works as", "From", "To", "Pay date", "Visits", "Hours", "Pay", "Adjustments", "Pay plans", "Pay items", "Payments", "Carried in",
    "Carried out", "Total to pay", "Year to date", "Run", "State",
)  # fmt: skip
YEAR_TOTALS = ("Provider", "Provider ID", "Year", "Total paid")
GUSTO = {
    WorksAs.EMPLOYEE: ("last_name", "first_name", "regular_hours", "commission"),
    WorksAs.CONTRACTOR: ("last_name", "first_name", "fixed_wage"),
}
ADP = ("Co Code", "Batch ID", "File #", "Reg Hours", "Earnings 3 Code", "Earnings 3 Amount")
_TIMER_HEADER = ("!TIMERHDR", "VER", "REL", "COMPANYNAME", "IMPORTEDBEFORE", "FROMTIMER", "COMPANYCREATETIME")
_TIMES = ("!TIMEACT", "DATE", "JOB", "EMP", "ITEM", "PITEM", "DURATION", "PROJ", "NOTE", "BILLINGSTATUS")
LONGEST_DAY = 23 * 60 + 59
"""The longest duration of one activity that QuickBooks takes, in minutes."""

COMPANY_CODE_LENGTH = 3


class RegisterFormat(StrEnum):
    """The programs for which a register is made."""

    CSV = "csv"
    GUSTO = "gusto"
    ADP = "adp"
    QUICKBOOKS = "quickbooks"


@dataclass(frozen=True, slots=True)
class AdpCodes:
    """What ADP calls the company, the batch and the earnings. The company code has two or three signs."""

    company: str = ""
    batch: str = ""
    earnings: str = ""


NO_CODES = AdpCodes()


def register_files(
    register: PayRegister, made_for: RegisterFormat, codes: AdpCodes = NO_CODES
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each file. Raises RegisterUnusable if something that the program needs is missing."""
    match made_for:
        case RegisterFormat.CSV:
            yield from _plain_files(register)
        case RegisterFormat.GUSTO:
            yield from _gusto_files(register)
        case RegisterFormat.ADP:
            yield _adp_file(register, codes)
        case RegisterFormat.QUICKBOOKS:
            yield _quickbooks_file(register)


def _file_name(register: PayRegister, what: str, ending: str) -> str:
    run = register.stated.run
    number = run_number(run.id)
    days = days_in_name(run.period).replace("-to-", " to ")
    return f"{days}{f' r{number}' if number > 1 else ''} {what}.{ending}"


def _plain_files(register: PayRegister) -> Iterator[tuple[str, bytes]]:
    names = {WorksAs.EMPLOYEE: "payroll register W-2", WorksAs.CONTRACTOR: "payroll register 1099"}
    others = [row for row in register.rows if row.works_as not in names]
    for works_as, name in names.items():
        if rows := register.rows_of(works_as):
            yield (
                _file_name(register, name, "csv"),
                csv_file(REGISTER, (_cells(register, row) for row in rows)),
            )
    if others:
        name = _file_name(register, "payroll register others", "csv")
        yield name, csv_file(REGISTER, (_cells(register, row) for row in others))
    if register.year_totals and register.stated.history:
        year = str(register.stated.history.year)
        rows_of_year = (
            (one.provider, one.provider_id, year, decimal_amount(one.cents)) for one in register.year_totals
        )
        yield f"{year} totals 1099.csv", csv_file(YEAR_TOTALS, rows_of_year)


def _cells(register: PayRegister, row: RegisterRow) -> Sequence[str]:
    run = register.stated.run
    return (
        row.provider,
        row.provider_id,
        row.works_as,
        run.period.first.isoformat(),
        run.period.last.isoformat(),
        run.pay_date.isoformat() if run.pay_date else "",
        str(row.visits),
        _hours(row),
        decimal_amount(row.paid_cents),
        decimal_amount(row.adjustment_cents),
        decimal_amount(row.plans_cents),
        decimal_amount(row.items_cents),
        decimal_amount(row.collections_cents),
        decimal_amount(row.carried_in_cents),
        decimal_amount(row.carried_out_cents),
        decimal_amount(row.total_cents),
        "" if row.year_to_date_cents is None else decimal_amount(row.year_to_date_cents),
        run.id,
        run.state.label,
    )


def _gusto_files(register: PayRegister) -> Iterator[tuple[str, bytes]]:
    """Yield a file of employees and one of contractors. What is 0 is blank, because a 0 would replace what Gusto has."""
    names = {WorksAs.EMPLOYEE: "Gusto employees", WorksAs.CONTRACTOR: "Gusto contractors"}
    for works_as, name in names.items():
        rows = [row for row in register.rows_of(works_as) if row.total_cents]
        if rows:
            content = csv_file(GUSTO[works_as], (_gusto_cells(row, works_as) for row in rows), mark=False)
            yield _file_name(register, name, "csv"), content


def _gusto_cells(row: RegisterRow, works_as: WorksAs) -> Sequence[str]:
    first, last = _first_and_last(row.provider)
    hours = (_hours(row),) if works_as is WorksAs.EMPLOYEE else ()
    return (last, first, *hours, decimal_amount(row.total_cents))


def _first_and_last(name: str) -> tuple[str, str]:
    """Return the first and the last name of a provider, from ``Ada Wintergreen`` or ``Wintergreen, Ada``."""
    if "," in name:
        last, _, first = name.partition(",")
        return first.strip(), last.strip()
    first, _, last = name.rpartition(" ")
    return (first.strip(), last) if first else ("", last)


def _adp_file(register: PayRegister, codes: AdpCodes) -> tuple[str, bytes]:
    """Return the file of employees. Contractors are not paid by ADP's paydata."""
    wanted: Mapping[str, str] = {
        "company code (company)": codes.company,
        "batch (batch)": codes.batch,
        "earnings code (earnings_code)": codes.earnings,
    }
    missing = [name for name, text in wanted.items() if not text.strip()]
    company = codes.company.strip().upper()
    rows = [row for row in register.rows_of(WorksAs.EMPLOYEE) if row.total_cents]
    without_id = [row.provider for row in rows if not row.provider_id]
    if missing:
        raise RegisterUnusable(f"ADP needs the {list_names(missing)}.", "Give what ADP calls them.")
    if not (company.isalnum() and len(company) in {COMPANY_CODE_LENGTH - 1, COMPANY_CODE_LENGTH}):
        raise RegisterUnusable(
            f"“{codes.company}” is no company code of ADP.",
            "Give the two or three letters and digits that ADP uses.",
        )
    if without_id:
        raise RegisterUnusable(
            f"ADP knows employees by their File #, and {list_names(without_id)} has no Provider ID in the setup.",
            "Enter the File # as Provider ID on the sheet Providers, and save the setup.",
        )
    company = company.ljust(COMPANY_CODE_LENGTH, "_")
    cells = (
        (
            company,
            codes.batch.strip(),
            row.provider_id,
            _hours(row),
            codes.earnings.strip(),
            decimal_amount(row.total_cents),
        )
        for row in rows
    )
    return f"PR{company}EPI.csv", csv_file(ADP, cells, mark=False)


def _quickbooks_file(register: PayRegister) -> tuple[str, bytes]:
    """Return the time of everybody as activities, one for each provider, day and service. It has hours and no amounts."""
    lines = [_TIMER_HEADER, ("TIMERHDR", "8", "0", register.stated.clinic.name, "N", "Y", "0"), _TIMES]
    for time in register.times:
        lines += [_activity(time, minutes) for minutes in _parts(time.minutes)]
    text = "".join("\t".join(map(_one_line, line)) + "\r\n" for line in lines)
    return _file_name(register, "time QuickBooks", "iif"), text.encode("cp1252", "replace")


def _activity(time: WorkedTime, minutes: int) -> tuple[str, ...]:
    duration = f"{minutes // 60}:{minutes % 60:02d}"
    return ("TIMEACT", f"{time.day:%m/%d/%y}", "", time.provider, time.service, "", duration, "", "", "0")


def _parts(minutes: int) -> Iterator[int]:
    while minutes > LONGEST_DAY:
        yield LONGEST_DAY
        minutes -= LONGEST_DAY
    yield minutes


def _one_line(cell: str) -> str:
    return " ".join(cell.split())


def _hours(row: RegisterRow) -> str:
    return "" if row.minutes is None else hours_in_words(row.minutes)
