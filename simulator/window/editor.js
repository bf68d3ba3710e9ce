/**
 * Editing a cell: in the cell or in the formula bar. Until Enter, Tab or Escape, Excel is in cell-edit mode,
 * and no add-in may touch the workbook.
 */

import { OfficeError } from "../api/errors.js";
import { typedText } from "../book/typing.js";
import { takes } from "../book/validations.js";

/**
 * @typedef {import("./grid.js").Grid} Grid
 * @typedef {import("../book/sheet.js").Sheet} Sheet
 */

const NOT_TAKEN = "This value doesn't match the data validation restrictions defined for this cell.";

export class Editor {
  /**
   * @param {Grid} grid @param {HTMLInputElement} bar the formula bar
   * @param {{changed: () => void, moved: (down: number, across: number) => void, said: (text: string) => void,
   *   typed: (text: string | null) => void, steered: (event: KeyboardEvent) => boolean}} tell `typed`: what stands in the
   *   field by now, null when it is gone; `steered`: whether a key was for somebody else
   */
  constructor(grid, bar, tell) {
    this.grid = grid;
    this.bar = bar;
    this.tell = tell;
    /** @type {HTMLInputElement | null} */
    this.field = null;
    /** @type {(() => void)[]} */
    this.waiting = [];
    bar.addEventListener("focus", () => this.begin(bar.value, bar));
    bar.addEventListener("input", () => this.field && this.retype(bar.value));
    bar.addEventListener("keydown", (event) => this.key(event));
  }

  get editing() {
    return this.field !== null;
  }

  /** @returns {Promise<void>} ends when no cell is edited */
  edited() {
    return this.field ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve();
  }

  /** What the formula bar shows of the selected cell. */
  refresh() {
    const { sheet } = this.grid;
    if (sheet && !this.field) this.bar.value = textOf(sheet);
  }

  /** @param {string | null} text what stands in the cell, null for what is in it @param {HTMLElement | null} [focus] */
  begin(text, focus = null) {
    const { sheet } = this.grid;
    if (!sheet || this.field) return;
    if (sheet.isProtected) return this.tell.said(new OfficeError("AccessDenied").message);
    const field = document.createElement("input");
    field.className = "editor";
    field.setAttribute("aria-label", `Cell ${sheet.selectedAddress}`);
    field.spellcheck = false;
    field.value = text ?? textOf(sheet);
    const { left, top, width, height } = this.grid.boxOf(
      this.grid.blockAt(sheet.selection.top, sheet.selection.left),
    );
    Object.assign(field.style, {
      left: `${left - 1}px`,
      top: `${top - 1}px`,
      width: `${Math.max(width, 90) + 1}px`,
      height: `${height + 1}px`,
    });
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("input", () => this.retype(field.value));
    this.field = field;
    this.grid.stage.append(field);
    this.bar.value = field.value;
    (focus ?? field).focus();
    this.tell.said(text === null || focus ? "Edit" : "Enter");
    if (text !== null && !focus) this.tell.typed(text);
  }

  /** Have this text in the field and in the formula bar. @param {string} text */
  retype(text) {
    if (!this.field) return;
    if (this.field.value !== text) this.field.value = text;
    if (this.bar.value !== text) this.bar.value = text;
    this.field.classList.remove("refused");
    this.tell.typed(text);
  }

  /** Put a text into the selected cell, as if typed. @param {string} text */
  put(text) {
    if (this.field) this.retype(text);
    else this.begin(text);
    this.end(true);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation();
    if (this.tell.steered(event)) return event.preventDefault();
    const [down, across] =
      { Enter: [event.shiftKey ? -1 : 1, 0], Tab: [0, event.shiftKey ? -1 : 1] }[event.key] ?? [];
    if (event.key === "Escape") this.end(false);
    else if (down !== undefined && across !== undefined) {
      event.preventDefault();
      if (!this.isTaken) return this.refuse();
      this.end(true);
      this.tell.moved(down, across);
    }
    return undefined;
  }

  /** Whether the cell may hold what stands in the field. */
  get isTaken() {
    const { field, grid } = this;
    if (!field || !grid.sheet || field.value === textOf(grid.sheet)) return true;
    const { top, left } = grid.sheet.selection;
    return takes(grid.sheet, top, left, field.value);
  }

  /** Let it be typed again: Excel asks in a box, which is more than a trial needs. */
  refuse() {
    this.field?.classList.add("refused");
    this.field?.select();
    this.tell.said(NOT_TAKEN);
  }

  /** @param {boolean} keep whether what was typed is kept, if the cell takes it */
  end(keep) {
    const { field, grid, isTaken } = this;
    if (!field || !grid.sheet) return;
    this.field = null; // first: taking the field away takes its focus too
    const { top, left } = grid.sheet.selection;
    if (keep && isTaken && field.value !== textOf(grid.sheet)) grid.sheet.type(top, left, field.value);
    field.remove();
    grid.box.focus({ preventScroll: true });
    this.tell.said(keep && !isTaken ? NOT_TAKEN : "Ready");
    this.tell.typed(null);
    for (const resolve of this.waiting.splice(0)) resolve();
    this.tell.changed();
  }
}

/** @param {Sheet} sheet @returns {string} what one would type to get the selected cell */
function textOf(sheet) {
  const { top, left } = sheet.selection;
  return sheet.formula(top, left) ?? typedText(sheet.value(top, left), sheet.format(top, left));
}
