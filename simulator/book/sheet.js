/**
 * One worksheet, as Excel's users and programs see it, over ExcelJS. Rows and columns count from 1.
 *
 * ExcelJS shares one style object among all cells of a look, so a style is replaced, never changed. Reading
 * makes no cells: `findRow` and `findCell`, where `getRow` would fill the sheet with empty ones.
 */

import { LAST_ROW, LAST_COLUMN, a1, overlap, parseArea } from "./area.js";
import { serialOfDate } from "./serials.js";
import { typed } from "./typing.js";

/**
 * @typedef {import("./area.js").Area} Area
 * @typedef {import("./typing.js").Value} Value
 * @typedef {"Visible" | "Hidden" | "VeryHidden"} Visibility
 * @typedef {{kind: string, source: Area, sheet: Sheet, title: string, anchor: Area, name: string}} Chart
 */

const STATES = { Visible: "visible", Hidden: "hidden", VeryHidden: "veryHidden" };
const GENERAL = "General";
/** What ExcelJS calls the built-in format 14, and what Excel does. */
const SHORT_DATE = { theirs: "mm-dd-yy", ours: "m/d/yyyy" };
const WIDTH_UNIT = 7; // pixels of a digit in Calibri 11
const POINT = 4 / 3;
const COLUMN_PIXELS = 64;
const ROW_POINTS = 15;

export class Sheet {
  /** @param {any} raw an ExcelJS worksheet @param {import("./workbook.js").Workbook} book */
  constructor(raw, book) {
    this.raw = raw;
    this.book = book;
    this.id = `{${crypto.randomUUID().toUpperCase()}}`;
    /** @type {Area} */
    this.selection = { top: 1, left: 1, bottom: 1, right: 1 };
    /** @type {Chart[]} */
    this.charts = [];
    /** @type {import("./validations.js").Rule[]} */
    this.rules = [];
    /** The place each cell's link goes to, as it stands in the file. @type {Map<string, string>} */
    this.links = new Map();
  }

  get name() {
    return /** @type {string} */ (this.raw.name);
  }

  set name(name) {
    const before = this.name;
    this.raw.name = name;
    for (const one of this.book.names) if (one.sheet === before) one.sheet = name;
    this.book.changed();
  }

  /** @returns {Visibility} */
  get visibility() {
    const state = this.raw.state ?? STATES.Visible;
    return state === STATES.Hidden ? "Hidden" : state === STATES.VeryHidden ? "VeryHidden" : "Visible";
  }

  set visibility(visibility) {
    this.raw.state = STATES[visibility];
    this.book.changed();
  }

  /** Whether cells may not be written: the sheet is protected. */
  get isProtected() {
    return Boolean(this.raw.sheetProtection?.sheet);
  }

  // -- cells

  /** @param {number} row @param {number} column @returns {any} the ExcelJS cell, undefined where there is none */
  cell(row, column) {
    return this.raw.findRow(row)?.findCell(column);
  }

  /** @param {number} row @param {number} column @returns {Value} null where the cell is empty */
  value(row, column) {
    const cell = this.cell(row, column);
    if (!cell || (cell.isMerged && cell.master !== cell)) return null;
    return this.plain(cell.value);
  }

  /** @param {number} row @param {number} column @returns {string | null} with its `=`, null where there is none */
  formula(row, column) {
    const cell = this.cell(row, column);
    const formula = cell?.formula;
    return formula ? `=${formula}` : null;
  }

  /** @param {number} row @param {number} column @returns {string} */
  format(row, column) {
    const format = this.style(row, column)?.numFmt ?? GENERAL;
    return format === SHORT_DATE.theirs ? SHORT_DATE.ours : format;
  }

  /** @param {number} row @param {number} column @returns {any} an ExcelJS style: font, fill, border, alignment, numFmt */
  style(row, column) {
    const line = this.raw.findRow(row);
    const cell = line?.findCell(column);
    if (cell) return cell.style;
    if (line && Object.keys(line.style ?? {}).length > 0) return line.style;
    return this.raw._columns?.[column - 1]?.style;
  }

  /** @param {number} row @param {number} column @param {Value} value as it is, nothing is made of a text */
  put(row, column, value) {
    this.raw.getRow(row).getCell(column).value = value;
  }

