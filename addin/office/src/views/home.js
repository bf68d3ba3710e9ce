/** The pane before a click: the buttons of the ribbon, in the order of the work. */

import { orderOfWork } from "../availability.js";
import { nameOf } from "./account.js";
import { button, element, heading } from "./element.js";
import { options } from "./options.js";

/**
 * @typedef {import("../contract.js").Button} Button
 * @typedef {import("../click.js").Answers} Answers
 * @typedef {{press: (button: Button) => void, check: () => void, help: () => void, account: () => void, set: (button: Button, given: Answers) => void}} Act
 */

/**
 * @param {import("../contract.js").Ribbon} ribbon
 * @param {{hindrance: (button: Button) => string, hasClinic: boolean, session: import("../contract.js").Session | null, waiting: Map<string, number>, backup: import("../contract.js").LastBackup | null}} workbook
 *   why a button cannot do anything, "" if it can; who is signed in; how much waits behind a button; how the backups stand
 * @param {(button: Button) => Answers} given which options of a button are set
 * @param {Act} act
 */
export function home(ribbon, { hindrance, hasClinic, session, waiting, backup }, given, act) {
  /** @param {Button} one @param {boolean} isStep */
  const made = (one, isStep) => row(one, given(one), act, isStep);
  const groups = daily(ribbon, hasClinic).map((group) => {
    const { before, steps, after } = orderOfWork(ribbon, group.id);
    const title = element("h3", { id: `group-${group.id}` }, group.label);
    return element(
      "section",
      { "aria-labelledby": title.id },
      title,
      before.length > 0 && element("ul", { class: "buttons" }, ...before.map((one) => made(one, false))),
      steps.length > 0 && element("ol", { class: "buttons steps" }, ...steps.map((one) => made(one, true))),
      after.length > 0 && element("ul", { class: "buttons" }, ...after.map((one) => made(one, false))),
    );
  });
  const view = element(
    "div",
    { class: "view home" },
    element("div", { class: "unseen" }, heading("Buttons")),
    element("p", { class: "late", role: "status", hidden: true }),
    ...groups,
    element(
      "footer",
      {},
      session?.has_users && button(nameOf(session), act.account, { class: "link", "aria-label": `${nameOf(session)}: who is signed in` }),
      button("Check the connection", act.check, { class: "link" }),
      button("Help and keyboard shortcuts", act.help, { class: "link" }),
    ),
  );
  showHindrances(view, ribbon, hindrance);
  showWaiting(view, waiting);
  showBackup(view, backup);
  return view;
}

/**
 * Return the groups, those for the daily work first once the workbook has a clinic: a group that begins with a button which
 * needs no clinic is there to begin with.
 * @param {import("../contract.js").Ribbon} ribbon
 * @param {boolean} hasClinic
 */
function daily({ group: groups, button: buttons }, hasClinic) {
  const begins = new Set(groups.filter(({ id }) => buttons.find((one) => one.id.startsWith(`${id}.`))?.clinic === false));
  return hasClinic ? [...groups.filter((group) => !begins.has(group)), ...begins] : groups;
}

/**
 * Show at every button of the view whether it can do something, and if not, why.
 * @param {Element} view
 * @param {import("../contract.js").Ribbon} ribbon
 * @param {(button: Button) => string} hindrance
 */
export function showHindrances(view, ribbon, hindrance) {
  for (const one of ribbon.button) {
    const reason = hindrance(one);
    const command = view.querySelector(`[data-button="${one.id}"]`);
    const needs = command?.querySelector(".needs");
    if (!command || !needs) continue;
    // It stays in the order of Tab, so that everybody can learn the reason.
    command.setAttribute("aria-disabled", String(Boolean(reason)));
    needs.textContent = reason;
  }
}

/**
 * Show at the buttons of the view how much waits behind each.
 * @param {Element} view
 * @param {Map<string, number>} waiting by button
 */
export function showWaiting(view, waiting) {
  for (const [id, count] of waiting) {
    const badge = view.querySelector(`[data-button="${id}"] .badge`);
    if (badge) badge.textContent = count ? `${count} due` : "";
  }
}

/**
 * Say above the buttons of the view if the last good backup is too long ago.
 * @param {Element} view
 * @param {import("../contract.js").LastBackup | null} backup
 */
export function showBackup(view, backup) {
  const place = view.querySelector(".late");
  if (!place) return;
  const last = backup?.made_at ? "The last good backup of the books is more than 36 hours old." : "There is no good backup of the books yet.";
  place.textContent = backup?.is_late ? `${last} Tell the person who looks after Clinic Ledger.` : "";
  place.toggleAttribute("hidden", !backup?.is_late);
}

/**
 * @param {Button} one
 * @param {Answers} given
 * @param {Act} act
 * @param {boolean} isStep
 */
function row(one, given, act, isStep) {
  const tip = element("p", { class: "tip", id: `tip-${one.id}` }, one.tip);
  const needs = element("span", { class: "needs" });
  const badge = one.badge && element("span", { class: "badge" });
  const icon = element("img", { src: `icons/${one.id}-32.png`, alt: "", width: 24, height: 24 });
  const label = element("span", { class: "label" }, one.label);
  const attributes = {
    type: "button",
    class: `command ${isStep ? "step" : "other"}`,
    "aria-describedby": tip.id,
    "data-button": one.id,
    onclick: () => act.press(one),
    onpointerenter: () => tip.classList.remove("dismissed"),
    onfocus: () => tip.classList.remove("dismissed"),
  };
  /** @param {Answers} now */
  const set = (now) => act.set(one, now);
  return element(
    "li",
    {},
    element("button", attributes, icon, element("span", { class: "words" }, label, " ", needs), badge),
    tip,
    one.options.length > 0 && options(one, given, { set, press: () => act.press(one) }),
  );
}
