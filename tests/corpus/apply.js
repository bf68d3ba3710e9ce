/** The Office add-in's bridge on a workbook of the simulated Excel, without its window. */

import { apply } from "/src/workbook.js";
import { office } from "/simulator/api/office.js";
import { Workbook } from "/simulator/book/workbook.js";

/** @param {string} text base64 */
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** @param {Uint8Array} bytes */
const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** Return the file that is saved after the add-in applied a reply; files go in and out as base64. */
globalThis.applied = async ({ workbook, reply, output }) => {
  const book = await Workbook.open(bytesOf(workbook), "workbook.xlsx");
  Object.assign(globalThis, office({ book, excelApi: "1.17", editing: false, edited: async () => {}, selected: () => {} }));
  const failure = await apply(reply, output === null ? null : bytesOf(output));
  if (failure) throw failure;
  return base64(await book.save());
};
