/**
 * Cell addresses and blocks of them: arithmetic only, nothing of Excel.
 *
 * @typedef {object} Area
 * @property {number} top row of the first cell, from 1 as Excel counts
 * @property {number} left column of the first cell, from 1
 * @property {number} height rows
 * @property {number} width columns
 */

const ADDRESS = /^([A-Z]{1,3})([1-9]\d{0,6})(?::([A-Z]{1,3})([1-9]\d{0,6}))?$/;

/**
 * Return the letters of a column, counted from 1.
 * @param {number} column
 */
export function letters(column) {
  let text = "";
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    text = String.fromCharCode(65 + ((rest - 1) % 26)) + text;
  }
  return text;
}

/** @param {string} text */
const columnOf = (text) => [...text].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);

/**
 * Read an address such as `B4` or `B4:C9`, `null` where it is none.
 * @param {string} address
 * @returns {Area | null}
 */
export function parse(address) {
  const [, left = "", top = "", right = left, bottom = top] = ADDRESS.exec(address) ?? [];
  if (!left) return null;
  const [first, last, start, end] = [columnOf(left), columnOf(right), Number(top), Number(bottom)];
  return {
    top: Math.min(start, end),
    left: Math.min(first, last),
    height: Math.abs(end - start) + 1,
    width: Math.abs(last - first) + 1,
  };
}

/**
 * Write an area as an address: `B4`, or `B4:C9`.
 * @param {Area} area
 */
export function print({ top, left, height, width }) {
  const first = `${letters(left)}${top}`;
  return height * width === 1 ? first : `${first}:${letters(left + width - 1)}${top + height - 1}`;
}

/**
 * Return an address as Excel gives it, without its sheet and dollar signs.
 * @param {string} address
 */
export const plain = (address) => address.slice(address.lastIndexOf("!") + 1).replaceAll("$", "");

/**
 * Return whether two areas of one sheet share a cell.
 * @param {Area} a
 * @param {Area} b
 */
export function meet(a, b) {
  const rows = a.top < b.top + b.height && b.top < a.top + a.height;
  return rows && a.left < b.left + b.width && b.left < a.left + a.width;
}

/**
 * Cut an area of several cells in two: rows while there are rows to cut, then columns.
 * @param {Area} area
 * @returns {[Area, Area]}
 */
export function halves(area) {
  if (area.height > 1) {
    const height = Math.floor(area.height / 2);
    return [
      { ...area, height },
      { ...area, top: area.top + height, height: area.height - height },
    ];
  }
  const width = Math.floor(area.width / 2);
  return [
    { ...area, width },
    { ...area, left: area.left + width, width: area.width - width },
  ];
}
