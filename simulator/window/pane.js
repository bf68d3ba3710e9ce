/**
 * The task pane: one page in a frame that is both the pane and the runtime of the commands.
 *
 * It is loaded with the first command or when the pane is first shown, lives on when the pane is closed, and
 * goes with the workbook. The frame is sandboxed as in Excel: `alert`, `confirm` and `prompt` do nothing.
 */

const SANDBOX = "allow-scripts allow-same-origin allow-forms allow-downloads allow-popups";
const PATIENCE_MS = 15_000;

export class Pane {
  /** @param {HTMLElement} box @param {string} page the address of the add-in's page */
  constructor(box, page) {
    this.box = box;
    this.page = page;
    /** @type {HTMLIFrameElement | null} */
    this.frame = null;
    /** @type {Map<string, (event: unknown) => unknown>} */
    this.actions = new Map();
    /** @type {(() => void)[]} */
    this.waiting = [];
  }

  show() {
    this.box.hidden = false;
    this.load();
  }

  hide() {
    this.box.hidden = true;
  }

  /** Start the add-in, if it does not run. */
  load() {
    if (this.frame) return;
    this.frame = document.createElement("iframe");
    this.frame.title = "Clinic Ledger";
    this.frame.setAttribute("sandbox", SANDBOX);
    this.frame.src = this.page;
    this.box.append(this.frame);
  }

  /** End the add-in: another workbook was opened. */
  unload() {
    this.frame?.remove();
    this.frame = null;
    this.actions.clear();
    if (!this.box.hidden) this.load();
  }

  /** `Office.actions.associate`. @param {string} action @param {(event: unknown) => unknown} run */
  associate(action, run) {
    this.actions.set(action, run);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Run a command until it calls `event.completed()`. @param {string} action @throws {Error} where the add-in knows no such action */
  async run(action) {
    this.load();
    const run = await this.action(action);
    await new Promise((resolve) => {
      run({ source: { id: action }, completed: () => resolve(undefined) });
    });
  }

  /** @param {string} action @returns {Promise<(event: unknown) => unknown>} once the page has associated it */
  async action(action) {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const run = this.actions.get(action);
      if (run) return run;
      if (performance.now() > end) throw new Error(`The add-in has no command ${action}.`);
      await Promise.race([
        new Promise((resolve) => this.waiting.push(() => resolve(undefined))),
        new Promise((resolve) => setTimeout(resolve, 200)),
      ]);
    }
  }
}
