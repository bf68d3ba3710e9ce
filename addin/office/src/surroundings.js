/** The workbook around the pane: whose it is, what it holds, and which buttons can do something there. */

import { hindrance } from "./availability.js";
import { look, nameOf } from "./checks.js";
import { showOnRibbon } from "./commands.js";
import * as service from "./service.js";
import { showBackup, showHindrances, showWaiting } from "./views/home.js";
import * as workbook from "./workbook.js";

/** @typedef {import("./contract.js").Button} Button */

export class Surroundings {
  /** @type {{id: string, name: string}[]} */
  #clinics = [];
  /** @type {import("./availability.js").Contents | null} `null` until Excel answers */
  #contents = null;
  /** @type {import("./contract.js").Session | null} who is signed in; `null` until the service says so */
  session = null;
  /** @type {Map<string, number>} by button: how much waits behind it */
  waiting = new Map();
  /** @type {import("./contract.js").LastBackup | null} `null` until the service says so, and if it makes none */
  backup = null;
  /** @type {Promise<void> | null} the reading that is to come */
  #reading = null;

  /**
   * @param {import("./contract.js").Ribbon} ribbon
   * @param {{view: Element, clinic: Element}} places of the page
   */
  constructor(ribbon, places) {
    this.ribbon = ribbon;
    this.places = places;
  }

  /** Whether the workbook is known to belong to a clinic. */
  get hasClinic() {
    return typeof this.#contents?.clinic === "string";
  }

  /**
   * Return why a button cannot do anything, "" if it can: it is for others, or the workbook lacks something.
   * @param {Button} button
   */
  hindrance = (button) => this.session?.not_allowed[button.id] || hindrance(button, this.ribbon, this.#contents);

  /**
   * Return whether the person may press a button, as far as that is known.
   * @param {Button | undefined} button
   * @returns {button is Button}
   */
  isAllowed = (button) => button !== undefined && !this.session?.not_allowed[button.id];

  /**
   * Read the workbook and run the checks that must pass before a button works.
   * @param {() => void} read called as soon as Excel has answered
   */
  async check(read) {
    this.#contents = await workbook.contents().catch(() => null);
    read();
    const { clinics, session, list } = await look(this.#contents?.clinic ?? null);
    this.session = session;
    if (clinics.length) this.#clinics = clinics;
    this.#showClinic();
    await this.#showHindrances();
    void this.#askService();
    return list;
  }

  /**
   * Read what the workbook holds once a click has ended, and show which buttons work.
   * @param {Promise<void>} click
   */
  readAfter(click) {
    this.#reading ??= click.then(async () => {
      this.#reading = null;
      this.#contents = await workbook.contents().catch(() => this.#contents);
      await this.#showHindrances();
      await this.#askService();
    });
  }

  /** @param {string | undefined} clinic that the reply of a click has bound the workbook to */
  async bind(clinic) {
    if (!clinic) return;
    this.#contents = { sheets: [], ...this.#contents, clinic };
    this.#clinics = await service.clinics().catch(() => this.#clinics);
    this.#showClinic();
  }

  #showClinic() {
    const clinic = this.#contents?.clinic;
    this.places.clinic.textContent = clinic ? nameOf(clinic, this.#clinics) : "No clinic chosen yet";
  }

  /** Ask how the backups stand and how much waits behind buttons, and show it. What cannot be learned is not shown. */
  async #askService() {
    this.backup = await service.lastBackup().catch(() => null);
    showBackup(this.places.view, this.backup);
    await this.#countWaiting();
  }

  async #countWaiting() {
    const clinic = this.#contents?.clinic;
    const counted = this.ribbon.button.filter((one) => one.badge && clinic && this.session && this.isAllowed(one));
    this.waiting = new Map();
    for (const { id, badge } of counted) {
      const due = await service.waiting(clinic ?? "", badge).catch(() => 0);
      this.waiting.set(id, due);
    }
    showWaiting(this.places.view, this.waiting);
  }

  async #showHindrances() {
    showHindrances(this.places.view, this.ribbon, this.hindrance);
    await showOnRibbon(this.ribbon, this.hindrance);
  }
}