  /** Write a value the way Excel does: a text is taken for what it looks like. @param {number} row @param {number} column @param {Value} value */
  type(row, column, value) {
    if (typeof value !== "string") return this.put(row, column, value);
    if (value === "") return this.put(row, column, null);
    const format = this.format(row, column);
    const made = typed(value, format, this.book.year, this.book.is1904);
    const cell = this.raw.getRow(row).getCell(column);
    cell.value = made.formula === undefined ? made.value : { formula: made.formula };
    if (made.format && format === GENERAL) cell.style = { ...cell.style, numFmt: made.format };
    return undefined;
  }

  /** @param {number} row @param {number} column @param {Record<string, unknown>} part of a style, such as `{numFmt}` */
  restyle(row, column, part) {
    const cell = this.raw.getRow(row).getCell(column);
    cell.style = { ...cell.style, ...part };
  }

  /** @param {any} value an ExcelJS value @returns {Value} */
  plain(value) {
    if (value === null || value === undefined || typeof value !== "object") return value ?? null;
    if (value instanceof Date) return serialOfDate(value, this.book.is1904);
    if (value.error) return value.error;
    if (value.richText) return value.richText.map((/** @type {{text: string}} */ run) => run.text).join("");
    if (value.hyperlink) return this.plain(value.text);
    // Nothing is calculated here: a formula without a remembered result must not pass for a number.
    return value.result === undefined ? "#N/A" : this.plain(value.result);
  }

  // -- extent

  /**
   * @param {boolean} valuesOnly whether cells that only look like something do not count
   * @returns {Area | null} null where the sheet is empty
   */
  usedArea(valuesOnly) {
    /** @type {Area | null} */
    let used = null;
    this.raw.eachRow((/** @type {any} */ line, /** @type {number} */ row) => {
      line.eachCell({ includeEmpty: !valuesOnly }, (/** @type {any} */ cell, /** @type {number} */ column) => {
        if (valuesOnly && this.plain(cell.value) === null) return;
        used = used
          ? { top: used.top, left: Math.min(used.left, column), bottom: row, right: Math.max(used.right, column) }
          : { top: row, left: column, bottom: row, right: column };
      });
    });
    return used;
  }

  /** Rows and columns a window has to be able to show. */
  get extent() {
    return { rows: Math.min(this.raw.rowCount, LAST_ROW), columns: Math.min(this.raw.columnCount, LAST_COLUMN) };
  }

  /** @returns {Area[]} */
  get merges() {
    return Object.values(this.raw._merges).map(({ top, left, bottom, right }) => ({ top, left, bottom, right }));
  }

  /** @param {Area} area @returns {Area[]} the merged blocks that touch an area */
  mergesIn(area) {
    return this.merges.filter((block) => overlap(block, area));
  }

  // -- looks of the sheet

  /** @param {number} row @returns {boolean} */
  rowHidden(row) {
    return Boolean(this.raw.findRow(row)?.hidden);
  }

  /** @param {number} row @param {boolean} hidden */
  hideRow(row, hidden) {
    this.raw.getRow(row).hidden = hidden;
  }

  /** @param {number} row @returns {number} pixels, 0 where it is hidden */
  rowHeight(row) {
    const line = this.raw.findRow(row);
    if (line?.hidden) return 0;
    return Math.round((line?.height ?? this.raw.properties?.defaultRowHeight ?? ROW_POINTS) * POINT);
  }

  /** @param {number} column @returns {number} pixels, 0 where it is hidden */
  columnWidth(column) {
    const told = this.raw._columns?.[column - 1];
    if (told?.hidden) return 0;
    return told?.width ? Math.round(told.width * WIDTH_UNIT) : COLUMN_PIXELS;
  }

  /** @param {number} column @param {number} pixels */
  setColumnWidth(column, pixels) {
    this.raw.getColumn(column).width = pixels / WIDTH_UNIT;
  }

  get frozen() {
    const view = this.raw.views?.[0];
    return view?.state === "frozen"
      ? { rows: view.ySplit ?? 0, columns: view.xSplit ?? 0 }
      : { rows: 0, columns: 0 };
  }

  get gridlines() {
    return this.raw.views?.[0]?.showGridLines !== false;
  }

  /** @returns {Area[]} heading rows that carry filter arrows */
  get filterRows() {
    const tables = Object.values(this.raw.tables ?? {}).map((table) => table.table?.autoFilterRef);
    const own = this.raw.autoFilter;
    return [typeof own === "string" ? own : undefined, ...tables]
      .map((address) => (address ? parseArea(address) : null))
      .filter((area) => area !== null)
      .map((area) => ({ ...area, bottom: area.top }));
  }

  /** What is selected, as the name box shows it. */
  get selectedAddress() {
    const { top, left } = this.selection;
    return a1({ top, left, bottom: top, right: left });
  }
}
