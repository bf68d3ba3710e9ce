/** Reads sheets for a request: the values as Excel holds them, column by column. The service interprets them. */

import { halves, parse, plain, print } from "./areas.js";
import { ABOUT, CLINIC, GROUP, STATE, askFor, askForCells } from "./names.js";
import { Cancelled, codeOf, sheetGone } from "../refusals.js";

/**
 * @typedef {import("./areas.js").Area} Area
 * @typedef {import("../contract.js").SentSheet} SentSheet
 * @typedef {import("../contract.js").Value} Value
 * @typedef {{progress: (rows: number, of: number, sheet: string) => void, signal: AbortSignal}} Watcher
 * @typedef {{values: Value[][], formats: (string | null)[][], hidden: number[]}} Block rows of an area; formats by column
 */

/** Cells per request. Excel on the web returns at most 5 MB, and a cell with its format takes about 30 bytes. */
export const CELLS_AT_ONCE = 100_000;

const TOO_LARGE = "ResponsePayloadSizeLimitExceeded";
const GENERAL = "General";

/** The serial number of 2000-01-01 in a workbook that counts its days from 1904; Office.js has no property for that. */
const NEW_YEAR_FROM_1904 = 35_064;

/**
 * Return the parts of a click that come from Excel.
 * @param {Excel.RequestContext} context
 * @param {import("../contract.js").Button} button
 * @param {string | null} about the sheet the click is about, the one in front if `null`; throws a Refusal if it is gone
 * @param {string[]} asked the other sheets that an answer asked for
 * @param {Watcher} watcher
 * @returns {Promise<{about: string, click: Omit<import("../contract.js").Click, "request_id" | "inputs">}>} `about`: the
 *   sheet that it is about; rows may be selected on another one, the active one
 */
export async function readWorkbook(context, { label, reads, also_reads = [] }, about, asked, watcher) {
  const { workbook } = context;
  const active = workbook.worksheets.getActiveWorksheet();
  const inFront = askForFront(workbook.worksheets);
  const clinic = askFor(workbook.names, CLINIC);
  const newYear = workbook.functions.date(2000, 1, 1);
  newYear.load({ value: true });
  workbook.load({ name: true });
  active.load({ name: true });
  await context.sync();
  const written = await writtenSheets(context, workbook.worksheets.items);
  const meant = workbook.worksheets.items.find(({ name }) => name === about);
  // A click that waited reads no other sheet than the one it is about.
  if (!meant && about !== null && reads === "active") throw sheetGone(about, `Go to the sheet that is meant, and press ${label} again.`);
  const front = meant ?? inFront();
  const sheets = [];
  for (const sheet of sheetsToSend(reads, [...also_reads, ...asked], front, workbook.worksheets.items)) {
    sheets.push(await readSheet(context, sheet, watcher));
  }
  const selection = { sheet: active.name, rows: await selectedRows(context, active) };
  /** @type {1900 | 1904} */
  const date_system = newYear.value === NEW_YEAR_FROM_1904 ? 1904 : 1900;
  const click = { workbook: { name: workbook.name, clinic: clinic(), date_system, written }, sheets, asked_sheets: asked, selection };
  return { about: front.name, click };
}

/**
 * Return the sheets that we wrote, each with its kind and the cells that show a state.
 * @param {Excel.RequestContext} context
 * @param {Excel.Worksheet[]} sheets their names are loaded
 * @returns {Promise<import("../contract.js").WrittenSheet[]>}
 */
async function writtenSheets(context, sheets) {
  const asked = sheets.map(({ name, names }) => ({ name, group: askFor(names, GROUP), state: askForCells(names, STATE) }));
  await context.sync();
  return asked.flatMap(({ name, group, state }) => {
    const kind = group();
    return kind === null ? [] : [{ name, kind, state: state() }];
  });
}

/**
 * Request the sheet that a click is about: the active one, or the one an active sheet of ours came from, so that
 * pressing a button again on its own result works on the same log. Call the returned function after the next sync.
 * @param {Excel.WorksheetCollection} worksheets
 * @returns {() => Excel.Worksheet} its name and its visibility are loaded
 */
export function askForFront(worksheets) {
  const active = worksheets.getActiveWorksheet();
  active.load({ name: true, visibility: true });
  worksheets.load({ name: true, visibility: true });
  const about = askFor(active.names, ABOUT);
  return () => worksheets.items.find(({ name }) => name === about()) ?? active;
}

