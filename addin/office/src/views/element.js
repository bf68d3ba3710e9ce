/** Creates elements of the page. Text from a sheet never becomes markup. */

/**
 * @typedef {string | Node | null | false | undefined} Child nothing is shown for `null`, `false` and ``
 * @typedef {Record<string, string | number | boolean | EventListener | null | undefined>} Attributes
 *   functions are listeners (`onclick`), booleans are written without a value or left out, `aria-*` are always written as text
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (name.startsWith("aria-")) made.setAttribute(name, String(value));
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else if (value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child instanceof Node || Boolean(child)).map((child) => child || ""));
  return made;
}

/**
 * @param {string} label
 * @param {() => void} press
 * @param {Attributes} [attributes]
 */
export const button = (label, press, attributes = {}) =>
  element("button", { type: "button", ...attributes, onclick: press }, label);

/**
 * The heading of a view. It gets the focus when the view is shown, so that a screen reader begins there.
 * @param {string} text
 */
export const heading = (text) => element("h2", { tabindex: -1, "data-start": "" }, text);

/**
 * A sign. It is always next to a word that says the same.
 * @param {"done" | "review" | "blocked" | "info" | "waiting"} kind
 */
export const sign = (kind) => element("span", { class: `sign ${kind}`, "aria-hidden": "true" }, SIGNS[kind]);

const SIGNS = { done: "✓", review: "!", blocked: "✕", info: "i", waiting: "…" };
