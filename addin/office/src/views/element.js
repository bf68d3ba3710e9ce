/** Elements of the page, made the one way in which nothing a sheet says can become markup. */

/**
 * @typedef {string | Node | null | false | undefined} Child nothing is shown for `null`, `false` and ``
 * @typedef {Record<string, string | number | boolean | EventListener | null | undefined>} Attributes
 *   functions are listeners (`onclick`), booleans stand without a value or not at all, `aria-*` are always spelt out
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
 * The head of a view: it takes the focus when the view comes up, so that a screen reader begins there.
 * @param {string} text
 */
export const heading = (text) => element("h2", { tabindex: -1, "data-start": "" }, text);

/**
 * A sign that is never alone: the word beside it says the same.
 * @param {"done" | "review" | "blocked" | "info" | "waiting"} kind
 */
export const sign = (kind) => element("span", { class: `sign ${kind}`, "aria-hidden": "true" }, SIGNS[kind]);

const SIGNS = { done: "✓", review: "!", blocked: "✕", info: "i", waiting: "…" };
