/**
 * Colors cells on a user's own sheet, and restores the fill that was there before.
 *
 * We record every fill that we set on a hidden sheet. When the sheet is checked again, each fill is restored,
 * unless somebody colored the cell since then: that color stays. The desktop add-in keeps the same rows
 * on the same sheet, so each add-in can undo the marks of the other.
 *
 * @typedef {import("./areas.js").Area} Area
 * @typedef {{sheet: string, area: string, before: string, put: string}} Mark fills are `#RRGGBB`, empty for none
 * @typedef {{sheet: Excel.Worksheet, area: Area, fill?: string, parts?: Piece[]}} Piece
 */

import { halves, meet, parse, print } from "./areas.js";
import { rangeOf } from "./reading.js";
import { fillArea, guardText } from "./values.js";

export const MARKS = "_ClinicLedgerMarks";

/**
 * Color areas and return the marks to record.
 * @param {Excel.RequestContext} context
 * @param {{sheet: Excel.Worksheet, name: string, area: Area, put: string}[]} fills
 */
export async function paint(context, fills) {
  /** @type {Mark[]} */
  const marks = [];
  for (const layer of layers(fills, (fill) => [fill.name, fill.area])) {
    const before = await pieces(context, layer);
    layer.forEach(({ sheet, name, area, put }, at) => {
      for (const piece of before[at] ?? []) {
        marks.push({ sheet: name, area: print(piece.area), before: piece.fill ?? "", put });
      }
      rangeOf(sheet, area).format.fill.color = put;
    });
    await context.sync();
  }
  return marks;
}

/**
 * Add marks to the recorded ones.
 * @param {Excel.RequestContext} context
 * @param {Mark[]} marks
 */
export async function remember(context, marks) {
  if (marks.length) await write(context, [...(await read(context)), ...marks]);
}

/**
 * Undo the marks on the named sheets, the latest first, and delete their records.
 * @param {Excel.RequestContext} context
 * @param {string[]} names
 */
export async function clear(context, names) {
  const cleared = new Set(names.map((name) => name.toLowerCase()));
  const remembered = await read(context);
  const theirs = remembered.filter((mark) => cleared.has(mark.sheet.toLowerCase()));
  if (!theirs.length) return;
  for (const layer of layers(await marksOnSheets(context, theirs.reverse()), ({ mark, area }) => [mark.sheet, area])) {
    const now = await pieces(context, layer);
    layer.forEach(({ mark }, at) => {
      for (const piece of (now[at] ?? []).filter((piece) => piece.fill === mark.put)) restore(piece, mark.before);
    });
    await context.sync();
  }
  await write(context, remembered.filter((mark) => !theirs.includes(mark)));
}

/**
 * @param {Piece} piece
 * @param {string} before
 */
function restore({ sheet, area }, before) {
  const { fill } = rangeOf(sheet, area).format;
  if (before) fill.color = before;
  else fill.clear();
}

/**
 * Return the marks whose sheets still exist, with these sheets.
 * @param {Excel.RequestContext} context
 * @param {Mark[]} marks
 */
async function marksOnSheets(context, marks) {
  const sheets = context.workbook.worksheets;
  sheets.load({ name: true });
  await context.sync();
  const byName = new Map(sheets.items.map((sheet) => [sheet.name.toLowerCase(), sheet]));
  return marks.flatMap((mark) => {
    const [sheet, area] = [byName.get(mark.sheet.toLowerCase()), parse(mark.area)];
    return sheet && area ? [{ mark, sheet, area }] : [];
  });
}

/**
 * Split a list into layers in which no two areas share a cell, in order.
 *
 * All fills of one layer can be requested at once. A later mark on the same cell must wait for the result of
 * the earlier one.
 * @template T
 * @param {T[]} list
 * @param {(item: T) => [sheet: string, area: Area]} placeOf
 */
export function layers(list, placeOf) {
  /** @type {T[][]} */
  const found = [];
  /** @type {Map<string, Area[]>} */
  let taken = new Map();
  for (const item of list) {
    const [name, area] = placeOf(item);
    const sheet = name.toLowerCase();
    if (!found.length || taken.get(sheet)?.some((other) => meet(other, area))) {
      found.push([]);
      taken = new Map();
    }
    found.at(-1)?.push(item);
    taken.set(sheet, [...(taken.get(sheet) ?? []), area]);
  }
  return found;
}

/**
 * Split each area into parts of one fill, by halving parts that have several.
 *
 * Asking cell by cell takes one proxy per cell; an area of one fill, the usual case, takes one in a shared sync.
 * @param {Excel.RequestContext} context
 * @param {{sheet: Excel.Worksheet, area: Area}[]} places
 * @returns {Promise<Piece[][]>}
 */
async function pieces(context, places) {
  /** @type {Piece[]} */
  const whole = places.map(({ sheet, area }) => ({ sheet, area }));
  for (let open = whole; open.length; open = open.flatMap((piece) => piece.parts ?? [])) {
    const asked = open.map((piece) => rangeOf(piece.sheet, piece.area).format.fill);
    for (const fill of asked) fill.load({ color: true, pattern: true });
    await context.sync();
    open.forEach((piece, at) => {
      const fill = fillOf(asked[at]);
      if (fill !== null || piece.area.height * piece.area.width === 1) piece.fill = fill ?? "";
      else piece.parts = halves(piece.area).map((area) => ({ sheet: piece.sheet, area }));
    });
  }
  return whole.map(leaves);
}

/**
 * Return a fill as `#RRGGBB`, empty without one, `null` where the cells differ.
 *
 * Excel reports white for cells without a fill; only the pattern shows the difference.
 * @param {Excel.RangeFill | undefined} fill
 */
function fillOf(fill) {
  if (fill?.pattern === "None") return "";
  return fill?.pattern && fill.color ? fill.color.toUpperCase() : null;
}

/**
 * @param {Piece} piece
 * @returns {Piece[]}
 */
const leaves = (piece) => (piece.parts ? piece.parts.flatMap(leaves) : [piece]);

/**
 * @param {Excel.RequestContext} context
 * @returns {Promise<Mark[]>}
 */
async function read(context) {
  const sheet = context.workbook.worksheets.getItemOrNullObject(MARKS);
  sheet.load({ name: true });
  await context.sync();
  if (sheet.isNullObject) return [];
  const used = sheet.getUsedRangeOrNullObject(true);
  used.load({ values: true });
  await context.sync();
  if (used.isNullObject) return [];
  const rows = used.values.map((row) => row.map(String));
  return rows.flatMap(([name = "", area = "", before = "", put = ""]) =>
    name ? [{ sheet: name, area, before, put }] : [],
  );
}

/**
 * @param {Excel.RequestContext} context
 * @param {Mark[]} marks
 */
async function write(context, marks) {
  const { worksheets } = context.workbook;
  const found = worksheets.getItemOrNullObject(MARKS);
  found.load({ name: true });
  await context.sync();
  const sheet = found.isNullObject ? worksheets.add(MARKS) : found;
  sheet.getRange().clear("Contents");
  if (marks.length) {
    const area = { top: 1, left: 1, height: marks.length, width: 4 };
    const range = rangeOf(sheet, area);
    range.numberFormat = fillArea(area, "@");
    range.values = marks.map((mark) => [mark.sheet, mark.area, mark.before, mark.put].map(guardText));
  }
  sheet.visibility = "VeryHidden";
  await context.sync();
}
