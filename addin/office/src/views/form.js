/** The questions of a button: a form whose answers press the button again. */

import { button, element, heading } from "./element.js";
import { answers, complete, control, row } from "./fields.js";

/**
 * @typedef {import("./fields.js").Field} Field
 * @typedef {import("../click.js").Answers} Answers
 */

/**
 * @param {import("../contract.js").Asks} asks
 * @param {HTMLElement | null} soFar the result of the click so far, if there is one
 * @param {HTMLElement | null} about the findings the question is about
 * @param {{answer: (answers: Answers) => void, leave: () => void}} act
 */
export function form({ title, fields }, soFar, about, act) {
  const rows = fields.map((field) => row(field, `ask-${field.name}`, field.required ? field.label : `${field.label} (optional)`));
  const filledIn = element(
    "form",
    { novalidate: true },
    ...rows,
    element(
      "div",
      { class: "actions" },
      element("button", { type: "submit", class: "primary" }, "Continue"),
      button("Cancel", act.leave),
    ),
  );
  filledIn.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = fields.filter((field, at) => !complete(field, rows[at]));
    if (wrong.length) control(rows[fields.indexOf(/** @type {Field} */ (wrong[0]))])?.focus();
    else act.answer(answers(fields, new FormData(filledIn)));
  });
  return element("div", { class: "view" }, soFar, heading(title), filledIn, about);
}
