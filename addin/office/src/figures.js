/** Figures of a reply in words people read. The names are the service's; nothing here knows what they mean. */

const CENTS = "_cents";
const CODES = new Set(["fingerprint"]);

/**
 * Return the figures worth showing, as pairs of a label and a text: single numbers and words, no lists.
 * @param {Record<string, unknown>} figures
 * @returns {[string, string][]}
 */
export function shown(figures) {
  return Object.entries(figures).flatMap(([name, value]) => {
    if (CODES.has(name) || !["number", "string"].includes(typeof value) || value === "") return [];
    /** @type {[string, string]} */
    const pair = [label(name), text(name, value)];
    return [pair];
  });
}

/** @param {string} name */
function label(name) {
  const words = name.replace(new RegExp(`${CENTS}$`), "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function text(name, value) {
  if (typeof value !== "number") return String(value);
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
