/** The progress of a click, and the button to cancel it. */

import { button, element, heading } from "./element.js";

/** @typedef {import("../click.js").Stage} Stage */

/** @type {Record<Stage, {says: string, stop: string | null}>} */
const STAGES = {
  reading: { says: "Reading the sheet", stop: "Cancel" },
  uploading: { says: "Sending the file", stop: "Cancel" },
  sending: { says: "Sending it to Clinic Ledger", stop: "Stop waiting" },
  working: { says: "Clinic Ledger is working", stop: "Stop waiting" },
  // We do not stop here: half a reply in a workbook is useless.
  inserting: { says: "Putting the result into the workbook", stop: null },
};

/** While a cell is being edited, Excel does not answer and gives no error. */
export const PATIENCE_MS = 2000;
export const STUCK = "Excel has not answered yet. If a cell is being edited, press Enter.";

/**
 * @param {string} title the button's label
 * @param {() => void} stop
 */
export function progress(title, stop) {
  const bar = element("progress", { "aria-labelledby": "stage" });
  const stage = element("p", { id: "stage", role: "status" });
  const hint = element("p", { class: "hint", role: "status" });
  const out = button("", stop, { "data-leave": "" });
  const view = element("div", { class: "view working" }, heading(title), bar, stage, hint, out);
  const waiting = setTimeout(() => (hint.textContent = view.isConnected ? STUCK : ""), PATIENCE_MS);

  /** @type {import("../click.js").Watch} */
  const update = (now, share, about) => {
    const { says, stop: word } = STAGES[now];
    const text = about ? `${says} “${about}”` : says;
    if (share !== null || now !== "reading") {
      clearTimeout(waiting);
      hint.textContent = "";
    }
    // Set once for each stage: a screen reader reads every change here.
    if (stage.textContent !== text) stage.textContent = text;
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    out.textContent = word ?? "";
    out.hidden = !word;
  };
  return { view, update };
}
