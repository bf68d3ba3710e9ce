"""The files that the fuzzer changes: one or more of each kind that we read, small, with everything that a reader looks at."""

from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table

ROOT = Path(__file__).parents[2]
HEADINGS = ["ID", "Date", "Provider", "Service", "Status", "Charge"]
ROWS = [
    [f"A-{n:03}", 46_300 + n, "Zoë Example" if n % 2 else "Ada Invented", "EX-101", "attended", 120.5 + n]
    for n in range(12)
]


def furnished_workbook() -> bytes:
    """Return an .xlsx with two sheets and one of each thing that a workbook can hold around its cells."""
    workbook = Workbook()
    log = workbook.worksheets[0]
    log.title = "Appointments"
    log.append(["Lakeside, October"])
    log.append(HEADINGS)
    for row in ROWS:
        log.append(row)
    log.merge_cells("A1:F1")
    log["A1"].font = Font(bold=True)
    log["G3"], log["G4"] = "=F3*2", '=HYPERLINK("#A1","top")'
    log["B3"].number_format = "mm/dd/yyyy"
    log["C3"].comment = Comment("ask her", "somebody")
    log["A3"].hyperlink = Hyperlink(ref="A3", location="Appointments!A1")
    log.row_dimensions[6].hidden = True
    log.column_dimensions["D"].width = 20
    validation = DataValidation(type="list", formula1='"attended,missed"')
    validation.add("E3:E14")
    log.add_data_validation(validation)
    log.conditional_formatting.add("F3:F14", CellIsRule("greaterThan", ["125"]))  # type: ignore[no-untyped-call]
    log.print_title_rows = "2:2"
    rates = workbook.create_sheet("Rates")
    for provider, share in (("Provider", "Rate"), ("Zoë Example", 0.6), ("Ada Invented", 0.55)):
        rates.append([provider, share])
    rates.add_table(Table(displayName="Rates", ref="A1:B3"))
    workbook.defined_names["Share"] = DefinedName("Share", attr_text="Rates!$B$2")
    made = BytesIO()
    workbook.save(made)
    return made.getvalue()


def text_log(delimiter: str = ",") -> str:
    rows = [HEADINGS] + [[str(value) for value in row] for row in ROWS]
    rows[3][3] = f'"a quoted{delimiter} note\nof two lines"'
    return "\r\n".join(delimiter.join(row) for row in rows) + "\r\n"


def page() -> str:
    rows = "".join(
        "<tr class=row>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>\n" for row in ROWS
    )
    return (
        "<!DOCTYPE html><html><head><title>log</title><style>td > a { color: red }</style></head><body>"
        '<!-- exported --><table border="1"><tr><th colspan="6">Lakeside &amp; October</th></tr>'
        f"<tr>{''.join(f'<th>{name}</th>' for name in HEADINGS)}</tr>{rows}"
        "<tr><td rowspan=2 colspan='3'>two<br>lines &#233;</td><td>x</td></tr><tr><td>y</td></tr></table>"
        "<script>if (1 < 2) '<td>'</script></body></html>"
    )


def seed_files() -> dict[str, bytes]:
    """Return the seeds by their names."""
    findings = ROOT / "tests" / "data" / "findings"
    return {
        "furnished.xlsx": furnished_workbook(),
        "typed.xlsx": (findings / "all-attended.xlsx").read_bytes(),
        "styled.xlsx": (findings / "blank-cell.xlsx").read_bytes(),
        "log.xls": (ROOT / "tests" / "fuzz" / "seeds" / "log.xls").read_bytes(),
        "page.xls": page().encode(),
        "page-utf16.xls": page().encode("utf-16"),
        "log.csv": text_log().encode(),
        "semicolons.csv": text_log(";").encode("cp1252"),
        "tabs.txt": text_log("\t").encode("utf-16"),
    }
