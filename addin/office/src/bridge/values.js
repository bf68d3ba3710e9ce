/**
 * Prepares values for cells: Excel must not read text as a formula, a number or a date.
 *
 * @typedef {string | number | boolean | null} Value as it travels: `null` is an empty cell
 */

/** Text that Excel does not convert: it starts with a letter and holds no digit (`May 5` is a date). */
const PLAIN = /^\p{L}[^\p{Nd}=]*$/u;

/** The most characters of a dropdown's words, with the commas between them. */
const LONGEST_LIST = 255;

/**
 * Return the input with which Excel stores exactly `value` in the cell.
 *
 * An apostrophe, which is not shown, marks text as text; an empty text empties the cell, where `null`
 * would leave it as it was.
 * @param {Value} value
 */
export function guardText(value) {
  if (value === null) return "";
  if (typeof value !== "string" || !value) return value;
  return PLAIN.test(value) && !["TRUE", "FALSE"].includes(value.toUpperCase()) ? value : `'${value}`;
}

/** @param {Value[][]} values */
const isSingle = (values) => values.length === 1 && values[0]?.length === 1;

/**
 * Return whether rows of values can fill an area: exactly, or with one value for all cells.
 * @param {Value[][]} values
 * @param {import("./areas.js").Area} area
 */
export function fits(values, area) {
  const exact = values.length === area.height && values.every((row) => row.length === area.width);
  return isSingle(values) || exact;
}

/**
 * Return guardText values in rows for an area, which they fit.
 * @param {Value[][]} values
 * @param {import("./areas.js").Area} area
 */
export function gridOf(values, area) {
  return isSingle(values) ? fillArea(area, guardText(values[0]?.[0] ?? null)) : values.map((row) => row.map(guardText));
}

/**
 * Return whether words can be a dropdown: Excel takes them as one text and splits it at separators.
 * @param {string[]} words
 */
export function isList(words) {
  const plain = words.every((word) => word !== "" && word === word.trim() && !/^=|[,;]/.test(word));
  return plain && words.join(",").length <= LONGEST_LIST;
}

/**
 * Return rows of one value for an area.
 * @template T
 * @param {import("./areas.js").Area} area
 * @param {T} value
 * @returns {T[][]}
 */
export const fillArea = (area, value) => Array.from({ length: area.height }, () => Array(area.width).fill(value));
