/** The keyboard shortcuts of the add-in: its file of shortcuts, as the manifest names it, and the keys that press them. */

/** @typedef {{action: string, key: {default: string}}} Shortcut */

/**
 * Press an action of the add-in with its keys. As in Excel on the web, they work while the task pane has no focus.
 *
 * @param {string} address of the file @param {(action: string) => void} press
 */
export async function listenForShortcuts(address, press) {
  const { shortcuts } = /** @type {{shortcuts: Shortcut[]}} */ (await (await fetch(address)).json());
  const actions = new Map(shortcuts.map(({ action, key }) => [key.default, action]));
  document.addEventListener("keydown", (event) => {
    const action = actions.get(keysOf(event));
    if (!action) return;
    event.preventDefault();
    press(action);
  });
}

/** @param {KeyboardEvent} event @returns {string} such as `Ctrl+Shift+Alt+K` */
function keysOf({ ctrlKey, shiftKey, altKey, code }) {
  const held = [ctrlKey && "Ctrl", shiftKey && "Shift", altKey && "Alt"].filter(Boolean);
  return [...held, code.replace(/^(Key|Digit)/, "")].join("+");
}
