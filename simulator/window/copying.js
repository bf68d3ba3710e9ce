/** Copying cells within the sheet and from other programs: Ctrl+C, Ctrl+V, and Ctrl+D to fill down. */

import { overlap } from "../book/area.js";
import { shownText } from "../book/looks.js";

/**
 * @typedef {import("../book/area.js").Area} Area
 * @typedef {import("../book/sheet.js").Sheet} Sheet
 */

/** @param {Sheet} sheet @returns {string} the selected cells as they are shown, the way spreadsheets hand them to each other */
export function copied(sheet) {
  const used = { top: 1, left: 1, bottom: Math.max(sheet.extent.rows, 1), right: Math.max(sheet.extent.columns, 1) };
  const area = overlap(sheet.selection, used);
  if (!area) return "";
  const shown = (/** @type {number} */ row, /** @type {number} */ column) =>
    shownText(sheet.value(row, column), sheet.format(row, column)).replace(/[\t\r\n]+/g, " ");
  return rowsOf(sheet, area)
    .map((row) => columnsOf(area).map((column) => shown(row, column)).join("\t"))
    .join("\n");
}

/**
 * Type what was copied into the selected cells: one value into all of them, several from the first on.
 * Dropdowns let it pass, as Excel does.
 * @param {Sheet} sheet @param {string} text
 */
export function pasted(sheet, text) {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/).map((line) => line.split("\t"));
  const { selection } = sheet;
  const [single] = lines.length === 1 && lines[0]?.length === 1 ? lines[0] : [];
  if (single !== undefined) {
    for (const row of rowsOf(sheet, selection)) {
      for (const column of columnsOf(selection)) sheet.type(row, column, single);
    }
    return;
  }
  lines.forEach((line, down) => {
    line.forEach((one, across) => sheet.type(selection.top + down, selection.left + across, one));
  });
  const width = Math.max(...lines.map((line) => line.length));
  const { top, left } = selection;
  sheet.selection = { top, left, bottom: top + lines.length - 1, right: left + width - 1 };
}

/** Give the selected cells what stands in the first of each column, a single row what stands above it. @param {Sheet} sheet */
export function filledDown(sheet) {
  const { selection } = sheet;
  const from = selection.top === selection.bottom ? selection.top - 1 : selection.top;
  if (from < 1) return;
  for (const row of rowsOf(sheet, { ...selection, top: from + 1 })) {
    for (const column of columnsOf(selection)) {
      sheet.put(row, column, sheet.value(from, column));
      sheet.restyle(row, column, sheet.style(from, column) ?? {});
    }
  }
}

/** @param {Sheet} sheet @param {Area} area @returns {number[]} hidden rows are left alone: a filter is for that */
function rowsOf(sheet, { top, bottom }) {
  const last = Math.min(bottom, Math.max(top, sheet.extent.rows));
  return Array.from({ length: last - top + 1 }, (_, at) => top + at).filter((row) => !sheet.rowHidden(row));
}

/** @param {Area} area */
function columnsOf({ left, right }) {
  return Array.from({ length: right - left + 1 }, (_, at) => left + at);
}
