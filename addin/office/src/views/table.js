/** A small table that a question is about. */

import { element } from "./element.js";

/** @param {import("../contract.js").AskedTable} shown */
export function table({ title, headings, rows }) {
  const head = headings.length > 0 && element("thead", {}, element("tr", {}, ...headings.map((text) => element("th", { scope: "col" }, text))));
  const body = rows.map((cells) => element("tr", {}, ...cells.map((text) => element("td", {}, text))));
  const kind = headings.length ? "shown" : "shown listed";
  return element("table", { class: kind }, element("caption", {}, title), head, element("tbody", {}, ...body));
}
