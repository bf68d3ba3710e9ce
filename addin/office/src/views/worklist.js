/** Working through findings: which one is marked, which are done, and the keys of their list. Nothing of it is stored. */

import { meet, parse } from "../bridge/areas.js";

/**
 * @typedef {import("../contract.js").Finding} Finding
 * @typedef {{finding: Finding, item: HTMLElement, leads: HTMLButtonElement, box: HTMLInputElement}} Row
 *   `leads`: the button that leads to the cell; `box`: ticked when the finding is done
 * @typedef {{ticked: boolean, goTo: (finding: Finding) => void, counted: (text: string) => void}} Tell
 *   `ticked`: whether the boxes are shown
 */

/** The keys of the list, and how far each moves. @type {Record<string, number>} */
const MOVES = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

export class Worklist {
  /** @type {Row | null} the row that was clicked, or whose cell is selected */
  #marked = null;

  /**
   * @param {Row[]} rows
   * @param {Tell} tell
   */
  constructor(rows, tell) {
    this.rows = rows;
    this.tell = tell;
    for (const row of rows) {
      row.leads.addEventListener("click", () => this.#follow(row));
      row.box.addEventListener("change", () => this.#tick(row, row.box.checked));
    }
    this.#reach(rows[0]);
    this.#count();
  }

  /**
   * Show only the findings that are wanted.
   * @param {(finding: Finding) => boolean} wanted
   */
  show(wanted) {
    for (const row of this.rows) row.item.hidden = !wanted(row.finding);
    if (!this.#marked || this.#marked.item.hidden) this.#reach(this.#shown[0]);
    this.#count();
  }

  /** Go to the cell of the next finding that is not done: the one after the marked one, and from the last to the first. */
  next() {
    const open = this.#shown.filter(({ box, leads }) => !box.checked && leads.ariaDisabled !== "true");
    const from = this.#marked ? this.rows.indexOf(this.#marked) : -1;
    const row = open.find((one) => this.rows.indexOf(one) > from) ?? open[0];
    if (row) this.#follow(row);
    else this.tell.counted(this.#shown.every(({ box }) => box.checked) ? "All done." : "No other finding has a cell.");
  }

  /** Tick the marked finding and go to the next. Without a marked one, only go to the next. */
  finish() {
    if (this.#marked && this.tell.ticked) this.#tick(this.#marked, true);
    this.next();
  }

  /**
   * Mark the finding of a selected cell. If the cell has none, the finding of its row, and if there is none, leave the mark.
   * Return whether the mark moved.
   * @param {string} sheet
   * @param {string} address of the selection
   */
  select(sheet, address) {
    const cell = parse(address);
    if (!cell) return false;
    const first = { ...cell, height: 1, width: 1 };
    const here = this.#shown.filter(({ finding }) => finding.sheet === sheet);
    const exact = here.filter(({ finding }) => meet(parse(finding.cell) ?? NOWHERE, first));
    const found = exact.length ? exact : here.filter(({ finding }) => finding.row === first.top);
    const row = found.find(({ box }) => !box.checked) ?? found[0];
    if (!row || (this.#marked && found.includes(this.#marked))) return false;
    this.#mark(row);
    return true;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const move = MOVES[event.key];
    const at = this.#shown.findIndex(({ item }) => item.contains(/** @type {Node} */ (event.target)));
    if (move === undefined || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const row = this.#shown[Math.min(Math.max(at + move, 0), this.#shown.length - 1)];
    this.#reach(row);
    row?.leads.focus();
  }

  get #shown() {
    return this.rows.filter(({ item }) => !item.hidden);
  }

  /** @param {Row} row */
  #follow(row) {
    this.#mark(row);
    if (row.leads.ariaDisabled !== "true") this.tell.goTo(row.finding);
  }

  /** @param {Row} row */
  #mark(row) {
    this.#marked?.leads.removeAttribute("aria-current");
    this.#marked?.item.classList.remove("current");
    this.#marked = row;
    row.leads.setAttribute("aria-current", "true");
    row.item.classList.add("current");
    row.item.scrollIntoView({ block: "nearest" });
    this.#reach(row);
    this.#count();
  }

  /**
   * @param {Row} row
   * @param {boolean} done
   */
  #tick(row, done) {
    row.box.checked = done;
    row.item.classList.toggle("done", done);
    this.#count();
  }

  /**
   * Make one row the only one that Tab reaches; the arrow keys lead to the others.
   * @param {Row | undefined} row
   */
  #reach(row) {
    for (const one of this.rows) one.leads.tabIndex = one.box.tabIndex = one === row ? 0 : -1;
  }

  #count() {
    const shown = this.#shown;
    const done = shown.filter(({ box }) => box.checked).length;
    const at = this.#marked ? shown.indexOf(this.#marked) + 1 : 0;
    const place = at ? `${at} of ${shown.length}` : `${shown.length} shown`;
    this.tell.counted(done ? `${place}, ${done} done` : place);
  }
}

const NOWHERE = { top: 0, left: 0, height: 0, width: 0 };
