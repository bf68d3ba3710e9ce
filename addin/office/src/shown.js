/** What the pane shows: one view at a time, a sentence below it, and the findings that it leads through. */

import { parse } from "./bridge/areas.js";
import { inPlainWords } from "./refusals.js";
import { worklistIn } from "./views/findings.js";
import * as workbook from "./workbook.js";

/** @typedef {{label: string, show: (said: string) => void}} Back the way back to a view that was in sight */

export class Shown {
  /** @type {import("./views/worklist.js").Worklist | null} the findings in sight */
  #worklist = null;
  /** The cell that the pane itself has led to. */
  #led = { sheet: "", cell: "" };

  /** @param {{view: Element, says: Element}} places of the page */
  constructor(places) {
    this.places = places;
  }

  /**
   * @param {HTMLElement} view
   * @param {string} [said]
   */
  show(view, said = "") {
    this.say(said);
    this.places.view.replaceChildren(view);
    this.#worklist = worklistIn(view);
    const start = view.querySelector("[data-start]");
    // A question takes the focus. A result leaves it in the sheet after a ribbon button was pressed there.
    const isAwaited = document.hasFocus() || view.querySelector("form:is([data-asks], [data-sign-in])");
    if (start instanceof HTMLElement && isAwaited) start.focus();
  }

  /** @param {string} sentence */
  say(sentence) {
    this.places.says.textContent = sentence;
  }

  /**
   * Return the way back to what is in sight, as it is: with what is ticked, marked and typed.
   * @returns {Back}
   */
  wayBack() {
    const [view, focused] = [/** @type {HTMLElement} */ (this.places.view.firstElementChild), document.activeElement];
    const show = (/** @type {string} */ said) => {
      this.show(view, said);
      if (focused instanceof HTMLElement && view.contains(focused) && document.hasFocus()) focused.focus();
    };
    return { label: `Back to the ${view.querySelector("form[data-asks]") ? "question" : "findings"}`, show };
  }

  /** @param {import("./contract.js").Finding} finding */
  goTo = async ({ sheet, cell }) => {
    try {
      this.#led = { sheet, cell };
      const shown = await workbook.goTo(sheet, cell);
      this.say(`${shown} Selected ${cell || "the sheet"} of ${sheet}.`.trim());
    } catch (error) {
      const { detail, remedy } = inPlainWords(error).problem;
      this.say(`${detail} ${remedy}`);
    }
  };

  /**
   * Mark the finding of a cell that was selected. What was said about a cell before it is no longer right then.
   * @param {string} sheet
   * @param {string} address
   */
  markFinding(sheet, address) {
    const isLed = sheet === this.#led.sheet && parse(address)?.top === parse(this.#led.cell)?.top;
    if (this.#worklist?.select(sheet, address) && !isLed) this.say("");
  }

  nextFinding() {
    this.#worklist?.next();
  }

  finishFinding() {
    this.#worklist?.finish();
  }
}
