/**
 * Editing a cell: in the cell or in the formula bar. Until Enter, Tab or Escape, Excel is in cell-edit mode,
 * and no add-in may touch the workbook.
 */

import { OfficeError } from "../api/errors.js";

/**
 * @typedef {import("./grid.js").Grid} Grid
 * @typedef {import("../book/sheet.js").Sheet} Sheet
 */

export class Editor {
  /**
   * @param {Grid} grid @param {HTMLInputElement} bar the formula bar
   * @param {{changed: () => void, moved: (down: number, across: number) => void, said: (text: string) => void}} tell
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
    bar.addEventListener("input", () => this.field && (this.field.value = bar.value));
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
    if (sheet && !this.field) this.bar.value = typedText(sheet);
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
    field.value = text ?? typedText(sheet);
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
    field.addEventListener("input", () => (this.bar.value = field.value));
    this.field = field;
    this.grid.stage.append(field);
    this.bar.value = field.value;
    (focus ?? field).focus();
    this.tell.said(text === null || focus ? "Edit" : "Enter");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    event.stopPropagation();
    const [down, across] =
      { Enter: [event.shiftKey ? -1 : 1, 0], Tab: [0, event.shiftKey ? -1 : 1] }[event.key] ?? [];
    if (event.key === "Escape") this.end(false);
    else if (down !== undefined && across !== undefined) {
      event.preventDefault();
      this.end(true);
      this.tell.moved(down, across);
    }
  }

  /** @param {boolean} keep whether what was typed is kept */
  end(keep) {
    const { field, grid } = this;
    if (!field || !grid.sheet) return;
    this.field = null; // first: taking the field away takes its focus too
    const { top, left } = grid.sheet.selection;
    if (keep && field.value !== typedText(grid.sheet)) grid.sheet.type(top, left, field.value);
    field.remove();
    grid.box.focus({ preventScroll: true });
    this.tell.said("Ready");
    for (const resolve of this.waiting.splice(0)) resolve();
    this.tell.changed();
  }
}

/** @param {Sheet} sheet @returns {string} what one would type to get the selected cell */
function typedText(sheet) {
  const { top, left } = sheet.selection;
  const formula = sheet.formula(top, left);
  const value = sheet.value(top, left);
  if (formula || value === null) return formula ?? "";
  return typeof value === "boolean" ? String(value).toUpperCase() : String(value);
}
