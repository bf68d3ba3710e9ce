/** The options of a button, folded away until they are opened. */

import { usDays } from "../figures.js";
import { button, element } from "./element.js";
import { answers, complete, control, row } from "./fields.js";

/**
 * @typedef {import("../click.js").Answers} Answers
 * @typedef {import("./fields.js").FilledField} FilledField
 */

/**
 * Changes take effect at once, for the ribbon's button too.
 * @param {import("../contract.js").Button} one
 * @param {Answers} given what is set already
 * @param {{set: (given: Answers) => void, press: () => void}} act
 */
export function options(one, given, act) {
  const fields = one.options.map((option) => asField(option, given));
  const rows = fields.map((field) => row(field, `${one.id}-${field.name}`, field.label));
  const told = element("span", { class: "told" }, inWords(one, given));
  const form = element(
    "form",
    { novalidate: true },
    element("div", { class: "rows" }, ...rows),
    element(
      "div",
      { class: "actions" },
      element("button", { type: "submit", class: "primary" }, one.label),
      button("Reset", () => clear(), { class: "link" }),
    ),
  );
  const read = () => {
    const wrong = fields.filter((field, at) => !complete(field, rows[at]));
    const now = answers(fields, new FormData(form));
    told.textContent = inWords(one, now);
    act.set(now);
    return wrong.length === 0;
  };
  const clear = () => {
    for (const input of rows.map(control)) if (input) input.value = "";
    read();
  };
  form.addEventListener("change", read);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (read()) act.press();
  });
  return element("details", { class: "tuning" }, element("summary", {}, "Options", told), form);
}

/**
 * Return the options that are set at a button as `State: paid, From: 10/01/2026`, "" if none is set.
 * @param {import("../contract.js").Button} one
 * @param {Answers} given
 */
export const inWords = (one, given) =>
  Object.entries(given)
    .map(([name, value]) => `${one.options.find((option) => option.name === name)?.label ?? name}: ${usDays(String(value))}`)
    .join(", ");

/**
 * @param {import("../contract.js").Option} option
 * @param {Answers} given
 * @returns {FilledField}
 */
function asField({ name, label, kind, choices }, given) {
  const words = choices.map((word) => ({ value: word, label: word }));
  return { name, label, kind, choices: words, default: String(given[name] ?? ""), required: false };
}
