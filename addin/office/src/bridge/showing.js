/** Shows cells of a sheet: the sheet in front, the cells selected, and nothing left hidden that keeps them out of sight. */

import { isProtected } from "../refusals.js";
import { letters, parse } from "./areas.js";
import { rangeOf } from "./reading.js";

const WHOLE_ROWS = /^([1-9]\d{0,6}):([1-9]\d{0,6})$/;

/**
 * Activate a sheet, select cells on it, and show their rows and their column if they are hidden. Filters stay as they are. Return
 * what was hidden as sentences, "" if nothing was.
 * @param {Excel.RequestContext} context
 * @param {Excel.Worksheet} sheet its name and its visibility are loaded
 * @param {string} address cells, or whole rows such as `5:5`; the sheet's first cell if empty
 * @returns {Promise<string>}
 */
export async function showCells(context, sheet, address) {
  const isHidden = sheet.visibility !== "Visible";
  if (isHidden) sheet.visibility = "Visible";
  sheet.activate();
  const [, first = "", last = ""] = WHOLE_ROWS.exec(address) ?? [];
  const area = parse(address) ?? { top: Number(first || 1), left: 1, height: Number(last || first || 1) - Number(first || 1) + 1, width: 1 };
  const cells = first ? sheet.getRange(address) : rangeOf(sheet, area);
  cells.select();
  await context.sync();
  const rows = area.height === 1 ? `Row ${area.top}` : `Rows ${area.top}-${area.top + area.height - 1}`;
  // Of a whole row it is its cells that matter, and not the columns that somebody hides in every row.
  const said = [
    isHidden ? `The sheet ${sheet.name} was hidden and is shown now.` : "",
    await unhide(context, rangeOf(sheet, area), "rowHidden", rows, area.height === 1 ? "was" : "were"),
    first ? "" : await unhide(context, rangeOf(sheet, area), "columnHidden", `Column ${letters(area.left)}`, "was"),
  ];
  return said.filter(Boolean).join(" ");
}

/**
 * Show hidden rows or columns. Return that as a sentence, or why they cannot be shown; "" if they are not hidden.
 * @param {Excel.RequestContext} context
 * @param {Excel.Range} cells
 * @param {"rowHidden" | "columnHidden"} which
 * @param {string} what
 * @param {"was" | "were"} verb
 */
async function unhide(context, cells, which, what, verb) {
  const load = () => cells.load(which === "rowHidden" ? { rowHidden: true } : { columnHidden: true });
  load();
  await context.sync();
  if (cells[which] === false) return "";
  const how = which === "rowHidden" ? "hidden or filtered out" : "hidden";
  try {
    cells[which] = false;
    load();
    await context.sync();
  } catch (error) {
    if (!isProtected(error)) throw error;
    const is = verb === "was" ? "is" : "are";
    return `${what} ${is} ${how}, and the sheet is protected. Take the protection off (Review, Unprotect Sheet) to see it.`;
  }
  const isShown = cells[which] === false;
  return isShown ? `${what} ${verb} ${how}, and ${verb === "was" ? "is" : "are"} shown now.` : `${what} cannot be shown. Clear the filter of the sheet to see it.`;
}
