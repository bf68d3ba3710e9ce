/** The findings of a reply: the cells, what is wrong, what to do. A click on one selects its cell. */

import { button, element, sign } from "./element.js";
import { Worklist } from "./worklist.js";

/**
 * @typedef {import("../contract.js").Finding} Finding
 * @typedef {import("../contract.js").Severity} Severity
 * @typedef {import("./worklist.js").Row} Row
 */

/** @type {Record<Severity, {word: string, many: string, kind: "blocked" | "review" | "info"}>} */
const SEVERITIES = {
  blocker: { word: "Blocker", many: "Blockers", kind: "blocked" },
  review: { word: "Review", many: "Reviews", kind: "review" },
  info: { word: "Info", many: "Infos", kind: "info" },
};

/** The worklist of each list that was made. @type {WeakMap<Element, Worklist>} */
const worklists = new WeakMap();

/**
 * Return the worklist of the findings in a view, `null` if it has none.
 * @param {Element} view
 */
export const worklistIn = (view) => worklists.get(view.querySelector(".findings") ?? view) ?? null;

/**
 * @param {Finding[]} list
 * @param {number} total how many there are; the reply lists at most a few hundred
 * @param {(finding: Finding) => void} goTo
 * @param {boolean} ticked whether each can be ticked as done; not beside a form with boxes of its own
 */
export function findings(list, total, goTo, ticked = true) {
  if (!list.length) return null;
  const rows = list.map((finding, at) => line(finding, at, ticked));
  const shown = element("ul", { class: "findings" }, ...rows.map(({ item }) => item));
  const count = element("p", { class: "hint count", role: "status" });
  const next = button("Next", () => work.next(), { title: "Go to the cell of the next finding" });
  const done = ticked && button("Done", () => work.finish(), { title: "Tick the marked finding and go to the next" });
  const work = new Worklist(rows, { ticked, goTo, counted: (text) => (count.textContent = text) });
  worklists.set(shown, work);
  shown.addEventListener("keydown", (event) => work.key(event));
  const more = total - list.length;
  return element(
    "section",
    { "aria-labelledby": "findings-title", class: "worklist" },
    element(
      "div",
      { class: "bar" },
      element("div", {}, element("h3", { id: "findings-title" }, `Findings (${total.toLocaleString("en-US")})`), count),
      element("div", { class: "actions" }, next, done),
    ),
    choices(list, (wanted) => work.show((finding) => wanted === "all" || finding.severity === wanted)),
    shown,
    more > 0 && element("p", { class: "hint" }, `${more.toLocaleString("en-US")} more in the Findings sheet.`),
  );
}

/**
 * Return the filter, or `null` if all findings have one severity.
 * @param {Finding[]} list
 * @param {(wanted: Severity | "all") => void} filter
 */
function choices(list, filter) {
  const kinds = /** @type {Severity[]} */ (Object.keys(SEVERITIES)).filter((kind) => count(list, kind));
  if (kinds.length < 2) return null;
  /** @param {Severity | "all"} value @param {string} label */
  const choice = (value, label) => {
    const input = element("input", {
      type: "radio",
      name: "severity",
      value,
      checked: value === "all",
      onchange: () => filter(value),
    });
    return element("label", {}, input, element("span", {}, label));
  };
  return element(
    "fieldset",
    { class: "filter" },
    element("legend", { class: "unseen" }, "Show"),
    choice("all", "All"),
    ...kinds.map((kind) => choice(kind, `${SEVERITIES[kind].many} ${count(list, kind)}`)),
  );
}

/**
 * @param {Finding[]} list
 * @param {Severity} kind
 */
const count = (list, kind) => list.filter(({ severity }) => severity === kind).length;

/**
 * Return the row of a finding: the button that leads to its cell, and the box that ticks it.
 * @param {Finding} finding
 * @param {number} at
 * @param {boolean} ticked
 * @returns {Row}
 */
function line(finding, at, ticked) {
  const { word, kind } = SEVERITIES[finding.severity];
  const place = [finding.sheet, finding.cell].filter(Boolean).join(" ");
  const text = element(
    "span",
    { class: "text" },
    element("span", { class: "place" }, element("b", {}, word), place && ` · ${place}`),
    element("span", { class: "message" }, finding.message),
    element("span", { class: "remedy" }, finding.remedy),
  );
  const attributes = { type: "button", class: "finding", "aria-disabled": !finding.sheet };
  const leads = element("button", attributes, sign(kind), text);
  const label = `Done: ${place || `finding ${at + 1}`}`;
  const box = element("input", { type: "checkbox", "aria-label": label, title: "Done" });
  return { finding, leads, box, item: element("li", {}, leads, ticked && element("span", { class: "tick" }, box)) };
}