/**
 * Return the sheets the button names and those an answer asked for, each once.
 * @param {"active" | "none" | string[]} reads
 * @param {string[]} asked
 * @param {Excel.Worksheet} front
 * @param {Excel.Worksheet[]} sheets
 */
function sheetsToSend(reads, asked, front, sheets) {
  const byName = new Map(sheets.map((sheet) => [sheet.name.trim().toLowerCase(), sheet]));
  const names = Array.isArray(reads) ? [...reads, ...asked] : asked;
  const found = names.flatMap((name) => byName.get(name.trim().toLowerCase()) ?? []);
  // By name, because Excel returns several objects for one sheet.
  return [...new Map((reads === "active" ? [front, ...found] : found).map((sheet) => [sheet.name, sheet])).values()];
}

/**
 * @param {Excel.RequestContext} context
 * @param {Excel.Worksheet} sheet its name and its visibility are loaded
 * @param {Watcher} watcher
 * @returns {Promise<SentSheet>}
 */
async function readSheet(context, sheet, watcher) {
  const used = await usedArea(context, sheet);
  const blocks = [];
  for await (const block of blocksOf(context, sheet, used, watcher)) blocks.push(block);
  const { area, columns, formats } = assemble(used, blocks);
  return {
    name: sheet.name,
    hidden: sheet.visibility !== "Visible",
    top_left: print({ ...area, height: 1, width: 1 }),
    columns,
    formats: columns.map((column, at) => formatOf(column, formats[at] ?? [])),
    hidden_rows: blocks.flatMap((block) => block.hidden).filter((row) => row < area.top + area.height),
    merged: columns.length ? byColumn(await mergedIn(context, sheet, area)) : [],
  };
}

/**
 * Return the part of a sheet that holds values; for an empty sheet, its first cell.
 * @param {Excel.RequestContext} context
 * @param {Excel.Worksheet} sheet
 * @returns {Promise<Area>}
 */
async function usedArea(context, sheet) {
  const used = sheet.getUsedRangeOrNullObject(true);
  used.load({ rowIndex: true, columnIndex: true, rowCount: true, columnCount: true });
  await context.sync();
  if (used.isNullObject) return { top: 1, left: 1, height: 1, width: 1 };
  return { top: used.rowIndex + 1, left: used.columnIndex + 1, height: used.rowCount, width: used.columnCount };
}

/**
 * Yield an area in blocks of rows. If Excel says that a block is too large, the following ones are half as high.
 * @param {Excel.RequestContext} context
 * @param {Excel.Worksheet} sheet
 * @param {Area} area
 * @param {Watcher} watcher
 */
async function* blocksOf(context, sheet, area, { progress, signal }) {
  let rows = Math.max(1, Math.floor(CELLS_AT_ONCE / area.width));
  for (let done = 0; done < area.height; ) {
    if (signal.aborted) throw new Cancelled();
    const part = { ...area, top: area.top + done, height: Math.min(rows, area.height - done) };
    try {
      yield await readBlock(context, sheet, part);
      done += part.height;
      progress(done, area.height, sheet.name);
    } catch (error) {
      if (codeOf(error) !== TOO_LARGE || part.height === 1) throw error;
      rows = Math.ceil(part.height / 2);
    }
  }
}

/**
 * @param {Excel.RequestContext} context
 * @param {Excel.Worksheet} sheet
 * @param {Area} area
 * @returns {Promise<Block>}
 */
async function readBlock(context, sheet, area) {
  const range = rangeOf(sheet, area);
  range.load({ values: true, rowHidden: true });
  await context.sync();
  const values = range.values.map((row) => row.map((cell) => (cell === "" ? null : cell)));
  const someHidden = range.rowHidden === null ? range.getRowProperties({ rowHidden: true }) : null;
  // Only numbers need a format, so we do not request it for columns without numbers: half of most logs.
  const columns = Array.from({ length: area.width }, (_, at) => {
    if (!values.some((row) => typeof row[at] === "number")) return null;
    const column = rangeOf(sheet, { ...area, left: area.left + at, width: 1 });
    column.load({ numberFormat: true });
    return column;
  });
  await context.sync();
  const hidden = someHidden?.value.map((row) => row.rowHidden === true) ?? values.map(() => range.rowHidden);
  return {
    values,
    formats: columns.map((column, at) => numberFormats(column?.numberFormat, values, at)),
    hidden: hidden.flatMap((is, at) => (is ? area.top + at : [])),
  };
}

