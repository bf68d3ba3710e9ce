/**
 * Rectangles of cells and their A1 names. Rows and columns count from 1, bounds are inclusive.
 *
 * @typedef {{top: number, left: number, bottom: number, right: number}} Area
 */

export const LAST_ROW = 1_048_576;
export const LAST_COLUMN = 16_384;

const CELL = /^\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})$/;
const COLUMNS = /^\$?([A-Za-z]{1,3})$/;
const ROWS = /^\$?([1-9]\d{0,6})$/;

/** @param {number} column @returns {string} the letters of a column: 1 is A, 27 is AA */
export function letters(column) {
  let text = "";
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    text = String.fromCharCode(65 + ((rest - 1) % 26)) + text;
  }
  return text;
}

/** @param {string} text @returns {number} the number of a column: A is 1 */
export function columnNumber(text) {
  return [...text.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}

/** @param {Area} area @returns {string} such as `B4` or `A1:C9` */
export function a1(area) {
  const first = letters(area.left) + area.top;
  const last = letters(area.right) + area.bottom;
  return first === last ? first : `${first}:${last}`;
}

/**
 * @param {string} address `B4`, `A1:C9`, `C:E` or `3:7`, with or without `$`
 * @returns {Area | null} null where the text is no address
 */
export function parseArea(address) {
  const [first = "", last = first, more] = address.trim().split(":");
  const start = corner(first, 1, 1);
  const end = corner(last, LAST_ROW, LAST_COLUMN);
  if (!start || !end || more !== undefined || start.kind !== end.kind) return null;
  if (start.kind !== "cell" && !address.includes(":")) return null;
  const area = {
    top: Math.min(start.row, end.row),
    left: Math.min(start.column, end.column),
    bottom: Math.max(start.row, end.row),
    right: Math.max(start.column, end.column),
  };
  return fits(area) ? area : null;
}

/** @param {Area} area @returns {boolean} whether a sheet has these cells */
export function fits({ top, left, bottom, right }) {
  return 1 <= top && top <= bottom && bottom <= LAST_ROW && 1 <= left && left <= right && right <= LAST_COLUMN;
}

/** @param {Area} area @returns {{rows: number, columns: number}} */
export function shape(area) {
  return { rows: area.bottom - area.top + 1, columns: area.right - area.left + 1 };
}

/** @param {Area} one @param {Area} other @returns {Area | null} the cells both have */
export function overlap(one, other) {
  const both = {
    top: Math.max(one.top, other.top),
    left: Math.max(one.left, other.left),
    bottom: Math.min(one.bottom, other.bottom),
    right: Math.min(one.right, other.right),
  };
  return both.top <= both.bottom && both.left <= both.right ? both : null;
}

/** @param {Area} area @param {Area} hole @returns {Area[]} what is left of an area: strips above and below the hole, left and right of it */
export function without(area, hole) {
  const both = overlap(area, hole);
  if (!both) return [area];
  return [
    { ...area, bottom: both.top - 1 },
    { ...both, left: area.left, right: both.left - 1 },
    { ...both, left: both.right + 1, right: area.right },
    { ...area, top: both.bottom + 1 },
  ].filter(({ top, left, bottom, right }) => top <= bottom && left <= right);
}

/** @param {string} text @param {number} row @param {number} column */
function corner(text, row, column) {
  const cell = CELL.exec(text);
  if (cell) return { kind: "cell", row: Number(cell[2]), column: columnNumber(cell[1] ?? "") };
  const columns = COLUMNS.exec(text);
  if (columns) return { kind: "columns", row, column: columnNumber(columns[1] ?? "") };
  const rows = ROWS.exec(text);
  return rows ? { kind: "rows", row: Number(rows[1]), column } : null;
}
