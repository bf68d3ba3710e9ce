/**
 * The parts of an .xlsx, which is a zip archive, to look at and to replace.
 *
 * ExcelJS reads and writes workbooks but forgets what it has no word for: names that hold a text,
 * hidden names, and whether a file held charts. Those are read from the parts themselves.
 */

import { strFromU8, strToU8, unzipSync, zipSync } from "../vendor/fflate.js";

/** @typedef {{name: string, bytes: Uint8Array}} Part */

/** As quick as it gets: the archive goes to ExcelJS or to a download, not over a network. */
const LEVEL = 1;

/**
 * @param {Uint8Array} bytes
 * @returns {Part[]} the parts in the archive's own order
 * @throws {Error} where the bytes are no zip archive
 */
export function partsOf(bytes) {
  try {
    return Object.entries(unzipSync(bytes)).map(([name, content]) => ({ name, bytes: content }));
  } catch {
    throw new Error("This is no .xlsx workbook.");
  }
}

/** @param {Uint8Array} bytes @returns {string[]} the names of the parts; none is unpacked */
export function partNames(bytes) {
  /** @type {string[]} */
  const names = [];
  unzipSync(bytes, { filter: ({ name }) => (names.push(name), false) });
  return names;
}

/** @param {Part[]} parts @param {string} name @returns {string | null} a part as text */
export function textOf(parts, name) {
  const part = parts.find((one) => one.name === name);
  return part ? strFromU8(part.bytes) : null;
}

/** @param {Part[]} parts @param {string} name @param {string} text @returns {Part[]} with one part replaced */
export function withText(parts, name, text) {
  return parts.map((part) => (part.name === name ? { name, bytes: strToU8(text) } : part));
}

/** @param {Part[]} parts @returns {Uint8Array} the archive */
export function zipped(parts) {
  return zipSync(Object.fromEntries(parts.map(({ name, bytes }) => [name, bytes])), { level: LEVEL });
}