/**
 * Return the format of each number of a column, `null` for other cells: a heading above dates is General.
 * @param {unknown[][] | undefined} formats one in each row
 * @param {Value[][]} values
 * @param {number} at
 */
function numberFormats(formats, values, at) {
  return values.map((row, down) => {
    const format = typeof row[at] === "number" ? formats?.[down]?.[0] : GENERAL;
    return typeof format === "string" && format !== GENERAL ? format : null;
  });
}

/**
 * Return the columns of the blocks, without empty rows below and columns to the right.
 * @param {Area} used
 * @param {Block[]} blocks
 */
export function assemble(used, blocks) {
  const rows = blocks.flatMap((block) => block.values);
  const filled = rows.map((row) => row.findLastIndex((cell) => cell !== null) + 1);
  const height = filled.findLastIndex((cells) => cells > 0) + 1;
  const width = filled.reduce((most, cells) => Math.max(most, cells), 0);
  const across = Array.from({ length: width }, (_, at) => at);
  return {
    area: { ...used, height: Math.max(height, 1), width: Math.max(width, 1) },
    columns: across.map((at) => rows.slice(0, height).map((row) => row[at] ?? null)),
    formats: across.map((at) => blocks.flatMap((block) => block.formats[at] ?? []).slice(0, height)),
  };
}

/**
 * Return the one format of a column's numbers, a list where they mix several.
 * @param {Value[]} column
 * @param {(string | null)[]} formats
 */
export function formatOf(column, formats) {
  const used = new Set(formats.filter((_, at) => typeof column[at] === "number"));
  if (used.size > 1) return formats;
  const [only = null] = used;
  return only;
}

/**
 * Return the merged blocks that meet an area.
 *
 * Excel fails for more than 512 of them at once, without an error code of its own: then the area is halved.
 * @param {Excel.RequestContext} context
 * @param {Excel.Worksheet} sheet
 * @param {Area} area
 * @returns {Promise<string[]>}
 */
async function mergedIn(context, sheet, area) {
  const merged = rangeOf(sheet, area).getMergedAreasOrNullObject();
  merged.load({ areaCount: true });
  try {
    await context.sync();
    if (merged.isNullObject) return [];
    merged.areas.load({ address: true });
    await context.sync();
  } catch (error) {
    if (area.height === 1) throw error;
    const [above, below] = halves(area);
    return [...(await mergedIn(context, sheet, above)), ...(await mergedIn(context, sheet, below))];
  }
  return merged.areas.items.map((block) => plain(block.address));
}

/** @param {string[]} addresses */
function byColumn(addresses) {
  const areas = [...new Set(addresses)].flatMap((address) => parse(address) ?? []);
  return areas.sort((a, b) => a.left - b.left || a.top - b.top).map(print);
}

/**
 * Return the selected rows, limited to the used ones: people select whole columns.
 * @param {Excel.RequestContext} context
 * @param {Excel.Worksheet} active
 */
async function selectedRows(context, active) {
  const used = await usedArea(context, active);
  const { areas } = context.workbook.getSelectedRanges();
  areas.load({ rowIndex: true, rowCount: true });
  try {
    await context.sync();
  } catch {
    return []; // a chart or a picture is selected
  }
  const rows = new Set(areas.items.flatMap((area) => rowsWithin(used, area.rowIndex + 1, area.rowCount)));
  return [...rows].sort((a, b) => a - b);
}

/**
 * @param {Area} used
 * @param {number} first
 * @param {number} count
 */
function rowsWithin(used, first, count) {
  const [start, end] = [Math.max(used.top, first), Math.min(used.top + used.height, first + count)];
  return Array.from({ length: Math.max(0, end - start) }, (_, at) => start + at);
}

/**
 * Return the cells of an area.
 * @param {Excel.Worksheet} sheet
 * @param {Area} area
 */
export const rangeOf = (sheet, { top, left, height, width }) =>
  sheet.getRangeByIndexes(top - 1, left - 1, height, width);
