/** The entry point of the add-in: one page is both the task pane and the ribbon commands. */

import { associate, associatePane } from "./commands.js";
import { Pane } from "./pane.js";
import { RIBBON, VERSION } from "./ribbon.js";
import { followTheme } from "./theme.js";

const NO_OFFICE_JS =
  "Excel's own part of this add-in did not load from Microsoft. Check the internet connection and open the pane " +
  "again, or use the desktop add-in, which needs none.";

/** @param {string} id */
const place = (id) => /** @type {Element} */ (document.getElementById(id));

async function begin() {
  const pane = new Pane(RIBBON, VERSION, { view: place("view"), clinic: place("clinic"), says: place("says") });
  await Office.onReady();
  followTheme();
  associate(RIBBON, (button) => pane.press(button));
  associatePane(RIBBON, { help: () => pane.help(), account: () => void pane.account(), next: () => pane.shown.nextFinding(), done: () => pane.shown.finishFinding() });
  place("help").addEventListener("click", () => pane.help());
  await pane.start();
}

if (typeof Office === "undefined") place("view").textContent = NO_OFFICE_JS;
else await begin();
