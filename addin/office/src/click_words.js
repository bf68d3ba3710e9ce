/** What a view says about a click: the way back to what offered it, and its options. */

import { inWords } from "./views/options.js";

/**
 * Return the way to what offered a click, as a step; `null` if nothing did.
 * @param {import("./click.js").Click} click
 */
export const backOf = ({ back }) => back && { label: back.label, press: () => back.show("") };

/**
 * Return a sentence with the options of a click, or "": people must see why some invoices are missing. Before it stands
 * what was done before the click went on.
 * @param {import("./click.js").Click} click
 */
export function optionsOf({ button, options, done }) {
  const words = inWords(button, options);
  return [done, words && `${button.label} with ${words}.`].filter(Boolean).join(" ");
}
