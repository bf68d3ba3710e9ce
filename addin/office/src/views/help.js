/** Help: the guide, the keys, the version, and the details for support. */

import { copied } from "./clipboard.js";
import { button, element, heading } from "./element.js";
import { table } from "./table.js";

/** How many letters of the details fit on a line where the pane is narrow. */
const NARROW = 36;

/** The keys that work inside the pane. */
const KEYS = [
  ["Esc", "Cancel a question, or go back to all buttons"],
  ["↑ ↓ Home End", "Move in a list of buttons or findings"],
  ["Enter", "Select the cell of a finding"],
  ["Space", "Tick a finding"],
  ["F1", "Show this help"],
];

/**
 * @param {import("../contract.js").Ribbon} ribbon
 * @param {string} version
 * @param {string} details for support
 * @param {{keysOf: (letter: string) => string, examined: () => Promise<string>, leave: () => void}} act `examined`: how the service is
 */
export function help(ribbon, version, details, { keysOf, examined, leave }) {
  const shortcuts = [...ribbon.button, ...ribbon.pane].filter(({ shortcut }) => shortcut);
  const rows = shortcuts.map(({ label, shortcut }) => [label, keysOf(shortcut)]);
  return element(
    "div",
    { class: "view" },
    heading("Help"),
    element("p", {}, ribbon.purpose),
    element("p", {}, element("a", { href: "help.html", target: "_blank", rel: "noopener" }, "Open the guide to all buttons")),
    table({ title: "Keyboard shortcuts in the sheet", headings: [], rows }),
    table({ title: "Keys in this pane", headings: [], rows: KEYS }),
    support(version, details, examined),
    element("div", { class: "actions" }, button("All buttons", leave, { "data-leave": "" })),
  );
}

/**
 * @param {string} version
 * @param {string} details
 * @param {() => Promise<string>} examined
 */
function support(version, details, examined) {
  const said = element("p", { class: "hint", role: "status" });
  const text = element("textarea", { id: "details", readonly: true, rows: 5, spellcheck: "false" }, details);
  const copy = async () => {
    text.select();
    said.textContent = (await copied(text.value)) ? "Copied." : "The text is selected. Press Ctrl+C to copy it.";
  };
  const check = async () => {
    said.textContent = "Checking …";
    text.value = `${details}\n${await examined()}`;
    text.rows = text.value.split("\n").reduce((rows, line) => rows + Math.ceil(line.length / NARROW), 1);
    said.textContent = "Checked. A line that does not begin with “good” says what to do.";
  };
  return element(
    "section",
    { "aria-labelledby": "support-title", class: "support" },
    element("h3", { id: "support-title" }, `For support (version ${version})`),
    element("label", { for: text.id }, "Versions and codes only: no names, no amounts, nothing of a sheet"),
    text,
    element("div", { class: "actions" }, button("Check the service", () => void check()), button("Copy details", () => void copy()), said),
  );
}
