/**
 * Values into cells as they are: Excel must not take text for a formula, a number or a date.
 *
 * @typedef {string | number | boolean | null} Value as it travels: `null` is an empty cell
 */

/** Text that Excel leaves alone: it starts with a letter and holds no digit (`May 5` is a date). */
const PLAIN = /^\p{L}[^\p{Nd}=]*$/u;

/** Letters of a dropdown's words and the commas between them. */
const LONGEST_LIST = 255;

/**
 * Return what to hand to Excel so that the cell holds `value`.
 *
 * An apostrophe, which is not shown, marks text as text; an empty text empties the cell, where `null`
 * would leave it as it was.
 * @param {Value} value
 */
export function guarded(value) {
  if (value === null) return "";
  if (typeof value !== "string" || !value) return value;
  return PLAIN.test(value) && !["TRUE", "FALSE"].includes(value.toUpperCase()) ? value : `'${value}`;
}

/** @param {Value[][]} values */
const isSingle = (values) => values.length === 1 && values[0]?.length === 1;

/**
 * Return whether rows of values can fill an area: exactly, or one value all of it.
 * @param {Value[][]} values
 * @param {import("./areas.js").Area} area
 */
export function fits(values, area) {
  const exact = values.length === area.height && values.every((row) => row.length === area.width);
  return isSingle(values) || exact;
}

/**
 * Return guarded values in rows for an area, which they fit.
 * @param {Value[][]} values
 * @param {import("./areas.js").Area} area
 */
export function gridOf(values, area) {
  return isSingle(values) ? filled(area, guarded(values[0]?.[0] ?? null)) : values.map((row) => row.map(guarded));
}

/**
 * Return whether words can be a dropdown: Excel takes them as one text, cut at its separators.
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
export const filled = (area, value) => Array.from({ length: area.height }, () => Array(area.width).fill(value));
