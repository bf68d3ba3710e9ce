/** The questions of a button: a form whose answers press the button again. */

import { button, element, heading } from "./element.js";
import { answers, complete, control, row } from "./fields.js";
import { table } from "./table.js";

/** The name of the only button of a form that offers none of its own. */
const CONTINUE = "Continue";

/**
 * @typedef {import("./fields.js").Field} Field
 * @typedef {import("./fields.js").FilledField} FilledField
 * @typedef {import("../click.js").Answers} Answers
 */

/**
 * @param {import("../contract.js").Asks} asks
 * @param {HTMLElement | null} soFar the result of the click so far, if there is one
 * @param {HTMLElement | null} about the findings the question is about
 * @param {{answer: (answers: Answers) => void, leave: () => void}} act
 */
export function form({ title, fields, tables = [] }, soFar, about, act) {
  const filled = /** @type {FilledField[]} */ (fields.filter(({ kind }) => kind !== "buttons"));
  const rows = filled.map((field) => row(field, `ask-${field.name}`, field.required ? field.label : `${field.label} (optional)`));
  const buttons = fields.find(({ kind }) => kind === "buttons");
  const filledIn = element(
    "form",
    { novalidate: true, "data-asks": "" },
    ...rows,
    element(
      "div",
      { class: buttons && buttons.choices.length > 1 ? "actions stacked" : "actions" },
      ...senders(buttons),
      button("Cancel", act.leave, { "data-leave": "" }),
    ),
  );
  filledIn.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = filled.filter((field, at) => !complete(field, rows[at]));
    if (wrong.length) control(rows[filled.indexOf(/** @type {FilledField} */ (wrong[0]))])?.focus();
    else act.answer(answers(fields, new FormData(filledIn, /** @type {SubmitEvent} */ (event).submitter)));
  });
  return element("div", { class: "view" }, soFar, heading(title), ...tables.map(table), filledIn, about);
}

/**
 * Return the buttons that send the form: the choices of its field of buttons, and Continue if the form can be sent without
 * one of them.
 * @param {Field | undefined} field
 */
function senders(field) {
  const offered = (field?.choices ?? []).map(({ value, label }, at) =>
    element("button", { type: "submit", class: at ? "" : "primary", name: field?.name, value }, label),
  );
  if (field?.required) return offered;
  return [...offered, element("button", { type: "submit", class: field ? "" : "primary" }, CONTINUE)];
}
