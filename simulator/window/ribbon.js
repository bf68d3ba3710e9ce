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

  /**
   * Make every group fit, as Excel does in a narrow window: from the right, groups are made compact, and if closer spaces do
   * not help either, each becomes one button that opens it. What room is left goes to the first groups.
   */
  fit() {
    const fromRight = /** @type {HTMLElement[]} */ ([...this.bar.children]).reverse();
    const ways = { compact: fromRight, tight: [this.bar], collapsed: fromRight };
    for (const [way, places] of Object.entries(ways)) for (const place of places) set(place, way, false);
    for (const [way, places] of Object.entries(ways)) {
      for (const place of places) if (!this.fits()) set(place, way, true);
    }
    for (const [way, places] of Object.entries(ways).reverse()) {
      for (const place of [...places].reverse()) {
        if (!place.classList.contains(way)) continue;
        set(place, way, false);
        if (!this.fits()) set(place, way, true);
      }
    }
  }

  /** Return whether everything is in sight. */
  fits() {
    return this.bar.scrollWidth <= this.bar.clientWidth;
  }

  /** @param {{label: string}} group @param {Button[]} buttons @param {string} icons */
  group({ label }, buttons, icons) {
    const [section, row, title] = [element("section", "group"), element("div"), element("h2")];
    title.textContent = label;
    section.setAttribute("aria-label", label);
    row.append(...buttons.map((button) => this.button(button, icons)));
    row.addEventListener("click", () => row.popover && row.hidePopover());
    section.append(row, unfold(label, row, `${icons}/${buttons[0]?.id}-32.png`), title);
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

/**
 * Make a group compact or collapsed, or the whole bar tight, or take that back.
 * @param {HTMLElement} place @param {string} name @param {boolean} isSo
 */
function set(place, name, isSo) {
  place.classList.toggle(name, isSo);
  // A collapsed group shows only the button that opens it.
  if (name === "collapsed") /** @type {HTMLElement} */ (place.firstElementChild).popover = isSo ? "auto" : null;
}

/**
 * Return the button of a collapsed group, which opens its buttons below it.
 * @param {string} label @param {HTMLElement} row @param {string} icon
 */
function unfold(label, row, icon) {
  const trigger = element("button", "command large unfold");
  trigger.append(Object.assign(element("img"), { alt: "", src: icon }), label);
  Object.assign(trigger, { type: "button", title: `${label}: show the buttons`, popoverTargetElement: row });
  trigger.setAttribute("aria-expanded", "false");
  row.addEventListener("toggle", () => {
    const [{ left, bottom }, isOpen] = [trigger.getBoundingClientRect(), row.matches(":popover-open")];
    trigger.setAttribute("aria-expanded", String(isOpen));
    row.style.left = `${Math.max(8, Math.min(left, innerWidth - row.offsetWidth - 8))}px`;
    row.style.top = `${bottom + 4}px`;
  });
  return trigger;
}

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} [className] */
function element(tag, className = "") {
  return Object.assign(document.createElement(tag), { className });
}
