/** A small table that a question is about. */

import { element } from "./element.js";

/** Text that begins with a number or an amount of money, or is empty. */
const AMOUNT = /^([-−(]?\$?\d.*)?$/u;

/** @param {import("../contract.js").AskedTable} shown */
export function table({ title, headings, rows }) {
  // A column of amounts is read from its right end, a column of words from its left.
  const looks = headings.map((_, at) => (at > 0 && rows.every((cells) => AMOUNT.test(cells[at] ?? "")) ? "amounts" : ""));
  const heads = headings.map((text, at) => element("th", { scope: "col", class: looks[at] }, text));
  const head = headings.length > 0 && element("thead", {}, element("tr", {}, ...heads));
  const body = rows.map((cells) =>
    element("tr", {}, ...cells.map((text, at) => element("td", { class: looks[at] }, text))),
  );
  const kind = headings.length ? "shown" : "shown listed";
  return element("table", { class: kind }, element("caption", {}, title), head, element("tbody", {}, ...body));
}
