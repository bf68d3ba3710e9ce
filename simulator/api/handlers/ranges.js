/** Ranges: their values, their shape, and other ranges reached from them. */

import { LAST_COLUMN, LAST_ROW, a1, fits, overlap, shape } from "../../book/area.js";
import { shownText } from "../../book/looks.js";
import { OfficeError } from "../errors.js";

/**
 * @typedef {import("../../book/area.js").Area} Area
 * @typedef {import("../../book/sheet.js").Sheet} Sheet
 * @typedef {{sheet: Sheet, area: Area}} Cells
 */

const MOST_CELLS = 5_000_000;

/** @param {Sheet} sheet @param {Area} area @returns {Cells} */
export function onSheet(sheet, area) {
  return { sheet, area };
}

/** @param {Cells} cells @returns {string} such as `Appointments!A1:C9` */
export function addressOf({ sheet, area }) {
  const plain = /^[A-Za-z_][A-Za-z0-9_.]*$/.test(sheet.name);
  return `${plain ? sheet.name : `'${sheet.name.replaceAll("'", "''")}'`}!${a1(area)}`;
}

/** @param {Cells} cells */
function count({ area }) {
  const { rows, columns } = shape(area);
  return rows * columns;
}

/**
 * @template T
 * @param {Cells} cells @param {(row: number, column: number) => T} read
 * @returns {T[][] | null} null where it is too much, or whole rows or columns: Excel says null as well
 */
function grid(cells, read) {
  const { top, left, bottom, right } = cells.area;
  const endless = (top === 1 && bottom === LAST_ROW) || (left === 1 && right === LAST_COLUMN);
  if (endless || count(cells) > MOST_CELLS) return null;
  const rows = [];
  for (let row = top; row <= bottom; row += 1) {
    const line = [];
    for (let column = left; column <= right; column += 1) line.push(read(row, column));
    rows.push(line);
  }
  return rows;
}

/**
 * @param {Cells} cells @param {any} given one value for all, or rows of values; null leaves a cell as it is
 * @param {string} place @param {(row: number, column: number, value: any) => void} write
 */
function fill(cells, given, place, write) {
  refuseProtected(cells.sheet, place);
  const { top, left, bottom, right } = cells.area;
  const { rows, columns } = shape(cells.area);
  const many = Array.isArray(given);
  if (many && (given.length !== rows || given.some((line) => !Array.isArray(line) || line.length !== columns))) {
    throw new OfficeError("InvalidArgument", place);
  }
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) {
      const value = many ? given[row - top][column - left] : given;
      if (value !== null && value !== undefined) write(row, column, value);
    }
  }
}

/** @param {Sheet} sheet @param {string} place */
export function refuseProtected(sheet, place) {
  if (sheet.isProtected) throw new OfficeError("AccessDenied", place);
}

/** @param {Cells} cells @param {Area} area @param {string} place @returns {Cells} */
function moved({ sheet }, area, place) {
  if (!fits(area)) throw new OfficeError("InvalidArgument", place);
  return { sheet, area };
}

/** @template T @param {T[]} values @returns {T | null} null where they differ */
export function common(values) {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : null;
}

/** @param {Cells} cells @returns {number[]} only rows that somebody has touched can be hidden */
function rowsOf({ sheet, area }) {
  const last = Math.max(area.top, Math.min(area.bottom, sheet.extent.rows + 1));
  return Array.from({ length: last - area.top + 1 }, (_, at) => area.top + at);
}

/** @param {Cells} cells */
function columnsOf({ area }) {
  return Array.from({ length: shape(area).columns }, (_, at) => area.left + at);
}

