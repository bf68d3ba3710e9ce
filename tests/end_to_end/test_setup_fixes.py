"""The setup from a log on the command line: fixed from what the check offers, and begun from a log."""

from pathlib import Path

from openpyxl import Workbook, load_workbook

from tests.end_to_end.conftest import Biller


def test_a_log_becomes_a_clinic_and_a_new_name_in_it_is_fixed_from_its_finding(biller: Biller) -> None:
    log = a_log(biller.folder / "walnut.xlsx")
    assert biller.press("clinic.new", log)["next"] == "clinic.save"
    fill_in(log)
    assert biller.press("clinic.save", log)["bind"] == {"clinic": "walnut"}
    assert biller.press("payroll.check", log, "--sheet", "Export")["level"] == "done"

    rename(log, "Olive Walnutter", "=Olivia Wallnutter")
    found = biller.press("payroll.check", log, "--sheet", "Export")["findings"]
    remedy = found[0]["remedies"][0]
    assert remedy["label"] == "Add as another spelling of Olive Walnutter"
    answers = [f"--set={name}={value}" for name, value in remedy["inputs"].items()]
    shown = biller.press("clinic.fix", log, "--sheet", "Export", *answers)
    agreed = f"--set=save={shown['asks']['fields'][0]['choices'][0]['value']}"
    saved = biller.press("clinic.fix", log, "--sheet", "Export", *answers, agreed)

    assert saved["figures"] == {"clinic": "walnut", "added": 1, "rows": 1}
    assert biller.press("payroll.check", log, "--sheet", "Export")["level"] == "done"
    cell = load_workbook(log)["Providers"]["B4"]
    assert (cell.value, cell.data_type) == ("=Olivia Wallnutter", "s")
    again = biller.press("clinic.save", log)
    assert again["summary"] == "The setup of Walnut Mews is saved. There were no changes."


def a_log(path: Path) -> Path:
    """Write a log of a clinic that is not set up yet."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Export"
    sheet.append(["Appt ID", "Date of service", "Provider", "Service", "Status"])
    for row in range(4):
        name = "Olive Walnutter" if row % 2 else "Pia Almond"
        sheet.append([f"N-{row}", 45931 + row, name, "EX-101", "Show" if row else "Sort of"])
    book.save(path)
    return path


def fill_in(log: Path) -> None:
    """Type what only a person knows into the red cells."""
    book = load_workbook(log)
    typed = {"Clinic ID": "walnut", "Clinic name": "Walnut Mews", "Pay period": "monthly"}
    for row in book["Clinic"].iter_rows(min_row=4):
        if row[0].value in typed:
            row[1].value = typed[str(row[0].value)]
    red: dict[tuple[str, str], str | int] = {
        ("Providers", "G"): "1099",
        ("Rates", "C"): "per session",
        ("Rates", "D"): 50,
        ("Statuses", "B"): "attended",
    }
    for (sheet, column), value in red.items():
        for cell in book[sheet][column]:
            if cell.value == "?":
                cell.value = value
    book.save(log)


def rename(log: Path, name: str, other: str) -> None:
    """Change the first cell of the log that holds a name."""
    book = load_workbook(log)
    cell = next(cell for row in book["Export"].iter_rows() for cell in row if cell.value == name)
    cell.value = other
    cell.data_type = "s"
    book.save(log)
