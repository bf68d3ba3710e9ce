/** The add-in begins: one page is task pane and ribbon commands at once. */

import { associate } from "./commands.js";
import { Pane } from "./pane.js";
import { RIBBON } from "./ribbon.js";
import { followTheme } from "./theme.js";

/** @param {string} id */
const place = (id) => /** @type {Element} */ (document.getElementById(id));

const pane = new Pane(RIBBON, { view: place("view"), clinic: place("clinic"), says: place("says") });

await Office.onReady();
followTheme();
associate(RIBBON, (button) => pane.press(button));
await pane.start();