/** @type {import("../handlers.js").Handlers} */
export const Range = {
  get: {
    address: addressOf,
    cellCount: (cells) => (count(cells) > 2 ** 31 - 1 ? -1 : count(cells)),
    rowCount: (/** @type {Cells} */ { area }) => shape(area).rows,
    columnCount: (/** @type {Cells} */ { area }) => shape(area).columns,
    rowIndex: (/** @type {Cells} */ { area }) => area.top - 1,
    columnIndex: (/** @type {Cells} */ { area }) => area.left - 1,
    values: (/** @type {Cells} */ cells) => grid(cells, (row, column) => cells.sheet.value(row, column) ?? ""),
    formulas: (/** @type {Cells} */ cells) =>
      grid(cells, (row, column) => cells.sheet.formula(row, column) ?? cells.sheet.value(row, column) ?? ""),
    numberFormat: (/** @type {Cells} */ cells) => grid(cells, (row, column) => cells.sheet.format(row, column)),
    text: (/** @type {Cells} */ cells) =>
      grid(cells, (row, column) => shownText(cells.sheet.value(row, column), cells.sheet.format(row, column))),
    valueTypes: (/** @type {Cells} */ cells) =>
      grid(cells, (row, column) => kindOf(cells.sheet.value(row, column))),
    rowHidden: (/** @type {Cells} */ cells) => common(rowsOf(cells).map((row) => cells.sheet.rowHidden(row))),
    columnHidden: (/** @type {Cells} */ cells) =>
      common(columnsOf(cells).map((column) => cells.sheet.columnWidth(column) === 0)),
    hidden: (/** @type {Cells} */ cells) => {
      const hidden = [
        common(rowsOf(cells).map((row) => cells.sheet.rowHidden(row))),
        common(columnsOf(cells).map((column) => cells.sheet.columnWidth(column) === 0)),
      ];
      return hidden.includes(true) ? true : hidden.includes(null) ? null : false;
    },
  },
  set: {
    values: (/** @type {Cells} */ cells, value) =>
      fill(cells, value, "Range.values", (row, column, one) => cells.sheet.type(row, column, one)),
    formulas: (/** @type {Cells} */ cells, value) =>
      fill(cells, value, "Range.formulas", (row, column, one) => cells.sheet.type(row, column, one)),
    numberFormat: (/** @type {Cells} */ cells, value) =>
      fill(cells, value, "Range.numberFormat", (row, column, one) =>
        cells.sheet.restyle(row, column, { numFmt: one }),
      ),
    rowHidden: (/** @type {Cells} */ cells, value) => {
      refuseProtected(cells.sheet, "Range.rowHidden");
      rowsOf(cells).forEach((row) => cells.sheet.hideRow(row, value));
    },
    columnHidden: (/** @type {Cells} */ cells, value) => {
      refuseProtected(cells.sheet, "Range.columnHidden");
      columnsOf(cells).forEach((column) => (cells.sheet.raw.getColumn(column).hidden = value));
    },
  },
  reach: {
    dataValidation: (cells) => cells,
    format: (cells) => cells,
    worksheet: (/** @type {Cells} */ { sheet }) => sheet,
    getCell: (/** @type {Cells} */ cells, [row, column]) => {
      const [top, left] = [cells.area.top + row, cells.area.left + column];
      return moved(cells, { top, left, bottom: top, right: left }, "Range.getCell");
    },
    getRow: (/** @type {Cells} */ cells, [row]) =>
      moved(cells, { ...cells.area, top: cells.area.top + row, bottom: cells.area.top + row }, "Range.getRow"),
    getColumn: (/** @type {Cells} */ cells, [column]) =>
      moved(
        cells,
        { ...cells.area, left: cells.area.left + column, right: cells.area.left + column },
        "Range.getColumn",
      ),
    getLastCell: (/** @type {Cells} */ cells) =>
      moved(cells, { ...cells.area, top: cells.area.bottom, left: cells.area.right }, "Range.getLastCell"),
    getEntireRow: (/** @type {Cells} */ cells) =>
      moved(cells, { ...cells.area, left: 1, right: LAST_COLUMN }, "Range.getEntireRow"),
    getEntireColumn: (/** @type {Cells} */ cells) =>
      moved(cells, { ...cells.area, top: 1, bottom: LAST_ROW }, "Range.getEntireColumn"),
    getOffsetRange: (/** @type {Cells} */ cells, [rows, columns]) => {
      const { top, left, bottom, right } = cells.area;
      return moved(
        cells,
        { top: top + rows, left: left + columns, bottom: bottom + rows, right: right + columns },
        "Range.getOffsetRange",
      );
    },
    getResizedRange: (/** @type {Cells} */ cells, [rows, columns]) =>
      moved(
        cells,
        { ...cells.area, bottom: cells.area.bottom + rows, right: cells.area.right + columns },
        "Range.getResizedRange",
      ),
    getIntersectionOrNullObject: (/** @type {Cells} */ cells, [other]) => {
      const both = overlap(cells.area, typeof other === "string" ? cells.area : other.area);
      return both && onSheet(cells.sheet, both);
    },
    getUsedRange: (/** @type {Cells} */ cells, [valuesOnly]) => usedIn(cells, valuesOnly) ?? cells,
    getUsedRangeOrNullObject: (/** @type {Cells} */ cells, [valuesOnly]) => usedIn(cells, valuesOnly),
    getMergedAreasOrNullObject: (/** @type {Cells} */ { sheet, area }) => {
      const areas = sheet.mergesIn(area);
      return areas.length > 0 ? { sheet, areas } : null;
    },
  },
  call: {
    clear,
    merge: (/** @type {Cells} */ { sheet, area }) => {
      refuseProtected(sheet, "Range.merge");
      sheet.raw.mergeCells(area.top, area.left, area.bottom, area.right);
    },
    select: (/** @type {Cells} */ { sheet, area }, _, session) => {
      if (sheet.visibility !== "Visible") throw new OfficeError("InvalidOperation", "Range.select");
      sheet.selection = area;
      sheet.book.activate(sheet);
      session.window.selected();
    },
    getRowProperties: (/** @type {Cells} */ { sheet, area }, [wanted]) =>
      Array.from({ length: shape(area).rows }, (_, at) => ({
        ...(wanted.rowHidden && { rowHidden: sheet.rowHidden(area.top + at) }),
        ...(wanted.rowIndex && { rowIndex: area.top + at - 1 }),
      })),
  },
};

