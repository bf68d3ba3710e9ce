/** A click that was not carried out: the title, the reason, and what to do about it. */

import { button, element, heading, sign } from "./element.js";

/** @typedef {import("./remedies.js").Offer} Offer */

/**
 * @param {import("../refusals.js").Refusal} refusal
 * @param {HTMLElement | null} list of its findings
 * @param {{again: (() => void) | null, anew: Offer | null, check: (() => void) | null, offers: Offer[], back: Offer | null,
 *   leave: () => void}} act `again`: sends the same request once more; `anew`: reads the sheet again, `null` where that is of no use; `offers`: its remedies,
 *   the best first; `back`: the way to what offered the click
 */
export function refusal({ problem }, list, act) {
  return element(
    "div",
    { class: "view" },
    element(
      "div",
      { class: "card blocked", role: "alert" },
      element("p", { class: "level" }, sign("blocked"), "Not done"),
      heading(problem.title),
      element("p", {}, problem.detail),
      element("p", { class: "remedy" }, problem.remedy),
    ),
    element(
      "div",
      { class: "actions" },
      act.again && button("Try again", act.again, { class: "primary" }),
      ...act.offers.map(({ label, press }, at) => button(label, press, { class: at || act.again ? "" : "primary" })),
      act.check && button("Check the connection", act.check, { class: act.again ? "" : "primary" }),
      button("All buttons", act.leave, { "data-leave": "" }),
      !act.again && act.anew && button(act.anew.label, act.anew.press, { class: "link" }),
      act.back && button(act.back.label, act.back.press, { class: "link" }),
    ),
    list,
  );
}
