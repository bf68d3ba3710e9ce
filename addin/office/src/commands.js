/** The ribbon's buttons: each opens the pane, which shows the result of the click. */

/**
 * Register the actions of the ribbon buttons with Excel. Excel holds back the next click until `completed` is called.
 * @param {import("./contract.js").Ribbon} ribbon
 * @param {(button: import("./contract.js").Button) => Promise<void>} press never rejects
 */
export function associate(ribbon, press) {
  for (const button of ribbon.button) {
    Office.actions.associate(button.id, async (/** @type {Office.AddinCommands.Event} */ event) => {
      try {
        await Office.addin.showAsTaskpane().catch(() => undefined); // an Excel that cannot show it still works
        await press(button);
      } finally {
        event.completed();
      }
    });
  }
}
