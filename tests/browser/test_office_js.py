"""The Office.js of the simulated Excel has the traps of the real one."""

import base64
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from tests.browser.excel import Excel

SHEET = "const sheet = context.workbook.worksheets.getActiveWorksheet();"


def in_excel(small: Excel, batch: str) -> object:
    """Return what a batch of ``Excel.run`` returns."""
    return small.office(f"return Excel.run(async (context) => {{ {SHEET} {batch} }});")


def test_nothing_is_known_before_it_was_loaded_and_synced(small: Excel) -> None:
    told = in_excel(
        small,
        """
        const range = sheet.getRange("A1:B1");
        const before = await code(async () => range.values);
        range.load({ values: true });
        const loaded = await code(async () => range.values);
        await context.sync();
        return [before, loaded, range.values];
        """,
    )

    assert told == ["PropertyNotLoaded", "PropertyNotLoaded", [["Visit", "Day"]]]


def test_every_member_of_the_table_is_carried_out(small: Excel) -> None:
    missing = small.page.evaluate(
        """async () => {
          const { TABLE, membersOf } = await import("/excel/api/members.js");
          const { HANDLERS } = await import("/excel/api/handlers.js");
          const has = (type, kind, name) => name in (HANDLERS[type][kind] ?? {});
          return Object.keys(TABLE).flatMap((type) => {
            const { scalars, objects, methods, items } = membersOf(type);
            const lacking = [
              ...Object.keys(scalars).filter((name) => !has(type, "get", name)),
              ...Object.keys(scalars).filter((name) => scalars[name] === "rw" && !has(type, "set", name)),
              ...Object.keys(objects).filter((name) => !has(type, "reach", name)),
              ...Object.keys(methods).filter((name) => !has(type, "reach", name) && !has(type, "call", name)),
              ...(items && !has(type, "reach", "items") ? ["items"] : []),
            ];
            return lacking.map((name) => `${type}.${name}`);
          });
        }"""
    )

    assert missing == []


def test_a_member_that_excel_lacks_is_an_error(small: Excel) -> None:
    told = in_excel(
        small,
        """
        return [
          await code(async () => sheet.getRange("A1").colour),
          await code(async () => context.workbook.use1904DateSystem),
          await code(async () => (sheet.naem = "x")),
          await code(async () => Office.context.mailbox),
        ];
        """,
    )

    assert told == ["TypeError"] * 4


def test_what_is_not_there_is_a_null_object_or_an_error(small: Excel) -> None:
    told = in_excel(
        small,
        """
        const missing = context.workbook.worksheets.getItemOrNullObject("Nowhere");
        await context.sync();
        const asked = context.workbook.worksheets.getItem("Nowhere");
        return [missing.isNullObject, await code(() => context.sync())];
        """,
    )

    assert told == [True, "ItemNotFound"]


def test_a_date_is_a_number_and_an_empty_cell_an_empty_text(small: Excel) -> None:
    told = in_excel(
        small,
        """
        const range = sheet.getRange("B3").load("values,numberFormat");
        const empty = sheet.getRange("M1").load({ values: true });
        const newYear = context.workbook.functions.date(2000, 1, 1).load("value");
        await context.sync();
        return [range.values[0][0], empty.values[0][0], newYear.value];
        """,
    )

    assert told == [46297, "", 36526]


def test_a_text_that_looks_like_a_number_becomes_one(small: Excel) -> None:
    told = in_excel(
        small,
        """
        const range = sheet.getRange("M1:M3");
        range.numberFormat = [["General"], ["@"], ["General"]];
        range.values = [["00123"], ["00123"], ["'00123"]];
        range.load({ values: true });
        await context.sync();
        return range.values.flat();
        """,
    )

    assert told == [123, "00123", "00123"]


def test_values_must_fit_the_range(small: Excel) -> None:
    told = in_excel(
        small, """sheet.getRange("A1:B1").values = [["one"]]; return code(() => context.sync());"""
    )

    assert told == "InvalidArgument"


def test_more_than_five_megabytes_are_refused_both_ways(small: Excel) -> None:
    told = in_excel(
        small,
        """
        const long = sheet.getRange("N1:N2");
        long.values = [["x".repeat(3e6)], [""]];
        await context.sync();
        sheet.getRange("N2").values = [["x".repeat(3e6)]];
        await context.sync();
        long.load({ values: true });
        const answer = await code(() => context.sync());
        long.values = [["x".repeat(6e6)], [""]];
        return [answer, await code(() => context.sync())];
        """,
    )

    assert told == ["ResponsePayloadSizeLimitExceeded", "RequestPayloadSizeLimitExceeded"]


def test_more_than_five_million_cells_have_no_values(small: Excel) -> None:
    told = in_excel(
        small,
        """
        const range = sheet.getRange("A1:Z300000").load({ values: true });
        await context.sync();
        return range.values;
        """,
    )

    assert told is None


def test_a_protected_sheet_takes_no_writing(small: Excel) -> None:
    told = in_excel(
        small,
        """
        sheet.protection.protect();
        await context.sync();
        sheet.getRange("A1").values = [["x"]];
        return code(() => context.sync());
        """,
    )

    assert told == "AccessDenied"


def test_objects_of_two_conversations_do_not_mix(small: Excel) -> None:
    told = small.office(
        """
        const other = await Excel.run(async (context) => context.workbook.getSelectedRange());
        return Excel.run(async (context) => {
          const sheet = context.workbook.worksheets.getActiveWorksheet();
          return code(async () => sheet.charts.add("Line", other, "Columns"));
        });
        """
    )

    assert told == "InvalidRequestContext"


