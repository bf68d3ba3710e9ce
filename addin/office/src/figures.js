/** The figures of a reply as text. The names come from the service; this code does not know their meaning. */

const CENTS = "_cents";
/** A code and its label are two figures, such as `state` and `state_label`: programs read one and people the other. */
const LABEL = "_label";

/** Figures that the pane shows elsewhere, or that people do not need. */
const UNSHOWN = new Set(["clinic", "name", "fingerprint", "document"]);

/** Amounts that few pay runs have: $0.00 of them says nothing. */
const UNSHOWN_ZEROS = new Set([
  "adjustment_cents",
  "plans_cents",
  "items_cents",
  "collections_cents",
  "unallocated_cents",
  "carried_in_cents",
  "carried_out_cents",
]);

/**
 * Return the figures worth showing, as pairs of a label and a text: amounts first, then counts, then words.
 * Lists and counts of zero are left out, and amounts of zero that few pay runs have.
 * @param {Record<string, unknown>} figures
 * @returns {[label: string, text: string][]}
 */
export function figurePairs(figures) {
  const pairs = Object.entries(figures).filter(([name, value]) => {
    if (`${name}${LABEL}` in figures) return false;
    if (typeof value === "number") return value !== 0 || (name.endsWith(CENTS) && !UNSHOWN_ZEROS.has(name));
    return typeof value === "string" && value !== "" && !UNSHOWN.has(name);
  });
  const sorted = pairs.sort(([a, x], [b, y]) => place(a, x) - place(b, y));
  return sorted.map(([name, value]) => [label(name), text(name, value)]);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function place(name, value) {
  if (name.endsWith(CENTS)) return 0;
  return typeof value === "number" ? 1 : 2;
}

/** @param {string} name */
function label(name) {
  const words = name.replace(/_cents$/, "_amount").replace(/_label$/, "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function text(name, value) {
  if (typeof value !== "number") return usDays(String(value));
  return name.endsWith(CENTS) ? dollars(value) : value.toLocaleString("en-US");
}

/**
 * Return whole cents as dollars. No division of amounts: the cents are the last two digits.
 * @param {number} cents
 */
export function dollars(cents) {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${cents < 0 ? "−" : ""}$${whole}.${digits.slice(-2)}`;
}

/**
 * Return a text with its days as people write them here: `10/01/2026` for `2026-10-01`.
 * @param {string} text
 */
export const usDays = (text) => text.replace(/(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?![\d-])/g, "$2/$3/$1");
