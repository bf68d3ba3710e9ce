/**
 * The workbook in front of the biller: read for a click, and changed by its reply. No other module calls `Excel.run`.
 *
 * Everything of Office.js that the add-in uses (the simulated Excel implements these, with the same traps):
 *
 * - `Excel.run({delayForCellEdit: true}, batch)`, `context.sync()`, `load({...})` in its object form, `isNullObject`
 * - `context.workbook`: `name`, `functions.date(2000, 1, 1)` -> `FunctionResult` with `value` (36526, or 35064 where
 *   the workbook counts from 1904; Office.js has no `use1904DateSystem`), `names`, `worksheets`, `getSelectedRanges()`,
 *   `insertWorksheetsFromBase64(base64, {positionType: "End"})` -> `ClientResult<string[]>`
 * - `worksheets`: `items`, `onSelectionChanged`, `onActivated`, `onAdded`, `onDeleted` (`add(handler)`), `getActiveWorksheet()`, `getItem(nameOrId)`, `getItemOrNullObject(name)`, `add(name)`
 * - `Worksheet`: `name` (set too), `visibility` (set too), `names`, `charts`, `activate()`, `delete()`,
 *   `getUsedRangeOrNullObject(true)`, `getRange()`, `getRange(address)`, `getRangeByIndexes(...)`, `getCell(row, column)`
 * - `names` of workbook and worksheet: `getItemOrNullObject(name)`, `add(name, formula)`; `NamedItem`: `name`,
 *   `formula` (set too), `visible = false`
 * - `Range`: `values` and `numberFormat` (both ways), `rowIndex`, `columnIndex`, `rowCount`, `columnCount`, `address`,
 *   `rowHidden` and `columnHidden` (both ways; `null` where they differ), `getRowProperties({rowHidden: true})` -> `ClientResult`,
 *   `getMergedAreasOrNullObject()`, `clear("Contents")`, `select()`,
 *   `dataValidation`: `rule` (set only), `clear()`,
 *   `format.fill`: `color` (set too; `""` or `null` where cells differ), `pattern` (`"None"`, `"Solid"`, `null`), `clear()`
 * - `RangeAreas`: `areas.items`
 * - `charts.add(type, range, "Columns")`; `Chart`: `title.text`, `setPosition(first, last)`
 * - `Excel.createWorkbook(base64)`
 * - `Office.onReady()`, `Office.actions.associate(id, (event) => ...)`, `event.completed()`,
 *   `Office.addin.showAsTaskpane()`, `Office.ribbon.requestUpdate({tabs})`, `Office.context.requirements.isSetSupported(...)`
 * - `Office.context.officeTheme`: `isDarkTheme`, `bodyBackgroundColor`; `Office.context.partitionKey`
 */

import { applyReply, base64 } from "./bridge/applying.js";
import { plain } from "./bridge/areas.js";
import { CLINIC, askFor } from "./bridge/names.js";
import { readWorkbook } from "./bridge/reading.js";
import { showCells } from "./bridge/showing.js";
import { sheetGone } from "./refusals.js";

/**
 * @template T
 * @param {(context: Excel.RequestContext) => Promise<T>} batch
 * @returns {Promise<T>}
 */
const inExcel = (batch) => Excel.run({ delayForCellEdit: true }, batch);

/**
 * Return the request for a click on a button, with a new id and without answers, and the sheet it is about.
 * @param {import("./contract.js").Button} button
 * @param {string | null} about the sheet it is about, `null` for the active one; throws a Refusal if it is gone
 * @param {string[]} asked the sheets that an answer asked for, in addition to those of the button
 * @param {import("./bridge/reading.js").Watcher} watcher
 * @returns {Promise<{about: string, request: Omit<import("./contract.js").Click, "inputs">}>}
 */
export async function read(button, about, asked, watcher) {
  const found = await inExcel((context) => readWorkbook(context, button, about, asked, watcher));
  return { about: found.about, request: { request_id: crypto.randomUUID(), ...found.click } };
}

/**
 * Put a reply into the workbook; see `applyReply`.
 * @param {import("./contract.js").Reply} reply
 * @param {Uint8Array | null} output
 */
export const apply = (reply, output) => inExcel((context) => applyReply(context, reply, output));

/**
 * Return the clinic the workbook belongs to, `null` if it belongs to none, and the names of its sheets.
 * @returns {Promise<import("./availability.js").Contents>}
 */
export const contents = () =>
  inExcel(async (context) => {
    const clinic = askFor(context.workbook.names, CLINIC);
    const { worksheets } = context.workbook;
    worksheets.load({ name: true });
    await context.sync();
    return { clinic: clinic(), sheets: worksheets.items.map(({ name }) => name) };
  });

/**
 * Call `selected` when somebody selects cells, and `changed` when sheets are added, deleted or turned to.
 * @param {{selected: (sheet: string, address: string) => void, changed: () => void}} tell
 */
export const watch = ({ selected, changed }) =>
  inExcel(async (context) => {
    const { worksheets } = context.workbook;
    worksheets.onSelectionChanged.add(async ({ worksheetId, address }) => {
      const name = await nameOfSheet(worksheetId);
      if (name !== null) selected(name, plain(address));
    });
    for (const happened of [worksheets.onActivated, worksheets.onAdded, worksheets.onDeleted]) {
      /** @type {{add: (handler: () => Promise<void>) => unknown}} */ (happened).add(async () => changed());
    }
    await context.sync();
  });

/**
 * Return the name of a sheet, `null` if it is gone.
 * @param {string} id
 */
const nameOfSheet = (id) =>
  inExcel(async (context) => {
    const sheet = context.workbook.worksheets.getItemOrNullObject(id);
    sheet.load({ name: true });
    await context.sync();
    return sheet.isNullObject ? null : sheet.name;
  });

/**
 * Activate the sheet of a cell, select the cell, and show it if it is hidden. Return what was hidden, as sentences.
 * @param {string} sheetName
 * @param {string} address the sheet's first cell if empty
 */
export const goTo = (sheetName, address) =>
  inExcel(async (context) => {
    const sheet = context.workbook.worksheets.getItemOrNullObject(sheetName);
    sheet.load({ name: true, visibility: true });
    await context.sync();
    if (sheet.isNullObject) throw sheetGone(sheetName, "Press the button again for a fresh list.");
    return await showCells(context, sheet, address);
  });

/**
 * Open a new workbook with this content, in a window of its own.
 * @param {Uint8Array} bytes
 */
export const openNew = (bytes) => Excel.createWorkbook(base64(bytes));
