/**
 * What happens in the window, told to an add-in that listens: `WorksheetCollection.onSelectionChanged` and its like.
 *
 * As in Excel, handlers run after what happened, never in the middle of it.
 *
 * @typedef {import("../book/sheet.js").Sheet} Sheet
 * @typedef {import("../api/proxies.js").Handler} Handler
 */

import { a1 } from "../book/area.js";

export class Happenings {
  /** @type {Map<string, Handler[]>} */
  handlers = new Map();
  /** @type {Sheet | null} */
  active = null;
  selection = "";
  /** @type {Set<Sheet>} */
  sheets = new Set();

  /** @param {string} event @param {Handler} handler */
  listen(event, handler) {
    this.handlers.set(event, [...(this.handlers.get(event) ?? []), handler]);
  }

  /** Another workbook was opened: the add-in that listened is gone. @param {import("../book/workbook.js").Workbook} book */
  forget(book) {
    this.handlers.clear();
    this.active = book.active;
    this.selection = a1(book.active.selection);
    this.sheets = new Set(book.sheets);
  }

  /** Tell what is different from the last time. @param {import("../book/workbook.js").Workbook} book */
  compare(book) {
    const { active, selection, sheets } = this;
    this.active = book.active;
    this.selection = a1(book.active.selection);
    this.sheets = new Set(book.sheets);
    for (const sheet of this.sheets) if (!sheets.has(sheet)) this.tell("onAdded", sheet);
    for (const sheet of sheets) if (!this.sheets.has(sheet)) this.tell("onDeleted", sheet);
    if (active !== this.active) this.tell("onActivated", this.active);
    else if (selection !== this.selection) this.tell("onSelectionChanged", this.active, { address: this.selection });
  }

  /** @param {string} event @param {Sheet} sheet @param {object} [more] */
  tell(event, sheet, more = {}) {
    for (const handler of this.handlers.get(event) ?? [])
      setTimeout(() => handler({ type: event.replace(/^on/, "Worksheet"), worksheetId: sheet.id, ...more }));
  }
}
