/** The pane before a click: the clinic, and the buttons of the ribbon. */

import { button, element, heading } from "./element.js";
import { options } from "./options.js";

/**
 * @typedef {import("../contract.js").Button} Button
 * @typedef {import("../click.js").Answers} Answers
 * @typedef {{press: (button: Button) => void, check: () => void, set: (button: Button, given: Answers) => void}} Act
 */

/**
 * @param {import("../contract.js").Ribbon} ribbon
 * @param {string | null | undefined} clinic `null` if there is none, `undefined` if it is not known
 * @param {(button: Button) => Answers} given which options of a button are set
 * @param {Act} act
 */
export function home(ribbon, clinic, given, act) {
  const groups = ribbon.group.map((group) => {
    const buttons = ribbon.button.filter(({ id }) => id.startsWith(`${group.id}.`));
    const title = element("h3", { id: `group-${group.id}` }, group.label);
    const list = element("ul", { class: "buttons" }, ...buttons.map((one) => row(one, clinic, given(one), act)));
    return element("section", { "aria-labelledby": title.id }, title, list);
  });
  return element(
    "div",
    { class: "view" },
    element("div", { class: "unseen" }, heading("Buttons")),
    ...groups,
    element("footer", {}, button("Check the connection", act.check, { class: "link" })),
  );
}

/**
 * @param {Button} one
 * @param {string | null | undefined} clinic
 * @param {Answers} given
 * @param {Act} act
 */
function row(one, clinic, given, act) {
  const tip = element("span", { class: "tip", id: `tip-${one.id}` }, one.tip);
  const icon = element("img", { src: `icons/${one.id}-32.png`, alt: "", width: 24, height: 24 });
  const label = element("span", { class: "label" }, one.label);
  const missing = one.clinic && clinic === null ? element("span", { class: "needs" }, "Choose a clinic first") : null;
  const attributes = {
    type: "button",
    class: `command ${one.size}`,
    "aria-describedby": tip.id,
    "data-button": one.id,
    onclick: () => act.press(one),
  };
  /** @param {Answers} now */
  const set = (now) => act.set(one, now);
  return element(
    "li",
    {},
    element("button", attributes, icon, element("span", {}, label, missing, tip)),
    one.options.length > 0 && options(one, given, { set, press: () => act.press(one) }),
  );
}
