/** The result of a click: one sentence, a file to save, the next step, the panels, the findings, the figures, and the sheets as a file if Excel refused them. */

import { figurePairs } from "../figures.js";
import { button, element, heading, sign } from "./element.js";

/** @typedef {{label: string, press: () => void}} Step */

const LEVELS = { done: "Done", review: "Please review", blocked: "Needs attention" };
const NOT_YET = "Please check first";
const FIGURES_SHOWN = 9;
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/**
 * @param {import("../click.js").Outcome} outcome
 * @param {HTMLElement | null} list of the findings
 * @param {HTMLElement[]} panels
 * @param {{show: Step | null, onward: Step | null, again: Step | null, back: Step | null, leave: () => void}} act
 *   `show`: the way to the rows that keep it from being done; `onward`: the next step of the work, the main button if nothing
 *   is in its way; `again`: the same button again, `back`: what offered it, both always a link
 */
export function result({ reply, file, failure, handed }, list, panels, act) {
  return element(
    "div",
    { class: "view" },
    card(reply, heading(reply.summary)),
    handed && handOver(handed),
    failure && file && download(file, failure),
    element(
      "div",
      { class: "actions" },
      act.show && button(act.show.label, act.show.press, { class: "primary" }),
      act.onward && button(act.onward.label, act.onward.press, { class: act.show ? "" : "primary" }),
      button("All buttons", act.leave, { class: act.show || act.onward ? "" : "primary", "data-leave": "" }),
      act.again && button(act.again.label, act.again.press, { class: "link" }),
      act.back && button(act.back.label, act.back.press, { class: "link" }),
    ),
    ...panels,
    list,
    !panels.length && figures(reply.figures), // the panels say the same in words
  );
}

/**
 * Return the result of a click so far, shown above its questions; `null` if it only asked.
 * @param {import("../contract.js").Reply} reply
 */
export function replySoFar(reply) {
  if (!reply.edits?.length && !reply.output) return null;
  const summary = element("p", {}, reply.summary);
  // What is shown before it is recorded is no failure.
  return reply.asks?.tables?.length ? card({ level: "review" }, summary, NOT_YET) : card(reply, summary);
}

/**
 * @param {{level: import("../contract.js").Reply["level"]}} reply
 * @param {HTMLElement} summary
 * @param {string} [said] instead of the word for the level
 */
function card({ level }, summary, said) {
  const word = element("p", { class: "level" }, sign(level), said ?? LEVELS[level]);
  return element("div", { class: `card ${level}`, role: "status" }, word, summary);
}

/** @param {Record<string, unknown>} all */
function figures(all) {
  const pairs = figurePairs(all ?? {});
  if (!pairs.length) return null;
  const cells = pairs
    .slice(0, FIGURES_SHOWN)
    .map(([label, value]) => element("div", {}, element("dt", {}, label), element("dd", {}, value)));
  return element("section", { "aria-label": "Figures" }, element("dl", { class: "figures" }, ...cells));
}

/**
 * Offer the finished sheets as a file if Excel did not accept them.
 * @param {Uint8Array} file
 * @param {import("../refusals.js").Refusal} failure
 */
function download(file, failure) {
  const url = urlOf(file, XLSX);
  const { detail, remedy } = failure.problem;
  const why = `The finished sheets could not be put into this workbook. ${detail} ${remedy}`;
  const link = element("a", { href: url, download: "Finished sheets.xlsx", class: "download" }, "Save them as a file");
  const level = element("p", { class: "level" }, sign("review"), "Not in the workbook yet");
  return element("div", { class: "card review", role: "alert" }, level, element("p", {}, why), link);
}

/**
 * Offer the file that the service made for the person.
 * @param {import("../click.js").Handed} handed
 */
function handOver({ name, bytes }) {
  const type = name.endsWith(".pdf") ? "application/pdf" : "application/zip";
  return element("p", {}, element("a", { href: urlOf(bytes, type), download: name, class: "download" }, `Save ${name}`));
}

/**
 * Return an address within this page for bytes, which a link can offer as a download.
 * @param {Uint8Array} bytes
 * @param {string} type
 */
const urlOf = (bytes, type) => URL.createObjectURL(new Blob([/** @type {BlobPart} */ (bytes)], { type }));
