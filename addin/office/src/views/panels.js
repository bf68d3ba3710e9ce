/** Small tables of measures of a result, some with bars. A bar is never all that says something: its value is beside it. */

import { button, element } from "./element.js";

/**
 * @typedef {import("../contract.js").Panel} Panel
 * @typedef {import("../contract.js").PanelRow} Row
 * @typedef {import("./remedies.js").Offering} Offering
 */

/**
 * Return the panels of a reply; an empty list if it has none.
 * @param {Panel[]} list
 * @param {Offering} offering
 */
export const panelsOf = (list, offering) => list.map((panel) => section(panel, offering));

/**
 * @param {Panel} panel
 * @param {Offering} offering
 */
function section({ title, rows }, offering) {
  return element(
    "section",
    { class: "panel", "aria-label": title },
    element("h3", {}, title),
    element("ul", {}, ...rows.map((row) => measure(row, offering))),
  );
}

/**
 * @param {Row} row
 * @param {Offering} offering
 */
function measure({ label, value, note, share, color, opens }, offering) {
  const press = opens && offering(opens);
  const name = press ? button(label, press, { class: "link", title: opens.label, "aria-label": `${label}: ${opens.label}` }) : label;
  return element(
    "li",
    {},
    element("div", { class: "measure" }, element("span", {}, name), element("strong", {}, value)),
    share !== null && bar(share, color),
    note && element("p", { class: "note" }, note),
  );
}

/**
 * @param {number} share from 0 to 1
 * @param {string | null} color
 */
function bar(share, color) {
  const filled = element("div", {});
  filled.style.width = `${share * 100}%`;
  if (color) filled.style.backgroundColor = color;
  return element("div", { class: "bar", "aria-hidden": "true" }, filled);
}
