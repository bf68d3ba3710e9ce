/** The ribbon's buttons: each opens the pane, which shows the result of the click. Those that can do nothing are disabled. */

/**
 * Register the actions of the ribbon buttons with Excel. Excel holds back the next click until `completed` is called.
 * @param {import("./contract.js").Ribbon} ribbon
 * @param {(button: import("./contract.js").Button) => Promise<void>} press never rejects
 */
export function associate(ribbon, press) {
  for (const button of ribbon.button) {
    Office.actions.associate(button.id, async (/** @type {Office.AddinCommands.Event | undefined} */ event) => {
      try {
        await Office.addin.showAsTaskpane().catch(() => undefined); // an Excel that cannot show it still works
        await press(button);
      } finally {
        event?.completed(); // a keyboard shortcut may give no event
      }
    });
  }
}

/**
 * Register what the pane does by itself, for the ribbon and for keyboard shortcuts. The pane is shown first.
 * @param {import("./contract.js").Ribbon} ribbon
 * @param {Record<string, () => void>} acts by the id of the action; what is not here only shows the pane
 */
export function associatePane(ribbon, acts) {
  for (const { id } of ribbon.pane) {
    Office.actions.associate(id, async (/** @type {Office.AddinCommands.Event | undefined} */ event) => {
      await Office.addin.showAsTaskpane().catch(() => undefined);
      acts[id]?.();
      event?.completed(); // a keyboard shortcut may give no event
    });
  }
}

/** The ids of the ribbon begin with this in the manifest. */
const PREFIX = "ClinicLedger";

/**
 * Enable the buttons of Excel's ribbon that can do something and disable the others, as far as this Excel can do that.
 * @param {import("./contract.js").Ribbon} ribbon
 * @param {(button: import("./contract.js").Button) => string} hindrance
 */
export async function showOnRibbon(ribbon, hindrance) {
  if (!Office.context.requirements.isSetSupported("RibbonApi", "1.1")) return;
  const groups = ribbon.group.map(({ id }) => ({
    id: `${PREFIX}.${id}`,
    controls: ribbon.button
      .filter((button) => button.id.startsWith(`${id}.`))
      .map((button) => ({ id: `${PREFIX}.${button.id}`, enabled: hindrance(button) === "" })),
  }));
  // Excel refuses after an update of the add-in until it is started again; the buttons all work until then.
  await Office.ribbon.requestUpdate({ tabs: [{ id: `${PREFIX}.tab`, groups }] }).catch(() => undefined);
}