/** @typedef {{sheet: Sheet, areas: Area[]}} Areas */

/** @type {import("../handlers.js").Handlers} */
export const RangeAreas = {
  get: {
    address: (/** @type {Areas} */ { sheet, areas }) => areas.map((area) => addressOf({ sheet, area })).join(","),
    areaCount: (/** @type {Areas} */ { areas }) => areas.length,
    cellCount: (/** @type {Areas} */ { sheet, areas }) =>
      areas.reduce((sum, area) => sum + count({ sheet, area }), 0),
  },
  reach: { areas: (areas) => areas, worksheet: (/** @type {Areas} */ { sheet }) => sheet },
};

/** @type {import("../handlers.js").Handlers} */
export const RangeCollection = {
  reach: {
    items: (/** @type {Areas} */ { sheet, areas }) => areas.map((area) => onSheet(sheet, area)),
    getItemAt: (/** @type {Areas} */ { sheet, areas }, [at]) => {
      const area = areas[at];
      return area ? onSheet(sheet, area) : null;
    },
  },
  call: { getCount: (/** @type {Areas} */ { areas }) => areas.length },
};

/** @param {Cells} cells @param {boolean} [valuesOnly] @returns {Cells | null} */
function usedIn({ sheet, area }, valuesOnly) {
  const used = sheet.usedArea(valuesOnly ?? false);
  const both = used && overlap(used, area);
  return both && onSheet(sheet, both);
}

/** @param {Cells} cells @param {any[]} args "All", "Contents" or "Formats" */
function clear({ sheet, area }, [what = "All"]) {
  refuseProtected(sheet, "Range.clear");
  const { rows, columns } = sheet.extent;
  const touched = overlap(area, { top: 1, left: 1, bottom: Math.max(rows, 1), right: Math.max(columns, 1) });
  if (!touched) return;
  for (let row = touched.top; row <= touched.bottom; row += 1) {
    for (let column = touched.left; column <= touched.right; column += 1) {
      const cell = sheet.cell(row, column);
      if (cell && what !== "Formats") cell.value = null;
      if (cell && what !== "Contents") cell.style = {};
    }
  }
}

/** @param {import("../../book/typing.js").Value} value */
function kindOf(value) {
  if (value === null) return "Empty";
  if (typeof value === "number") return "Double";
  if (typeof value === "boolean") return "Boolean";
  return value.startsWith("#") ? "Error" : "String";
}
