/** The service does not answer: how to start it on this computer. The page goes on by itself once it answers. */

import { copied } from "./clipboard.js";
import { button, element, heading, sign } from "./element.js";

/** @typedef {{label: string, press: () => void}} Step */

/** Where people find a terminal, by what Excel calls its platform. @type {Record<string, string>} */
const TERMINALS = {
  PC: "Open Terminal from the Start menu, in the folder of Clinic Ledger.",
  Mac: "Open Terminal (in Applications, Utilities), and go to the folder of Clinic Ledger.",
};
const ANY_TERMINAL = "On this computer, open a terminal in the folder of Clinic Ledger.";

const USUAL_PORT = "8765";

/**
 * @param {string} label of the button that was pressed
 * @param {{again: () => void, back: Step | null, check: () => void, leave: () => void}} act `back`: the way to what was typed
 */
export function offline(label, act) {
  return element(
    "div",
    { class: "view" },
    element(
      "div",
      { class: "card blocked", role: "alert" },
      element("p", { class: "level" }, sign("blocked"), "Not done yet"),
      heading("Clinic Ledger is not running"),
      element("p", {}, `Nothing answers at ${location.origin}, so ${label} has no answer yet. What you typed is kept.`),
    ),
    element("p", { class: "remedy", role: "status" }, `As soon as Clinic Ledger runs, ${label} goes on by itself. Nothing is recorded twice.`),
    element("h3", {}, "How to start it"),
    waysToStart(),
    element(
      "div",
      { class: "actions" },
      button("Try again", act.again, { class: "primary" }),
      act.back && button(act.back.label, act.back.press),
      button("All buttons", act.leave, { "data-leave": "" }),
      button("Check the connection", act.check, { class: "link" }),
    ),
  );
}

/** Return the steps that start the service, for the system that Excel runs on. */
export function waysToStart() {
  const platform = String(Office.context.diagnostics?.platform);
  const command = commandFor(location);
  const said = element("p", { class: "hint", role: "status" });
  const copy = async () => {
    said.textContent = (await copied(command)) ? "Copied." : "Select the command and copy it.";
  };
  return element(
    "div",
    { class: "starting-it" },
    element(
      "ol",
      {},
      element("li", {}, TERMINALS[platform] ?? ANY_TERMINAL),
      element("li", {}, "Run this:", element("code", { tabindex: 0 }, command), button("Copy", () => void copy(), { "aria-label": "Copy the command" }), said),
    ),
    platform in TERMINALS &&
      element("p", { class: "hint" }, "Is the tab of the desktop add-in there too? Each of its buttons starts it."),
  );
}

/**
 * Return the command that starts the service where this page comes from.
 * @param {{protocol: string, port: string}} place
 */
export function commandFor({ protocol, port }) {
  const how = protocol === "http:" ? "serve --http" : "service start";
  return `clinicledger ${how}${port && port !== USUAL_PORT ? ` --port ${port}` : ""}`;
}