def test_the_last_visible_sheet_stays(small: Excel) -> None:
    assert in_excel(small, "sheet.delete(); return code(() => context.sync());") == "InvalidOperation"


def test_an_inserted_sheet_gets_a_free_name(small: Excel, tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].title = "Visits"
    book.save(tmp_path / "one.xlsx")

    told = in_excel(
        small,
        f"""
        const ids = context.workbook.insertWorksheetsFromBase64("{base64_of(tmp_path / "one.xlsx")}", {{ positionType: "End" }});
        const before = await code(async () => ids.value);
        await context.sync();
        const fresh = context.workbook.worksheets.getItem(ids.value[0]).load("name");
        await context.sync();
        return [before, fresh.name];
        """,
    )

    assert told == ["ValueNotLoaded", "Visits (2)"]


def test_an_inserted_sheet_keeps_its_dropdowns_its_table_and_its_hidden_columns(
    small: Excel, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Invoices"
    for row in (["Invoice", "Action", "Row key"], ["I-1", None, "key-1"], ["I-2", None, "key-2"]):
        sheet.append(row)
    sheet.add_table(Table(displayName="VisitList", ref="A1:C3"))
    sheet.column_dimensions["C"].hidden = True
    for words, cells in (('"send,void"', "B2:B9 B11:B1048576"), ('"clear"', "B10")):
        sheet.add_data_validation(DataValidation(type="list", formula1=words, sqref=cells))
    book.save(tmp_path / "one.xlsx")

    told = in_excel(
        small,
        f"""
        context.workbook.insertWorksheetsFromBase64("{base64_of(tmp_path / "one.xlsx")}");
        await context.sync();
        const fresh = context.workbook.worksheets.getItem("Invoices");
        const ranges = ["B2", "B9:B10", "A2", "A2:B2"].map((address) => fresh.getRange(address).dataValidation);
        const before = ranges.map((one) => one.load({{ type: true }}));
        await context.sync();
        const types = before.map((one) => one.type);
        fresh.getRange("B4:B5").dataValidation.clear();
        fresh.getRange("B4").dataValidation.rule = {{ list: {{ inCellDropDown: true, source: "note" }} }};
        await context.sync();
        return types;
        """,
    )

    saved = small.saved()["Invoices"]
    assert told == ["List", "Inconsistent", "None", "MixedCriteria"]
    assert {rule.formula1: str(rule.sqref) for rule in saved.data_validations.dataValidation} == {
        '"send,void"': "B2:B3 B6:B9 B11:B1048576",
        '"clear"': "B10",
        '"note"': "B4",
    }
    assert [saved.column_dimensions[letter].hidden for letter in "BC"] == [False, True]
    assert list(saved.tables) == ["VisitList_1"]


def test_a_dropdown_that_excel_would_not_take_is_refused(small: Excel) -> None:
    told = in_excel(
        small,
        """
        const { dataValidation } = sheet.getRange("M1");
        dataValidation.rule = { list: { inCellDropDown: true, source: "x".repeat(256) } };
        return code(() => context.sync());
        """,
    )

    assert told == "InvalidArgument"


@pytest.mark.parametrize("feature", ["chart", "comment"])
def test_a_file_with_charts_or_comments_is_not_inserted(small: Excel, tmp_path: Path, feature: str) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = 1
    if feature == "chart":
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=1, min_row=1, max_row=1))
        sheet.add_chart(chart, "C3")
    else:
        sheet["A1"].comment = Comment("a remark", "nobody")
    book.save(tmp_path / "one.xlsx")

    told = in_excel(
        small,
        f"""
        context.workbook.insertWorksheetsFromBase64("{base64_of(tmp_path / "one.xlsx")}");
        return code(() => context.sync());
        """,
    )

    assert told == "UnsupportedFeature"


def test_while_a_cell_is_edited_an_add_in_is_refused_or_waits(small: Excel) -> None:
    small.office("return null")  # the add-in runs before the cell is edited
    small.select("M1")
    small.page.keyboard.type("half")

    refused = small.office("return code(() => Excel.run(async (context) => context.workbook.load('name')));")
    small.office(
        """
        globalThis.waited = Excel.run({ delayForCellEdit: true }, async (context) => {
          const cell = context.workbook.worksheets.getActiveWorksheet().getRange("M1").load("values");
          await context.sync();
          return cell.values[0][0];
        });
        """
    )
    small.type(" and half")

    assert refused == "InvalidOperationInCellEditMode"
    assert small.office("return globalThis.waited") == "half and half"


def test_the_next_command_waits_until_the_one_before_is_completed(small: Excel) -> None:
    small.office(
        """
        globalThis.log = [];
        Office.actions.associate("payroll.check", (event) => { log.push("check"); globalThis.done = () => event.completed(); });
        Office.actions.associate("payroll.generate", (event) => { log.push("generate"); event.completed(); });
        """
    )
    small.click("payroll.check")
    small.click("payroll.generate")
    small.page.wait_for_timeout(100)
    before = small.office("return [...log]")
    small.office("done()")
    small.settled()

    assert before == ["check"]
    assert small.office("return log") == ["check", "generate"]


def test_a_page_cannot_ask_with_a_browser_dialog(small: Excel) -> None:
    assert small.office("return confirm('Really?')") is False


def base64_of(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
