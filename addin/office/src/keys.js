/** The keys of the pane. The keys of a list of findings are in views/worklist.js. */

/** The keys that move from button to button in a list of buttons, and how far. @type {Record<string, number>} */
const MOVES = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/**
 * Listen for Escape, which leaves a view, F1 for the help, and the arrows in the lists of buttons.
 * @param {Element} view where the views are shown
 * @param {() => void} help
 */
export function listenForKeys(view, help) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape") leave(view, event);
    else if (event.key === "F1") take(event, help);
    else if (event.key in MOVES) move(event);
  });
}

/**
 * @param {Element} view
 * @param {KeyboardEvent} event
 */
function leave(view, event) {
  const way = view.querySelector("[data-leave]:not([hidden])");
  if (way instanceof HTMLElement) take(event, () => way.click());
  else for (const tip of view.querySelectorAll(":is(:focus, :hover) + .tip")) tip.classList.add("dismissed"); // it may cover something
}

/** @param {KeyboardEvent} event */
function move(event) {
  const { target } = event;
  if (!(target instanceof HTMLElement) || !target.matches(".command") || event.altKey || event.ctrlKey || event.metaKey) return;
  const commands = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".command")]);
  const at = commands.indexOf(target) + (MOVES[event.key] ?? 0);
  take(event, () => commands[Math.min(Math.max(at, 0), commands.length - 1)]?.focus());
}

/**
 * @param {KeyboardEvent} event
 * @param {() => void} act
 */
function take(event, act) {
  event.preventDefault();
  act();
}
