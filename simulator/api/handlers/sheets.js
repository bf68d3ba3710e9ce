/** Worksheets and the list of them. */

import { LAST_COLUMN, LAST_ROW, fits, parseArea } from "../../book/area.js";
import { hex } from "../../book/looks.js";
import { OfficeError } from "../errors.js";
import { onSheet } from "./ranges.js";

/**
 * @typedef {import("../../book/workbook.js").Workbook} Book
 * @typedef {import("../../book/sheet.js").Sheet} Sheet
 */

/** @type {import("../handlers.js").Handlers} */
export const WorksheetCollection = {
  reach: {
    items: (/** @type {Book} */ book) => book.sheets,
    add: (/** @type {Book} */ book, [name]) => {
      if (name !== undefined && !book.accepts(name)) {
        throw new OfficeError(
          book.find(name) ? "ItemAlreadyExists" : "InvalidArgument",
          "WorksheetCollection.add",
        );
      }
      return book.add(name);
    },
    getItem: (/** @type {Book} */ book, [key]) => book.find(key),
    getItemOrNullObject: (/** @type {Book} */ book, [key]) => book.find(key),
    getActiveWorksheet: (/** @type {Book} */ book) => book.active,
    getFirst: (/** @type {Book} */ book, [visibleOnly]) => shown(book, visibleOnly)[0] ?? null,
    getLast: (/** @type {Book} */ book, [visibleOnly]) => shown(book, visibleOnly).at(-1) ?? null,
  },
  call: { getCount: (/** @type {Book} */ book, [visibleOnly]) => shown(book, visibleOnly).length },
};

/** @type {import("../handlers.js").Handlers} */
export const Worksheet = {
  get: {
    id: (/** @type {Sheet} */ sheet) => sheet.id,
    name: (/** @type {Sheet} */ sheet) => sheet.name,
    position: (/** @type {Sheet} */ sheet) => sheet.book.sheets.indexOf(sheet),
    visibility: (/** @type {Sheet} */ sheet) => sheet.visibility,
    tabColor: (/** @type {Sheet} */ sheet) => hex(sheet.raw.properties?.tabColor) ?? "",
    showGridlines: (/** @type {Sheet} */ sheet) => sheet.gridlines,
  },
  set: {
    name: rename,
    position: (/** @type {Sheet} */ sheet, value) => sheet.book.move(sheet, value),
    visibility: show,
    tabColor: (/** @type {Sheet} */ sheet, value) => {
      sheet.raw.properties.tabColor = value ? { argb: `FF${value.replace("#", "")}` } : undefined;
    },
    showGridlines: (/** @type {Sheet} */ sheet, value) => {
      sheet.raw.views = [{ ...sheet.raw.views?.[0], showGridLines: value }];
    },
  },
  reach: {
    names: (/** @type {Sheet} */ sheet) => ({ book: sheet.book, sheet }),
    charts: (sheet) => sheet,
    protection: (sheet) => sheet,
    getCell: (/** @type {Sheet} */ sheet, [row, column]) => byIndexes(sheet, [row, column, 1, 1]),
    getRange: (/** @type {Sheet} */ sheet, [address]) => byAddress(sheet, address),
    getRangeByIndexes: byIndexes,
    getUsedRange: (/** @type {Sheet} */ sheet, [valuesOnly]) =>
      onSheet(sheet, sheet.usedArea(valuesOnly ?? false) ?? { top: 1, left: 1, bottom: 1, right: 1 }),
    getUsedRangeOrNullObject: (/** @type {Sheet} */ sheet, [valuesOnly]) => {
      const used = sheet.usedArea(valuesOnly ?? false);
      return used && onSheet(sheet, used);
    },
  },
  call: { activate, delete: remove },
};

/** @type {import("../handlers.js").Handlers} */
export const WorksheetProtection = {
  get: { protected: (/** @type {Sheet} */ sheet) => sheet.isProtected },
  call: {
    protect: (/** @type {Sheet} */ sheet) => {
      sheet.raw.sheetProtection = { ...sheet.raw.sheetProtection, sheet: true };
    },
    unprotect: (/** @type {Sheet} */ sheet) => {
      sheet.raw.sheetProtection = undefined;
    },
  },
};

/** @param {Book} book @param {boolean} [visibleOnly] */
function shown(book, visibleOnly) {
  return book.sheets.filter((sheet) => !visibleOnly || sheet.visibility === "Visible");
}

/** @param {Sheet} sheet @param {string} name */
function rename(sheet, name) {
  const same = name.toLowerCase() === sheet.name.toLowerCase();
  if (!same && !sheet.book.accepts(name)) throw new OfficeError("InvalidArgument", "Worksheet.name");
  sheet.name = name;
}

/** @param {Sheet} sheet @param {import("../../book/sheet.js").Visibility} value */
function show(sheet, value) {
  if (value !== "Visible" && isLastShown(sheet)) throw new OfficeError("InvalidOperation", "Worksheet.visibility");
  sheet.visibility = value;
  const next = shown(sheet.book, true)[0];
  if (sheet.book.active === sheet && value !== "Visible" && next) sheet.book.activate(next);
}

/** @param {Sheet} sheet */
function activate(sheet) {
  if (sheet.visibility !== "Visible") throw new OfficeError("InvalidOperation", "Worksheet.activate");
  sheet.book.activate(sheet);
}

/** @param {Sheet} sheet */
function remove(sheet) {
  // Excel deletes neither its last visible sheet nor one that is hidden for good.
  if (isLastShown(sheet) || sheet.visibility === "VeryHidden")
    throw new OfficeError("InvalidOperation", "Worksheet.delete");
  sheet.book.remove(sheet);
}

/** @param {Sheet} sheet */
function isLastShown(sheet) {
  return sheet.visibility === "Visible" && shown(sheet.book, true).length === 1;
}

/** @param {Sheet} sheet @param {string} [address] */
function byAddress(sheet, address) {
  const area =
    address === undefined ? { top: 1, left: 1, bottom: LAST_ROW, right: LAST_COLUMN } : parseArea(address);
  if (!area) throw new OfficeError("InvalidArgument", "Worksheet.getRange");
  return onSheet(sheet, area);
}

/** @param {Sheet} sheet @param {any[]} indexes from 0 */
function byIndexes(sheet, [row, column, rows, columns]) {
  const area = { top: row + 1, left: column + 1, bottom: row + rows, right: column + columns };
  if (![row, column, rows, columns].every(Number.isInteger) || !fits(area)) {
    throw new OfficeError("InvalidArgument", "Worksheet.getRangeByIndexes");
  }
  return onSheet(sheet, area);
}
