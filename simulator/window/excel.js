/** The window of the simulated Excel: its parts made, and tied to each other. */

import { letters, parseArea } from "../book/area.js";
import { linkOf } from "../book/links.js";
import { Workbook } from "../book/workbook.js";
import { hex } from "../book/looks.js";
import { office } from "../api/office.js";
import { Dropdown } from "./dropdown.js";
import { Editor } from "./editor.js";
import { download, fetchWorkbook } from "./files.js";
import { Grid } from "./grid.js";
import { Happenings } from "./happenings.js";
import { Pane } from "./pane.js";
import { Ribbon } from "./ribbon.js";
import { Selecting } from "./selecting.js";
import { listenForShortcuts } from "./shortcuts.js";
import { sumsOf } from "./sums.js";

/** Where the service keeps things (server/api/simulated.py). */
const PAGE = "/office/taskpane.html";
const WORKBOOK = "/excel/workbook";
const ICONS = "/office/icons";
const SHORTCUTS = "/office/shortcuts.json";

/** What the page's address asks for: `?theme=dark`, or `?excelapi=1.9` for an older Excel. */
const told = new URLSearchParams(location.search);

class Window {
  /** @param {Workbook} book */
  constructor(book) {
    this.book = book;
    this.theme = /** @type {"light" | "dark"} */ ("light");
    this.excelApi = told.get("excelapi") ?? "1.17";
    this.grid = new Grid(part("grid"));
    this.pane = new Pane(part("pane"), PAGE);
    this.ribbon = new Ribbon(part("ribbon"), (button) => this.press(button));
    this.editor = new Editor(this.grid, field("formula"), {
      changed: () => this.draw(),
      moved: (down, across) => this.selecting.by(down, across),
      said: (text) => this.say(text),
      typed: (text) => this.dropdown.typed(text),
      steered: (event) => this.dropdown.steer(event),
    });
    /** @type {Dropdown} */
    this.dropdown = new Dropdown(this.grid, this.editor);
    this.grid.drawn = () => this.dropdown.refresh();
    this.selecting = new Selecting(this.grid, this.editor, {
      selected: () => this.showSelection(),
      changed: () => this.draw(),
      turned: (by) => this.turn(by),
      asked: () => this.dropdown.open(),
    });
    // Not "click": a cell that is drawn again between the press and the release of the button gets none.
    this.grid.stage.addEventListener("pointerdown", (event) => {
      const down = this.grid.placeAt(event);
      const release = (/** @type {PointerEvent} */ up) => this.follow(down, up);
      document.addEventListener("pointerup", release, { once: true });
    });
    /** @type {import("../api/office.js").Shell} what an add-in reaches */
    this.shell = shellOf(this);
    this.happenings = new Happenings();
    this.drawing = 0;
    this.take(book);
  }

  /** Show another workbook. The add-in starts anew with it. @param {Workbook} book */
  take(book) {
    this.book = book;
    book.watchers.add(() => this.soon());
    part("file-name").textContent = book.fileName;
    document.title = `${book.fileName} - Simulated Excel`;
    this.happenings.forget(book);
    this.ribbon.enableAll();
    this.pane.unload();
    this.draw();
    this.selecting.adopt();
  }

