/** The arrow beside a cell that takes words of a list, and the list: opened by the arrow, by Alt+Down or by typing. */

import { choicesAt } from "../book/validations.js";

/**
 * @typedef {import("./grid.js").Grid} Grid
 * @typedef {import("./editor.js").Editor} Editor
 */

const LIST_HEIGHT = 190;
const ARROW = 19;

export class Dropdown {
  /** @param {Grid} grid @param {Editor} editor */
  constructor(grid, editor) {
    this.grid = grid;
    this.editor = editor;
    this.arrow = element("button", "choose");
    this.list = element("ul", "choices");
    this.at = -1;
    this.beside = "";
    Object.assign(this.arrow, { type: "button", tabIndex: -1, hidden: true });
    Object.assign(this.list, { role: "listbox", tabIndex: -1, hidden: true, ariaLabel: "Choices" });
    // The grid behind must not take a click for one on its cells, nor the editor lose its focus to it.
    for (const part of [this.arrow, this.list]) {
      part.addEventListener("mousedown", (event) => (event.stopPropagation(), event.preventDefault()));
      part.addEventListener("dblclick", (event) => event.stopPropagation());
    }
    this.arrow.addEventListener("click", () => (this.list.hidden ? this.open() : this.close()));
    this.list.addEventListener("click", (event) => this.take(/** @type {HTMLElement} */ (event.target).textContent));
    this.list.addEventListener("keydown", (event) => this.key(event));
    grid.stage.append(this.arrow, this.list);
  }

  /** @returns {string[] | null} what the selected cell may hold */
  get words() {
    const { sheet } = this.grid;
    return sheet && !sheet.isProtected ? choicesAt(sheet, sheet.selection.top, sheet.selection.left) : null;
  }

  /** @returns {string} which cell is selected, of which sheet */
  get whose() {
    const { sheet } = this.grid;
    return `${sheet?.id}${sheet?.selectedAddress}`;
  }

  /** Stand beside the selected cell, if it has a list and is in sight. */
  refresh() {
    const { sheet } = this.grid;
    const cell = sheet && this.grid.blockAt(sheet.selection.top, sheet.selection.left);
    const shown = cell !== null && this.grid.isInSight(cell) && this.words !== null;
    this.arrow.hidden = !shown;
    if (!shown || this.whose !== this.beside) this.close();
    this.beside = this.whose;
    if (!shown) return;
    const { left, top, width, height } = this.grid.boxOf(cell);
    const { clientWidth, clientHeight } = this.grid.box;
    this.arrow.setAttribute("aria-label", `Choose for ${sheet?.selectedAddress}`);
    place(this.arrow, { left: Math.min(left + width, clientWidth - ARROW), top: top + height - ARROW });
    const below = top + height + LIST_HEIGHT < clientHeight;
    const edge = below ? { top: top + height } : { bottom: clientHeight - top };
    place(this.list, { left: Math.min(left, clientWidth - width - ARROW), ...edge });
    this.list.style.minWidth = `${width + ARROW}px`;
  }

  /** Offer all words. */
  open() {
    this.show(this.words ?? []);
    if (!this.editor.editing) this.list.focus({ preventScroll: true });
    this.point(Math.max(0, this.lines.findIndex(({ textContent }) => textContent === this.editor.bar.value)));
  }

  /** Offer the words that begin as what is typed. @param {string | null} text null when nothing is typed any more */
  typed(text) {
    const begun = text?.toLowerCase() ?? "";
    if (text === null) this.close();
    else this.show((this.words ?? []).filter((word) => word.toLowerCase().startsWith(begun)));
  }

  /** Take a key typed in the editor. @param {KeyboardEvent} event @returns {boolean} whether the key was for the list */
  steer(event) {
    if (this.list.hidden) return false;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) this.point(this.at + by);
    const chosen = this.lines[this.at]?.textContent;
    if (["Enter", "Tab"].includes(event.key) && chosen) this.editor.retype(chosen);
    return Boolean(by);
  }

  get lines() {
    return [...this.list.children];
  }

  /** @param {string[]} words */
  show(words) {
    this.beside = this.whose; // whoever types on before the cell is drawn keeps the list
    this.at = -1;
    this.list.hidden = words.length === 0;
    this.list.replaceChildren(
      ...words.map((word) => Object.assign(element("li"), { role: "option", textContent: word })),
    );
  }

  close() {
    if (this.list.hidden) return;
    const focused = this.list === document.activeElement;
    this.list.hidden = true;
    if (focused) this.grid.box.focus({ preventScroll: true });
  }

  /** @param {number} at */
  point(at) {
    this.at = Math.min(Math.max(at, 0), this.lines.length - 1);
    this.lines.forEach((line, one) => line.setAttribute("aria-selected", String(one === this.at)));
    this.lines[this.at]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {string | null} word */
  take(word) {
    if (!word) return;
    this.close();
    this.editor.put(word);
  }

  /** @param {KeyboardEvent} event in the list itself */
  key(event) {
    event.stopPropagation();
    event.preventDefault();
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) this.point(this.at + by);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.lines[this.at]?.textContent ?? null);
    else if (event.key === "Escape") this.close();
  }
}

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} [className] */
function element(tag, className = "") {
  return Object.assign(document.createElement(tag), { className });
}

/** @param {HTMLElement} part @param {Record<string, number>} at pixels of the stage */
function place(part, at) {
  for (const side of ["left", "top", "bottom"]) part.style.setProperty(side, side in at ? `${at[side]}px` : "auto");
}
