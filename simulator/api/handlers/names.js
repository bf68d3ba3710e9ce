/** Defined names of the workbook and of single sheets. */

import { parseArea, a1 } from "../../book/area.js";
import { OfficeError } from "../errors.js";
import { addressOf, onSheet } from "./ranges.js";

/**
 * @typedef {import("../../book/workbook.js").Workbook} Book
 * @typedef {{book: Book, sheet: import("../../book/sheet.js").Sheet | null}} Owner whose names: a sheet's, or the workbook's
 * @typedef {{owner: Owner, name: import("../../book/names.js").DefinedName}} Named
 */

const NAME = /^[\p{L}_\\][\p{L}\p{N}_.\\]{0,254}$/u;
const TEXT = /^="((?:[^"]|"")*)"$/;

/** @type {import("../handlers.js").Handlers} */
export const NamedItemCollection = {
  reach: {
    items: (/** @type {Owner} */ owner) => namesOf(owner).map((name) => ({ owner, name })),
    getItem: find,
    getItemOrNullObject: find,
    add,
  },
  call: { getCount: (/** @type {Owner} */ owner) => namesOf(owner).length },
};

/** @type {import("../handlers.js").Handlers} */
export const NamedItem = {
  get: {
    name: (/** @type {Named} */ { name }) => name.name,
    formula: (/** @type {Named} */ { name }) => name.formula,
    comment: (/** @type {Named} */ { name }) => name.comment,
    visible: (/** @type {Named} */ { name }) => name.visible,
    scope: (/** @type {Named} */ { name }) => (name.sheet === null ? "Workbook" : "Worksheet"),
    type: (/** @type {Named} */ { name }) => (TEXT.test(name.formula) ? "String" : "Range"),
    value: (/** @type {Named} */ { name }) =>
      TEXT.exec(name.formula)?.[1]?.replaceAll('""', '"') ?? name.formula.slice(1),
  },
  set: {
    formula: (/** @type {Named} */ { name }, value) => {
      name.formula = formula(value, "NamedItem.formula");
    },
    comment: (/** @type {Named} */ { name }, value) => {
      name.comment = value;
    },
    visible: (/** @type {Named} */ { name }, value) => {
      name.visible = value;
    },
  },
  reach: {
    getRangeOrNullObject: (/** @type {Named} */ { owner, name }) => {
      const [, sheetName = "", address = ""] = /^='?(.+?)'?!(.+)$/.exec(name.formula) ?? [];
      const [sheet, area] = [owner.book.find(sheetName), parseArea(address)];
      return sheet && area ? onSheet(sheet, area) : null;
    },
  },
  call: {
    delete: (/** @type {Named} */ { owner, name }) => {
      owner.book.names = owner.book.names.filter((one) => one !== name);
    },
  },
};

/** @param {Owner} owner */
function namesOf({ book, sheet }) {
  return book.names.filter((one) => one.sheet === (sheet?.name ?? null));
}

/** @param {Owner} owner @param {any[]} args @returns {Named | null} */
function find(owner, [wanted]) {
  const name = namesOf(owner).find((one) => one.name.toLowerCase() === String(wanted).toLowerCase());
  return name ? { owner, name } : null;
}

/** @param {Owner} owner @param {any[]} args @returns {Named} */
function add(owner, [name, reference, comment = ""]) {
  const looksLikeCell = parseArea(name) !== null;
  if (!NAME.test(name) || looksLikeCell) throw new OfficeError("InvalidArgument", "NamedItemCollection.add");
  if (find(owner, [name])) throw new OfficeError("ItemAlreadyExists", "NamedItemCollection.add");
  const told = typeof reference === "string" ? formula(reference, "NamedItemCollection.add") : absolute(reference);
  const made = { name, formula: told, visible: true, sheet: owner.sheet?.name ?? null, comment };
  owner.book.names.push(made);
  return { owner, name: made };
}

/** @param {unknown} text @param {string} place */
function formula(text, place) {
  if (typeof text !== "string" || !text.startsWith("=")) throw new OfficeError("InvalidArgument", place);
  return text;
}

/** @param {import("./ranges.js").Cells} cells */
function absolute(cells) {
  const place = a1(cells.area);
  return `=${addressOf(cells).replace(place, place.replace(/([A-Z]+)(\d+)/g, "$$$1$$$2"))}`;
}
