/**
 * What Excel makes of a text that is typed into a cell or written to `Range.values`.
 *
 * It is the same in both: "00123" becomes a number, "5/1/2026" a date, "=A1" a formula, unless the cell is
 * formatted as text or the text starts with an apostrophe. An add-in that forgets this damages IDs.
 *
 * @typedef {string | number | boolean | null} Value
 * @typedef {{value: Value, formula?: string, format?: string}} Typed `format` is what Excel puts on a General cell.
 */

import { SHIFT_1904, serialOf } from "./serials.js";

const NUMBER = /^([-+]?)(\$?)((?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?)(?:[eE]([-+]?\d+))?(%?)$/;
const NEGATIVE = /^\((\$?[\d,.]+)\)$/;
const US_DATE = /^(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?$/;
const ISO_DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const TEXT_FORMAT = "@";
const DAY = "m/d/yyyy";
const TIME = "h:mm:ss AM/PM";

/**
 * @param {string} text @param {string} format the cell's number format @param {number} year the year a day without one means
 * @param {boolean} is1904 whether the workbook counts days from 1904
 * @returns {Typed}
 */
export function typed(text, format, year, is1904) {
  if (text.startsWith("'")) return { value: text.slice(1) };
  if (format === TEXT_FORMAT) return { value: text };
  if (text.startsWith("=") && text.length > 1) return { value: null, formula: text.slice(1) };
  const folded = text.trim().toUpperCase();
  if (folded === "TRUE" || folded === "FALSE") return { value: folded === "TRUE" };
  return number(text.trim()) ?? day(text.trim(), year, is1904) ?? { value: text };
}

/**
 * Return what one would type to get a value: days as days, whatever their format is, and shares as percentages.
 * @param {Value} value @param {string} format
 */
export function typedText(value, format) {
  if (typeof value === "boolean") return String(value).toUpperCase();
  if (typeof value !== "number") return value ?? "";
  const { is_date: isDate, format: written } = /** @type {any} */ (globalThis).SSF;
  if (isDate(format)) return written(value < 1 ? TIME : value % 1 ? `${DAY} ${TIME}` : DAY, value);
  if (/%/.test(format)) return `${Number((value * 100).toPrecision(15))}%`;
  return String(value);
}

/** @param {string} text @returns {Typed | null} */
function number(text) {
  const negative = NEGATIVE.exec(text);
  const parts = NUMBER.exec(negative ? `-${negative[1]}` : text);
  if (!parts || !/\d/.test(parts[3] ?? "")) return null;
  const [, sign, dollar, digits = "", exponent, percent] = parts;
  const size = Number(digits.replaceAll(",", "") + (exponent ? `e${exponent}` : ""));
  const value = (sign === "-" ? -size : size) / (percent ? 100 : 1);
  // Excel keeps fifteen digits of what is typed.
  const kept = { value: Number(value.toPrecision(15)) };
  if (percent) return { ...kept, format: digits.includes(".") ? "0.00%" : "0%" };
  if (dollar) return { ...kept, format: digits.includes(".") ? '"$"#,##0.00' : '"$"#,##0' };
  if (digits.includes(",")) return { ...kept, format: digits.includes(".") ? "#,##0.00" : "#,##0" };
  return exponent ? { ...kept, format: "0.00E+00" } : kept;
}

/** @param {string} text @param {number} thisYear @param {boolean} is1904 @returns {Typed | null} */
function day(text, thisYear, is1904) {
  const iso = ISO_DATE.exec(text);
  const us = iso ? null : US_DATE.exec(text);
  if (!iso && !us) return null;
  const [year, month, date] = iso
    ? [Number(iso[1]), Number(iso[2]), Number(iso[3])]
    : [fullYear(us?.[3], thisYear), Number(us?.[1]), Number(us?.[2])];
  const serial = serialOf(year, month, date);
  if (serial === null) return null;
  return { value: serial - (is1904 ? SHIFT_1904 : 0), format: us && !us[3] ? "d-mmm" : "m/d/yyyy" };
}

/** @param {string | undefined} text @param {number} thisYear Excel reads two digits as 1930 to 2029 */
function fullYear(text, thisYear) {
  if (text === undefined) return thisYear;
  const year = Number(text);
  return text.length === 4 ? year : year + (year < 30 ? 2000 : 1900);
}
