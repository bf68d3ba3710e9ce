/** What the Office add-in sends for a click on a workbook of the simulated Excel, without its window. */

import { read } from "/src/workbook.js";
import { office } from "/simulator/api/office.js";
import { Workbook } from "/simulator/book/workbook.js";

globalThis.sent = async ({ name, workbook, reads, also_reads, asked }) => {
  const bytes = Uint8Array.from(atob(workbook), (letter) => letter.charCodeAt(0));
  const book = await Workbook.open(bytes, name);
  Object.assign(globalThis, office({ book, excelApi: "1.17", editing: false, edited: async () => {}, selected: () => {} }));
  const watcher = { progress: () => {}, signal: new AbortController().signal };
  const { request } = await read({ id: "any.button", reads, also_reads }, null, asked, watcher);
  return { ...request, inputs: {} };
};
