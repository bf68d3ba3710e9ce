/**
 * The add-in's ribbon tab, drawn from the service's own table, and the queue of commands behind it.
 *
 * Excel runs one command at a time: the next waits until the one before called `event.completed()`.
 */

/**
 * @typedef {{id: string, label: string, tip: string, size: "large" | "small"}} Button
 * @typedef {{id: string, label: string, tip: string, on_ribbon: boolean}} PaneAction what the add-in does by itself
 * @typedef {{tab: string, group: {id: string, label: string}[], button: Button[], pane: PaneAction[]}} Table
 */

export class Ribbon {
  /** @param {HTMLElement} bar @param {(button: string) => Promise<void>} run carries a command out until it is completed */
  constructor(bar, run) {
    this.bar = bar;
    this.run = run;
    /** @type {Promise<void>} */
    this.last = Promise.resolve();
  }

  /** @param {Table} table @param {string} icons the folder of the icons */
  draw(table, icons) {
    const help = table.pane
      .filter((action) => action.on_ribbon)
      .map((action) => ({ ...action, size: /** @type {const} */ ("large") }));
    this.bar.replaceChildren(
      ...table.group.map((group) =>
        this.group(
          group,
          table.button.filter((one) => one.id.startsWith(`${group.id}.`)),
          icons,
        ),
      ),
      this.group({ label: "Help" }, help, icons),
    );
    this.fit();
    new ResizeObserver(() => this.fit()).observe(this.bar);
  }

  /** Make groups compact, from the right, until all of them are in sight, as Excel does in a narrow window; then closer together. */
  fit() {
    const groups = /** @type {HTMLElement[]} */ ([...this.bar.children]).reverse();
    this.bar.classList.remove("tight");
    for (const group of groups) group.classList.remove("compact");
    for (const group of groups) {
      if (this.bar.scrollWidth <= this.bar.clientWidth) return;
      group.classList.add("compact");
    }
    this.bar.classList.toggle("tight", this.bar.scrollWidth > this.bar.clientWidth);
  }

  /** @param {{label: string}} group @param {Button[]} buttons @param {string} icons */
  group({ label }, buttons, icons) {
    const [section, row, title] = [element("section", "group"), element("div"), element("h2")];
    title.textContent = label;
    section.setAttribute("aria-label", label);
    row.append(...buttons.map((button) => this.button(button, icons)));
    section.append(row, title);
    return section;
  }

  /** @param {Button} button @param {string} icons */
  button({ id, label, tip, size }, icons) {
    const [command, icon] = [element("button", `command ${size}`), element("img")];
    Object.assign(icon, { alt: "", src: `${icons}/${id}-${size === "large" ? 32 : 16}.png` });
    icon.addEventListener("error", () => icon.remove());
    command.append(icon, label);
    command.dataset["button"] = id;
    Object.assign(command, { type: "button", title: tip });
    command.addEventListener("click", () => this.press(id));
    return command;
  }

  /** `Office.ribbon.requestUpdate`. @param {Office.RibbonUpdaterData} data */
  update({ tabs }) {
    const controls = tabs.flatMap((tab) => tab.groups ?? []).flatMap((group) => group.controls ?? []);
    for (const { id, enabled } of controls) {
      const command = this.command(id.slice(id.indexOf(".") + 1)); // the manifest's id has the add-in's name before it
      if (command) command.disabled = enabled === false;
    }
  }

  /** Another workbook was opened, and the add-in that disabled buttons is gone. */
  enableAll() {
    for (const command of this.bar.querySelectorAll("button")) command.disabled = false;
  }

  /** @param {string} id @returns {HTMLButtonElement | null} */
  command(id) {
    return this.bar.querySelector(`[data-button="${CSS.escape(id)}"]`);
  }

  /** @param {string} id */
  press(id) {
    this.last = this.last.then(() => this.carryOut(id));
  }

  /** @param {string} id */
  async carryOut(id) {
    const command = this.command(id);
    command?.setAttribute("aria-busy", "true");
    await this.run(id);
    command?.removeAttribute("aria-busy");
  }
}

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} [className] */
function element(tag, className = "") {
  return Object.assign(document.createElement(tag), { className });
}
