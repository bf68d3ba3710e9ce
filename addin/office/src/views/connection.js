/** The first-run page: the checks, their state, and what to do about the failed ones. */

import { button, element, heading, sign } from "./element.js";
import { waysToStart } from "./offline.js";
import { signInForm } from "./sign_in.js";

/**
 * @typedef {import("../checks.js").Check} Check
 * @typedef {{label: string, press: () => void}} Offer
 * @typedef {{again: () => void, leave: () => void, choose: () => void, pair: (code: string) => Promise<string>,
 *   starters: Offer[]} & import("./sign_in.js").Ways} Act
 *   `pair` returns why a code was not accepted, empty if it was; `starters`: what can be opened to start from
 */

/** @type {Record<Check["state"], {word: string, kind: "done" | "review" | "waiting"}>} */
const STATES = {
  done: { word: "In order", kind: "done" },
  blocked: { word: "To do", kind: "review" },
  waiting: { word: "Later", kind: "waiting" },
};

/**
 * @param {Check[]} list
 * @param {string} purpose what the product is for
 * @param {Act} act
 */
export function connection(list, purpose, act) {
  const ready = list.every(({ state }) => state === "done");
  return element(
    "div",
    { class: "view" },
    heading(ready ? "Everything works" : "Before the first click"),
    !ready && element("p", {}, purpose),
    list.some(({ name, state }) => name === "clinic" && state === "blocked") && ways(act),
    element("ol", { class: "checks" }, ...list.map((check) => item(check, act))),
    element("div", { class: "actions" }, button("Check again", act.again), button("All buttons", act.leave, { "data-leave": "" })),
  );
}

/**
 * @param {Check} check
 * @param {Act} act
 */
function item({ name, title, state, says }, act) {
  const open = state === "blocked";
  return element(
    "li",
    { class: state, "data-check": name },
    sign(STATES[state].kind),
    element(
      "div",
      {},
      element("h3", {}, title, element("span", { class: "state" }, STATES[state].word)),
      says && element("p", {}, says),
      open && name === "service" && waysToStart(),
      open && name === "paired" && codeForm(act.pair),
      open && name === "signed-in" && signInForm(act),
    ),
  );
}

/**
 * Return the ways to a workbook that has a clinic.
 * @param {Act} act
 */
const ways = ({ choose, starters }) =>
  element(
    "div",
    { class: "actions stacked" },
    button("Choose clinic", choose, { class: "primary" }),
    ...starters.map(({ label, press }) => button(label, press)),
  );

/** @param {Act["pair"]} pair */
function codeForm(pair) {
  const error = element("p", { class: "error", id: "code-error", role: "alert" });
  const input = element("input", {
    id: "code",
    name: "code",
    autocomplete: "one-time-code",
    spellcheck: "false",
    maxlength: 64,
    "aria-describedby": error.id,
  });
  const typed = element(
    "form",
    { class: "code", novalidate: true },
    element("label", { for: input.id }, "Code"),
    element("div", {}, input, element("button", { type: "submit", class: "primary" }, "Pair")),
    error,
  );
  typed.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.textContent = input.value.trim() ? await pair(input.value.trim()) : "Type the code first.";
    if (error.textContent) input.focus();
  });
  return typed;
}
