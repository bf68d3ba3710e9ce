/** The findings of a reply: the cells, what is wrong, what to do. A click on one selects its cell. */

import { element, sign } from "./element.js";

/**
 * @typedef {import("../contract.js").Finding} Finding
 * @typedef {import("../contract.js").Severity} Severity
 */

/** @type {Record<Severity, {word: string, many: string, kind: "blocked" | "review" | "info"}>} */
const SEVERITIES = {
  blocker: { word: "Blocker", many: "Blockers", kind: "blocked" },
  review: { word: "Review", many: "Reviews", kind: "review" },
  info: { word: "Info", many: "Infos", kind: "info" },
};

/**
 * @param {Finding[]} list
 * @param {number} total how many there are; the reply lists at most a few hundred
 * @param {(finding: Finding) => void} goTo
 */
export function findings(list, total, goTo) {
  if (!list.length) return null;
  const rows = list.map((finding) => ({ finding, row: line(finding, goTo) }));
  const shown = element("ul", { class: "findings" }, ...rows.map(({ row }) => row));
  const say = element("p", { class: "unseen", role: "status" });
  /** @param {Severity | "all"} wanted */
  const filter = (wanted) => {
    for (const { finding, row } of rows) row.hidden = wanted !== "all" && finding.severity !== wanted;
    say.textContent = `${rows.filter(({ row }) => !row.hidden).length} shown`;
  };
  const more = total - list.length;
  return element(
    "section",
    { "aria-labelledby": "findings-title" },
    element("h3", { id: "findings-title" }, `Findings (${total.toLocaleString("en-US")})`),
    choices(list, filter),
    say,
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
 * @param {Finding} finding
 * @param {(finding: Finding) => void} goTo
 */
function line(finding, goTo) {
  const { word, kind } = SEVERITIES[finding.severity];
  const place = [finding.sheet, finding.cell].filter(Boolean).join(" ");
  const text = element(
    "span",
    { class: "text" },
    element("span", { class: "place" }, element("b", {}, word), place && ` · ${place}`),
    element("span", {}, finding.message),
    element("span", { class: "remedy" }, finding.remedy),
  );
  const attributes = { type: "button", class: "finding", onclick: () => goTo(finding), disabled: !finding.sheet };
  return element("li", {}, element("button", attributes, sign(kind), text));
}
