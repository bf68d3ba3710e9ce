/**
 * The workbook of the simulated Excel: real .xlsx files in and out, through ExcelJS.
 *
 * Whatever changes calls `changed()`; the window draws itself anew then.
 */

import { linksIn, withLinks } from "./links.js";
import { readNames, writeNames } from "./names.js";
import { WORKBOOK_PART } from "./parts.js";
import { doubledEscapes, mendTables, plainLinks } from "./quirks.js";
import { Sheet } from "./sheet.js";
import { holdPlaces, putBack, takenOut } from "./validations.js";
import { partNames, partsOf, textOf, withText, zipped } from "./zip.js";

/** @typedef {import("./names.js").DefinedName} DefinedName */

/** ExcelJS is a classic script: it comes as a global. */
const library = () => /** @type {any} */ (globalThis).ExcelJS;

const NAME_LENGTH = 31;
const FORBIDDEN_IN_NAME = /[[\]:*?/\\]|^'|'$/;
const NOT_INSERTABLE = [
  { what: "charts", part: /^xl\/charts\// },
  { what: "comments", part: /^xl\/(?:threadedComments\/|comments)/ },
  { what: "PivotTables", part: /^xl\/pivot/ },
  { what: "slicers", part: /^xl\/slicer/ },
];

export class Workbook {
  /** @param {any} raw an ExcelJS workbook @param {string} name the file's @param {DefinedName[]} names */
  constructor(raw, name, names) {
    this.raw = raw;
    this.fileName = name;
    this.names = names;
    /** @type {Map<number, Sheet>} */
    this.known = new Map();
    /** @type {Set<() => void>} */
    this.watchers = new Set();
    this.year = new Date().getFullYear();
    this.active = this.firstShown();
  }

  /** @param {Uint8Array} bytes @param {string} name @returns {Promise<Workbook>} @throws {Error} where it is no workbook */
  static async open(bytes, name) {
    const parts = partsOf(bytes);
    const xml = textOf(parts, WORKBOOK_PART);
    if (xml === null) throw new Error("This is no .xlsx workbook.");
    const raw = new (library().Workbook)();
    const { parts: bare, rules } = takenOut(parts);
    await raw.xlsx.load(zipped(doubledEscapes(plainLinks(bare))));
    mendTables(raw);
    raw.definedNames.model = []; // kept by us instead, whole
    const book = new Workbook(raw, name, readNames(xml));
    const links = linksIn(parts);
    for (const sheet of book.sheets) {
      sheet.rules = rules.get(sheet.name) ?? [];
      sheet.links = links.get(sheet.name) ?? new Map();
    }
    return book;
  }

  /** @returns {Promise<Uint8Array>} the .xlsx file */
  async save() {
    this.raw.views = [{ ...this.raw.views?.[0], activeTab: this.sheets.indexOf(this.active) }];
    const letGo = holdPlaces(this.sheets);
    const written = new Uint8Array(await this.raw.xlsx.writeBuffer().finally(letGo));
    const parts = withLinks(putBack(partsOf(written), this.sheets), this.sheets);
    const xml = textOf(parts, WORKBOOK_PART);
    return zipped(withText(parts, WORKBOOK_PART, writeNames(xml ?? "", this.names)));
  }

  get is1904() {
    return Boolean(this.raw.properties?.date1904);
  }

  /** Say that something is to be drawn anew. */
  changed() {
    for (const watcher of this.watchers) watcher();
  }

  // -- sheets

  /** @returns {Sheet[]} in the order of their tabs */
  get sheets() {
    return this.raw.worksheets.map((/** @type {any} */ raw) => {
      const sheet = this.known.get(raw.id) ?? new Sheet(raw, this);
      this.known.set(raw.id, sheet);
      return sheet;
    });
  }

  /** @param {string} key a name, in any case, or an id @returns {Sheet | null} */
  find(key) {
    const folded = key.toLowerCase();
    return this.sheets.find((sheet) => sheet.name.toLowerCase() === folded || sheet.id === key) ?? null;
  }

  /** @param {string} name @returns {boolean} whether a sheet may be called so */
  accepts(name) {
    const fine = name.length > 0 && name.length <= NAME_LENGTH && !FORBIDDEN_IN_NAME.test(name);
    return fine && name.toLowerCase() !== "history" && this.find(name) === null;
  }

  /** @param {string} [name] one that `accepts` takes @returns {Sheet} the last one */
  add(name) {
    const raw = this.raw.addWorksheet(name ?? this.freeName("Sheet1", (copy) => `Sheet${copy}`));
    this.changed();
    return this.sheetOf(raw);
  }

  /** @param {Sheet} sheet not the last visible one */
  remove(sheet) {
    const place = this.sheets.indexOf(sheet);
    this.raw.removeWorksheet(sheet.raw.id);
    this.known.delete(sheet.raw.id);
    this.names = this.names.filter((one) => one.sheet !== sheet.name);
    if (this.active === sheet) {
      const shown = this.sheets.filter((one) => one.visibility === "Visible");
      this.active = shown.find((one) => this.sheets.indexOf(one) >= place) ?? shown.at(-1) ?? this.firstShown();
    }
    this.changed();
  }

  /** @param {Sheet} sheet @param {number} position from 0 */
  move(sheet, position) {
    const order = this.sheets.filter((one) => one !== sheet);
    order.splice(position, 0, sheet);
    order.forEach((one, at) => (one.raw.orderNo = at));
    this.changed();
  }

  /** @param {Sheet} sheet a visible one */
  activate(sheet) {
    this.active = sheet;
    this.changed();
  }

  /**
   * Insert sheets of another workbook, as Excel does: same looks, names made free, own names kept.
   *
   * @param {Uint8Array} bytes @param {string[]} wanted names of sheets; none means all @param {number} position from 0
   * @returns {Promise<Sheet[]>}
   */
  async insert(bytes, wanted, position) {
    const source = await Workbook.open(bytes, "");
    const chosen = source.sheets.filter((sheet) => wanted.length === 0 || wanted.includes(sheet.name));
    const placed = chosen.map((sheet) => this.copyIn(sheet));
    placed.forEach((sheet, at) => this.move(sheet, position + at));
    return placed;
  }

  /** @param {Sheet} source of another workbook @returns {Sheet} */
  copyIn(source) {
    const name = this.freeName(source.name, (copy, length) => `${source.name.slice(0, length)} (${copy})`);
    const raw = this.raw.addWorksheet(name);
    const model = source.raw.model;
    const tables = model.tables.map((/** @type {any} */ table) => this.renamed(table));
    raw.model = { ...model, name, mergeCells: model.merges, tables };
    raw.state = model.state;
    for (const one of source.book.names) {
      if (one.sheet === source.name) this.names.push({ ...one, sheet: name });
    }
    const placed = this.sheetOf(raw);
    placed.rules = source.rules;
    placed.links = source.links;
    return placed;
  }

  /** @param {any} table @returns {any} the table under a name no other has in this workbook */
  renamed(table) {
    const taken = new Set(this.raw.worksheets.flatMap((/** @type {any} */ raw) => Object.keys(raw.tables ?? {})));
    let name = table.name;
    for (let copy = 1; taken.has(name); copy += 1) name = `${table.name}_${copy}`;
    return { ...table, name, displayName: name };
  }

  /** @param {any} raw @returns {Sheet} */
  sheetOf(raw) {
    const found = this.sheets.find((sheet) => sheet.raw === raw);
    if (!found) throw new Error("A sheet vanished while it was made.");
    return found;
  }

  /** @param {string} wanted @param {(copy: number, length: number) => string} next */
  freeName(wanted, next) {
    let name = wanted;
    for (let copy = 2; this.find(name); copy += 1) name = next(copy, NAME_LENGTH - ` (${copy})`.length);
    return name;
  }

  firstShown() {
    const place = this.raw.views?.[0]?.activeTab ?? 0;
    const shown = this.sheets.filter((sheet) => sheet.visibility === "Visible");
    const preferred = this.sheets[place];
    const first = preferred?.visibility === "Visible" ? preferred : shown[0];
    if (!first) throw new Error("This workbook has no sheet to show.");
    return first;
  }
}

/** @param {Uint8Array} bytes an .xlsx file @returns {string[]} what Excel on the web refuses to insert: "charts", ... */
export function notInsertable(bytes) {
  const names = partNames(bytes);
  return NOT_INSERTABLE.filter(({ part }) => names.some((name) => part.test(name))).map(({ what }) => what);
}
