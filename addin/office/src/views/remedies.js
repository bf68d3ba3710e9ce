/** What refusals and findings offer: buttons to press, and the way to the rows that they are about. */

import { button, element } from "./element.js";

/**
 * @typedef {import("../contract.js").Finding} Finding
 * @typedef {import("../contract.js").Remedy} Remedy
 * @typedef {{finding: Finding, rows: number, messages: Set<string>}} Kind the first finding of a kind, how many rows have
 *   it, and what is said about them
 * @typedef {{label: string, press: () => void}} Offer
 * @typedef {(remedy: Remedy) => (() => void) | null} Offering returns what pressing a remedy does, `null` if its button is not here
 */

const KINDS_SHOWN = 8;

/**
 * Return the kinds of findings that offer something: those of one code with the same remedies are one kind.
 * @param {Finding[]} list
 * @returns {Kind[]}
 */
export function kindsOf(list) {
  /** @type {Map<string, Kind>} */
  const kinds = new Map();
  for (const finding of list) {
    if (!finding.remedies?.length) continue;
    const key = JSON.stringify([finding.code, finding.remedies]);
    const kind = kinds.get(key) ?? { finding, rows: 0, messages: new Set() };
    kind.messages.add(finding.message);
    kinds.set(key, { ...kind, rows: kind.rows + 1 });
  }
  return [...kinds.values()];
}

/**
 * Return the remedies as offers, without those whose button is not here.
 * @param {Remedy[]} remedies
 * @param {Offering} offering
 * @returns {Offer[]}
 */
export const offersOf = (remedies, offering) =>
  remedies.flatMap((remedy) => {
    const press = offering(remedy);
    return press ? [{ label: remedy.label, press }] : [];
  });

/**
 * Return findings without those of their remedies that are offered already, by the refusal that they belong to.
 * @param {Finding[]} list
 * @param {Remedy[]} offered
 * @returns {Finding[]}
 */
export function withoutOffered(list, offered) {
  const taken = new Set(offered.map((remedy) => JSON.stringify(remedy)));
  return list.map((finding) => ({
    ...finding,
    remedies: (finding.remedies ?? []).filter((remedy) => !taken.has(JSON.stringify(remedy))),
  }));
}

/**
 * Return what the findings offer, once for each kind; `null` if they offer nothing.
 * @param {Finding[]} list
 * @param {Offering} offering
 * @param {(finding: Finding) => void} goTo
 */
export function remediesOf(list, offering, goTo) {
  const kinds = kindsOf(list).filter(({ finding }) => offersOf(finding.remedies ?? [], offering).length);
  if (!kinds.length) return null;
  const items = kinds.map((kind) => item(kind, offering, goTo));
  const more = items.length - KINDS_SHOWN;
  return element(
    "section",
    { "aria-labelledby": "remedies-title", class: "remedies" },
    element("h3", { id: "remedies-title" }, "What you can do"),
    element("ul", {}, ...items.slice(0, KINDS_SHOWN)),
    more > 0 &&
      element("details", {}, element("summary", {}, `${more} more`), element("ul", {}, ...items.slice(KINDS_SHOWN))),
  );
}

/**
 * @param {Kind} kind
 * @param {Offering} offering
 * @param {(finding: Finding) => void} goTo
 */
function item({ finding, rows, messages }, offering, goTo) {
  const offers = offersOf(finding.remedies ?? [], offering);
  const show = finding.sheet && finding.cell ? { label: showing(rows), press: () => goTo(finding) } : null;
  return element(
    "li",
    { "data-code": finding.code },
    element("p", {}, messages.size > 1 ? `${finding.message} (${messages.size - 1} more like it)` : finding.message),
    element(
      "div",
      { class: "actions" },
      ...offers.map(({ label, press }) => button(label, press)),
      show && button(show.label, show.press, { class: "link" }),
    ),
  );
}

/**
 * Return the label of the way to rows: "Show the 12 rows".
 * @param {number} rows
 */
export const showing = (rows) => (rows === 1 ? "Show the row" : `Show the ${rows.toLocaleString("en-US")} rows`);

/**
 * Return the way to the worst of the findings that have a cell, as an offer: "Show the 12 rows"; `null` if none has one.
 * @param {Finding[]} list the worst first
 * @param {number} total
 * @param {(finding: Finding) => void} goTo
 * @returns {Offer | null}
 */
export function wayToRows(list, total, goTo) {
  const first = list.find(({ sheet, cell }) => sheet && cell);
  const blockers = list.filter(({ severity, cell }) => severity === "blocker" && cell).length;
  // A reply lists at most a few hundred, so a full list of blockers counts by the total.
  const rows = blockers === list.length ? total : blockers || 1;
  return first ? { label: showing(rows), press: () => goTo(first) } : null;
}
