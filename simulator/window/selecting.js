/** Selecting cells with mouse and keyboard, and what typing on a selected cell does. */

import { LAST_COLUMN, LAST_ROW } from "../book/area.js";
import { copied, filledDown, pasted } from "./copying.js";

/**
 * @typedef {import("./grid.js").Grid} Grid
 * @typedef {import("./editor.js").Editor} Editor
 * @typedef {import("../book/area.js").Area} Area
 */

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class Selecting {
  /** @param {Grid} grid @param {Editor} editor @param {{selected: () => void, changed: () => void, turned: (by: number) => void, asked: () => void}} tell `asked` for the list of the cell */
  constructor(grid, editor, tell) {
    this.grid = grid;
    this.editor = editor;
    this.tell = tell;
    /** The cell the selection grows from, and the one it grows to. */
    this.anchor = { row: 1, column: 1 };
    this.lead = { row: 1, column: 1 };
    grid.stage.addEventListener("mousedown", (event) => this.press(event));
    grid.stage.addEventListener("dblclick", (event) => grid.placeAt(event).part === "cells" && editor.begin(null));
    grid.box.addEventListener("keydown", (event) => this.key(event));
    grid.box.addEventListener("copy", (event) => this.copy(event));
    grid.box.addEventListener("paste", (event) => {
      this.change((sheet) => pasted(sheet, event.clipboardData?.getData("text/plain") ?? ""));
    });
  }

  /** Take up the selection as it stands: a sheet was turned to, or a program selected. */
  adopt() {
    const { selection } = this.grid.sheet ?? {};
    if (!selection) return;
    this.anchor = { row: selection.top, column: selection.left };
    this.lead = { ...this.anchor };
    this.grid.jump(this.anchor);
    this.tell.selected();
  }

  /** @param {number} row @param {number} column @param {boolean} [grow] whether the selection keeps its other corner */
  to(row, column, grow = false) {
    this.lead = { row: clamp(row, LAST_ROW), column: clamp(column, LAST_COLUMN) };
    if (!grow) this.anchor = { ...this.lead };
    this.take(this.between());
    this.grid.reveal(this.lead);
  }

  /** @param {number} down @param {number} across @param {boolean} [grow] */
  by(down, across, grow = false) {
    const block = this.grid.blockAt(this.lead.row, this.lead.column);
    const row = down > 0 ? block.bottom + down : this.lead.row + down;
    const column = across > 0 ? block.right + across : this.lead.column + across;
    this.to(...this.shown(row, column, down, across), grow);
  }

  /** @param {Area} area */
  take(area) {
    const { sheet } = this.grid;
    if (!sheet) return;
    sheet.selection = area;
    this.tell.selected();
    this.grid.soon();
  }

  /** @returns {Area} with merged cells whole */
  between() {
    const { anchor, lead, grid } = this;
    const [one, other] = [grid.blockAt(anchor.row, anchor.column), grid.blockAt(lead.row, lead.column)];
    return {
      top: Math.min(one.top, other.top),
      left: Math.min(one.left, other.left),
      bottom: Math.max(one.bottom, other.bottom),
      right: Math.max(one.right, other.right),
    };
  }

  /** Skip hidden rows and columns. @param {number} row @param {number} column @param {number} down @param {number} across @returns {[number, number]} */
  shown(row, column, down, across) {
    const { rows, columns } = this.grid.layout;
    let [y, x] = [row, column];
    while (down !== 0 && y > 1 && y < rows.count && rows.start(y) === rows.end(y)) y += Math.sign(down);
    while (across !== 0 && x > 1 && x < columns.count && columns.start(x) === columns.end(x))
      x += Math.sign(across);
    return [y, x];
  }

  /** @param {MouseEvent} event */
  press(event) {
    if (event.target === this.editor.field) return;
    this.editor.end(true);
    const place = this.grid.placeAt(event);
    if (place.part === "rows")
      return this.whole({ top: place.row, bottom: place.row, left: 1, right: LAST_COLUMN });
    if (place.part === "columns")
      return this.whole({ top: 1, bottom: LAST_ROW, left: place.column, right: place.column });
    this.to(place.row, place.column, event.shiftKey);
    this.drag();
  }

  /** @param {Area} area */
  whole(area) {
    this.anchor = this.lead = { row: area.top, column: area.left };
    this.take(area);
  }

  drag() {
    const move = (/** @type {MouseEvent} */ event) => {
      const place = this.grid.placeAt(event);
      this.to(place.row, place.column, true);
    };
    window.addEventListener("mousemove", move);
    window.addEventListener("mouseup", () => window.removeEventListener("mousemove", move), { once: true });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.isComposing) return;
    if (event.altKey && event.key === "ArrowDown") this.tell.asked();
    else if (event.altKey || !this.act(event)) return;
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key meant something */
  act(event) {
    const { key, shiftKey } = event;
    const control = event.ctrlKey || event.metaKey;
    const arrow = ARROWS[key];
    if (arrow)
      control ? this.to(...this.shown(...this.edge(...arrow), ...arrow), shiftKey) : this.by(...arrow, shiftKey);
    else if (key === "PageDown" || key === "PageUp") {
      const forth = key === "PageDown" ? 1 : -1;
      control ? this.tell.turned(forth) : this.by(forth * this.grid.page, 0, shiftKey);
    } else if (key === "Home") this.to(control ? 1 : this.lead.row, 1, shiftKey);
    else if (key === "End" && control)
      this.to(Math.max(1, this.extent.rows), Math.max(1, this.extent.columns), shiftKey);
    else if (key === "Enter" || key === "Tab")
      this.by(key === "Enter" ? (shiftKey ? -1 : 1) : 0, key === "Tab" ? (shiftKey ? -1 : 1) : 0);
    else if (key === "d" && control) this.change(filledDown);
    else if (key === "a" && control) this.whole({ top: 1, left: 1, bottom: LAST_ROW, right: LAST_COLUMN });
    else if (key === "F2") this.editor.begin(null);
    else if (key === "Delete" || key === "Backspace") this.clear();
    else if (key.length === 1 && !control) this.editor.begin(key);
    else return false;
    return true;
  }

  get extent() {
    return this.grid.sheet?.extent ?? { rows: 1, columns: 1 };
  }

  /** @param {number} down @param {number} across @returns {[number, number]} the end of the block of filled cells, or the next one */
  edge(down, across) {
    const { sheet } = this.grid;
    let { row, column } = this.lead;
    if (!sheet) return [row, column];
    const last = { row: this.extent.rows, column: this.extent.columns };
    const filled = (/** @type {number} */ y, /** @type {number} */ x) => sheet.value(y, x) !== null;
    const inside = (/** @type {number} */ y, /** @type {number} */ x) =>
      y >= 1 && x >= 1 && y <= last.row && x <= last.column;
    const along = filled(row, column) && filled(row + down, column + across);
    do {
      row += down;
      column += across;
    } while (
      inside(row + down, column + across) &&
      (along ? filled(row + down, column + across) : !filled(row, column))
    );
    return [row, column];
  }

  clear() {
    this.change((sheet) => {
      const { top, left, bottom, right } = sheet.selection;
      for (let row = top; row <= Math.min(bottom, this.extent.rows); row += 1) {
        for (let column = left; column <= Math.min(right, this.extent.columns); column += 1) {
          if (sheet.cell(row, column)) sheet.put(row, column, null);
        }
      }
    });
  }

  /** @param {(sheet: import("../book/sheet.js").Sheet) => void} make what is done to the selected cells */
  change(make) {
    const { sheet } = this.grid;
    if (!sheet || sheet.isProtected || this.editor.editing) return;
    make(sheet);
    this.tell.changed();
  }

  /** @param {ClipboardEvent} event */
  copy(event) {
    if (!this.grid.sheet || this.editor.editing) return;
    event.clipboardData?.setData("text/plain", copied(this.grid.sheet));
    event.preventDefault();
  }
}

/** @param {number} at @param {number} last */
function clamp(at, last) {
  return Math.min(Math.max(at, 1), last);
}
