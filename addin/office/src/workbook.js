/**
 * The workbook in front of the biller: read for a click, and changed by its reply. No other module calls `Excel.run`.
 *
 * Everything of Office.js that the add-in uses (the simulated Excel implements these, with the same traps):
 *
 * - `Excel.run({delayForCellEdit: true}, batch)`, `context.sync()`, `load({...})` in its object form, `isNullObject`
 * - `context.workbook`: `name`, `functions.date(2000, 1, 1)` -> `FunctionResult` with `value` (36526, or 35064 where
 *   the workbook counts from 1904; Office.js has no `use1904DateSystem`), `names`, `worksheets`, `getSelectedRanges()`,
 *   `insertWorksheetsFromBase64(base64, {positionType: "End"})` -> `ClientResult<string[]>`
 * - `worksheets`: `items`, `getActiveWorksheet()`, `getItem(nameOrId)`, `getItemOrNullObject(name)`, `add(name)`
 * - `Worksheet`: `name` (set too), `visibility` (set too), `names`, `charts`, `activate()`, `delete()`,
 *   `getUsedRangeOrNullObject(true)`, `getRange()`, `getRange(address)`, `getRangeByIndexes(...)`, `getCell(row, column)`
 * - `names` of workbook and worksheet: `getItemOrNullObject(name)`, `add(name, formula)`; `NamedItem`: `name`,
 *   `formula` (set too), `visible = false`
 * - `Range`: `values` and `numberFormat` (both ways), `rowIndex`, `columnIndex`, `rowCount`, `columnCount`, `address`,
 *   `rowHidden` (`null` where rows differ), `getRowProperties({rowHidden: true})` -> `ClientResult`,
 *   `getMergedAreasOrNullObject()`, `clear("Contents")`, `select()`,
 *   `dataValidation`: `rule` (set only), `clear()`,
 *   `format.fill`: `color` (set too; `""` or `null` where cells differ), `pattern` (`"None"`, `"Solid"`, `null`), `clear()`
 * - `RangeAreas`: `areas.items`
 * - `charts.add(type, range, "Columns")`; `Chart`: `title.text`, `setPosition(range)`
 * - `Office.onReady()`, `Office.actions.associate(id, (event) => ...)`, `event.completed()`,
 *   `Office.addin.showAsTaskpane()`, `Office.context.officeTheme`: `isDarkTheme`, `bodyBackgroundColor`; `Office.context.partitionKey`
 */

import { applyReply } from "./bridge/applying.js";
import { parse } from "./bridge/areas.js";
import { CLINIC, askFor } from "./bridge/names.js";
import { rangeOf, readWorkbook } from "./bridge/reading.js";
import { Refusal } from "./refusals.js";

/**
 * @template T
 * @param {(context: Excel.RequestContext) => Promise<T>} batch
 * @returns {Promise<T>}
 */
const inExcel = (batch) => Excel.run({ delayForCellEdit: true }, batch);

/**
 * Return the request for a click on a button, with a new id and without answers, and the sheet it is about.
 * @param {import("./contract.js").Button} button
 * @param {string | null} about the sheet it is about, `null` for the active one
 * @param {string[]} asked the sheets that an answer asked for, in addition to those of the button
 * @param {import("./bridge/reading.js").Watcher} watcher
 * @returns {Promise<{about: string, request: Omit<import("./contract.js").Click, "inputs">}>}
 */
export async function read(button, about, asked, watcher) {
  const found = await inExcel((context) => readWorkbook(context, button.reads, about, asked, watcher));
  return { about: found.about, request: { request_id: crypto.randomUUID(), ...found.click } };
}

/**
 * Put a reply into the workbook; see `applyReply`.
 * @param {import("./contract.js").Reply} reply
 * @param {Uint8Array | null} output
 */
export const apply = (reply, output) => inExcel((context) => applyReply(context, reply, output));

/** Return the clinic the workbook belongs to, `null` if it belongs to none. */
export const clinicOf = () =>
  inExcel(async (context) => {
    const clinic = askFor(context.workbook.names, CLINIC);
    await context.sync();
    return clinic();
  });

/**
 * Activate the sheet of a cell and select the cell.
 * @param {string} sheetName
 * @param {string} address the sheet's first cell if empty
 */
export const goTo = (sheetName, address) =>
  inExcel(async (context) => {
    const sheet = context.workbook.worksheets.getItemOrNullObject(sheetName);
    sheet.load({ name: true });
    await context.sync();
    if (sheet.isNullObject) throw sheetGone(sheetName);
    sheet.activate();
    rangeOf(sheet, parse(address) ?? { top: 1, left: 1, height: 1, width: 1 }).select();
    await context.sync();
  });

/** @param {string} sheet */
const sheetGone = (sheet) =>
  new Refusal({
    code: "sheet-sheetGone",
    title: "That sheet is no longer there",
    detail: `The workbook has no sheet named ${sheet} any more.`,
    remedy: "Press the button again for a fresh list.",
  });
