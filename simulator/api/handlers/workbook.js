/** The workbook itself, and sheets inserted from another one. */

import { SHIFT_1904, serialOf } from "../../book/serials.js";
import { notInsertable } from "../../book/workbook.js";
import { OfficeError } from "../errors.js";
import { reaches } from "../versions.js";
import { onSheet } from "./ranges.js";

/** @typedef {import("../../book/workbook.js").Workbook} Book */

/** The ExcelApi that brought insertWorksheetsFromBase64. */
const SINCE = "1.13";

/** @type {import("../handlers.js").Handlers} */
export const Application = {
  call: { calculate: () => undefined, suspendScreenUpdatingUntilNextSync: () => undefined },
};

/** Worksheet functions: only the one by which an add-in learns which day the workbook counts from. @type {import("../handlers.js").Handlers} */
export const Functions = {
  reach: {
    date: (/** @type {Book} */ { is1904 }, [year, month, day]) => {
      const serial = serialOf(year, month, day);
      return {
        value: serial === null ? null : serial - (is1904 ? SHIFT_1904 : 0),
        error: serial === null ? "#NUM!" : "",
      };
    },
  },
};

/** @type {import("../handlers.js").Handlers} */
export const FunctionResult = {
  get: { value: ({ value }) => value, error: ({ error }) => error },
};

/** @type {import("../handlers.js").Handlers} */
export const Workbook = {
  get: {
    name: (/** @type {Book} */ book) => book.fileName,
  },
  reach: {
    application: (book) => book,
    functions: (book) => book,
    worksheets: (book) => book,
    names: (/** @type {Book} */ book) => ({ book, sheet: null }),
    getSelectedRanges: (/** @type {Book} */ { active }) => ({ sheet: active, areas: [active.selection] }),
    getSelectedRange: (/** @type {Book} */ book) => onSheet(book.active, book.active.selection),
    getActiveCell: (/** @type {Book} */ { active }) =>
      onSheet(active, { ...active.selection, bottom: active.selection.top, right: active.selection.left }),
  },
  call: { insertWorksheetsFromBase64: insert },
};

/** @param {Book} book @param {any[]} args @param {import("../host.js").Session} session @returns {Promise<string[]>} the ids of the sheets */
async function insert(book, [base64, options = {}], session) {
  if (!reaches(session.window.excelApi, SINCE))
    throw new OfficeError("ApiNotFound", "Workbook.insertWorksheetsFromBase64");
  const bytes = decoded(base64);
  const names = options.sheetNamesToInsert ?? [];
  const position = positionOf(book, options);
  if (notInsertable(bytes).length > 0)
    throw new OfficeError("UnsupportedFeature", "Workbook.insertWorksheetsFromBase64");
  const placed = await book.insert(bytes, names, position).catch(() => {
    throw new OfficeError("InvalidArgument", "Workbook.insertWorksheetsFromBase64");
  });
  return placed.map((sheet) => sheet.id);
}

/** @param {string} base64 @returns {Uint8Array} */
function decoded(base64) {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    throw new OfficeError("InvalidArgument", "Workbook.insertWorksheetsFromBase64");
  }
}

/** @param {Book} book @param {{positionType?: string, relativeTo?: string | {name: string}}} options */
function positionOf(book, { positionType = "End", relativeTo }) {
  if (positionType === "Beginning") return 0;
  if (positionType === "End") return book.sheets.length;
  const beside = typeof relativeTo === "string" ? book.find(relativeTo) : book.find(relativeTo?.name ?? "");
  if (!beside) throw new OfficeError("ItemNotFound", "Workbook.insertWorksheetsFromBase64");
  return book.sheets.indexOf(beside) + (positionType === "After" ? 1 : 0);
}