  /** Draw once, after all that is being changed. */
  soon() {
    if (this.drawing) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = 0;
      this.draw();
    });
  }

  draw() {
    const turned = this.grid.sheet !== this.book.active;
    this.grid.show(this.book.active);
    if (turned) this.selecting.adopt();
    this.drawSheets();
    this.showSelection();
  }

  drawSheets() {
    const tabs = this.book.sheets
      .filter((sheet) => sheet.visibility === "Visible")
      .map((sheet) => {
        const tab = document.createElement("button");
        tab.type = "button";
        tab.role = "tab";
        tab.setAttribute("aria-selected", String(sheet === this.book.active));
        const colour = hex(sheet.raw.properties?.tabColor);
        if (colour) tab.append(Object.assign(document.createElement("i"), { style: `background:${colour}` }));
        tab.append(sheet.name);
        tab.addEventListener("click", () => {
          this.editor.end(true);
          this.book.activate(sheet);
        });
        return tab;
      });
    part("sheets").replaceChildren(...tabs);
    tabs.find((tab) => tab.ariaSelected === "true")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  showSelection() {
    const sheet = this.book.active;
    // A program that changes cells must not type over somebody's shoulder.
    if (document.activeElement !== field("name-box")) field("name-box").value = sheet.selectedAddress;
    part("sums").textContent = sumsOf(sheet);
    this.editor.refresh();
    part("active-cell").textContent = `${sheet.selectedAddress} ${field("formula").value}`;
    this.happenings.compare(this.book);
  }

  /**
   * Go where the link of a clicked cell goes.
   * @param {ReturnType<Grid["placeAt"]>} down where the button was pressed
   * @param {PointerEvent} event its release
   */
  follow(down, event) {
    const place = this.grid.placeAt(event);
    const isClick = place.part === "cells" && place.row === down.row && place.column === down.column;
    if (!isClick || event.shiftKey) return;
    const link = linkOf(this.book.active, `${letters(place.column)}${place.row}`);
    if (!link) return;
    this.book.activate(link.sheet);
    link.sheet.selection = link.area;
    this.selecting.adopt();
  }

  /** @param {number} by sheets forth or back */
  turn(by) {
    const shown = this.book.sheets.filter((sheet) => sheet.visibility === "Visible");
    const next = shown[shown.indexOf(this.book.active) + by];
    if (next) this.book.activate(next);
  }

  /** @param {string} text what the status bar says */
  say(text) {
    part("status").textContent = text;
  }

  /** @param {string} button */
  async press(button) {
    try {
      await this.pane.run(button);
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {string} name @param {Uint8Array} bytes */
  async open(name, bytes) {
    this.say(`Opening ${name}…`);
    try {
      this.take(await Workbook.open(bytes, name));
      this.say("Ready");
    } catch (error) {
      this.say(`${name} was not opened: ${error instanceof Error ? error.message : error}`);
    }
  }

  async save() {
    this.editor.end(true);
    this.say("Saving…");
    try {
      download(await this.book.save(), this.book.fileName.replace(/(\.xls[xmb]?|\.csv)?$/i, ".xlsx"));
      const charts = this.book.sheets.some((sheet) => sheet.charts.length > 0);
      this.say(charts ? "Saved a copy, without its charts: they cannot be written here" : "Saved a copy");
    } catch (error) {
      this.say(`Nothing was saved: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** @param {"light" | "dark"} theme */
  wear(theme) {
    this.theme = theme;
    document.documentElement.dataset["theme"] = theme;
    part("theme").textContent = theme === "dark" ? "Light" : "Dark";
    part("theme").setAttribute("aria-pressed", String(theme === "dark"));
  }
}

/** @param {Window} window @returns {import("../api/office.js").Shell} */
function shellOf(window) {
  return {
    get book() {
      return window.book;
    },
    get editing() {
      return window.editor.editing;
    },
    get theme() {
      return window.theme;
    },
    excelApi: window.excelApi,
    edited: () => window.editor.edited(),
    selected: () => window.selecting.adopt(),
    showPane: () => window.pane.show(),
    hidePane: () => window.pane.hide(),
    associated: (action, run) => window.pane.associate(action, run),
    listen: (event, handler) => window.happenings.listen(event, handler),
    openNew: (bytes) => void window.open("Book1.xlsx", bytes), // Excel opens a window of its own; here the only one shows it
    updateRibbon: (data) => window.ribbon.update(data),
  };
}

/** @param {Window} window */
function wire(window) {
  const menu = part("file-menu");
  const show = (/** @type {boolean} */ shown) => {
    menu.hidden = !shown;
    part("file").setAttribute("aria-expanded", String(shown));
  };
  part("file").addEventListener("click", () => show(menu.hidden));
  document.addEventListener("click", (event) => event.target !== part("file") && show(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
  part("open").addEventListener("click", () => field("chosen").click());
  part("save").addEventListener("click", () => window.save());
  field("chosen").addEventListener("change", async () => {
    const [file] = field("chosen").files ?? [];
    if (file) await window.open(file.name, new Uint8Array(await file.arrayBuffer()));
    field("chosen").value = "";
  });
  part("theme").addEventListener("click", () => {
    window.wear(window.theme === "dark" ? "light" : "dark");
    window.pane.frame?.contentWindow?.focus(); // Excel tells no add-in of it; one looks when it is turned to
  });
  part("close-pane").addEventListener("click", () => window.pane.hide());
  field("name-box").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const area = parseArea(field("name-box").value);
    if (area) window.book.active.selection = area;
    window.grid.box.focus();
    window.selecting.adopt();
  });
  field("name-box").addEventListener("blur", () => window.showSelection());
}

/** @param {string} id */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The window has no part ${id}.`);
  return found;
}

/** @param {string} id */
function field(id) {
  return /** @type {HTMLInputElement} */ (part(id));
}

async function start() {
  const [{ name, bytes }, table] = await Promise.all([
    fetchWorkbook(WORKBOOK),
    fetch("/ribbon").then((response) => response.json()),
  ]);
  const shown = new Window(await Workbook.open(bytes, name));
  const dark =
    told.get("theme") === "dark" || (!told.has("theme") && matchMedia("(prefers-color-scheme: dark)").matches);
  shown.wear(dark ? "dark" : "light");
  part("tab").textContent = table.tab;
  shown.ribbon.draw(table, ICONS);
  wire(shown);
  await listenForShortcuts(SHORTCUTS, (action) => shown.ribbon.press(action));
  Object.assign(globalThis, { simulatedExcel: { officeFor: () => office(shown.shell), window: shown } });
  document.documentElement.dataset["ready"] = "true";
}

start().catch((error) => (part("status").textContent = `The simulated Excel did not start: ${error.message}`));
