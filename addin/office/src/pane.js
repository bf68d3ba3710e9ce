/** The task pane: one view at a time, one click at a time. */

import { look, nameOf } from "./checks.js";
import { Click } from "./click.js";
import { Cancelled, inPlainWords } from "./refusals.js";
import * as service from "./service.js";
import { connection } from "./views/connection.js";
import { element } from "./views/element.js";
import { findings } from "./views/findings.js";
import { form } from "./views/form.js";
import { home } from "./views/home.js";
import { inWords } from "./views/options.js";
import { PATIENCE_MS, STUCK, progress } from "./views/progress.js";
import { refusal } from "./views/refusal.js";
import { offersOf, remediesOf, wayToRows } from "./views/remedies.js";
import { result, replySoFar } from "./views/result.js";
import * as workbook from "./workbook.js";

/**
 * @typedef {import("./contract.js").Button} Button
 * @typedef {import("./contract.js").Finding} Finding
 * @typedef {import("./contract.js").Remedy} Remedy
 * @typedef {import("./contract.js").Ribbon} Ribbon
 */

const CHOOSE_CLINIC = "clinic.choose";

export class Pane {
  /** @type {Promise<void>} */
  #underway = Promise.resolve();
  /** @type {{id: string, name: string}[]} */
  #clinics = [];
  /** @type {string | null | undefined} `undefined` until Excel answers */
  #clinic;
  #pressed = false;
  /** @type {Map<string, import("./click.js").Answers>} by button: the options that are set; they stay until they are reset */
  #options = new Map();
  /**
   * The click that goes on after the next step of its remedy: setup sheets that were opened are saved first.
   * @type {{step: string, click: Click} | null}
   */
  #waiting = null;

  /**
   * @param {Ribbon} ribbon
   * @param {{view: Element, clinic: Element, says: Element}} places of the page
   */
  constructor(ribbon, places) {
    this.ribbon = ribbon;
    this.places = places;
  }

  /** Run the checks, and show the buttons if all of them pass. */
  async start() {
    const list = await this.#look();
    if (this.#pressed) return; // a ribbon button opened the pane; show its click instead
    if (list.every(({ state }) => state === "done")) this.#home();
    else this.#connection(list);
  }

  /**
   * Carry out a click after the one in progress, and show its result. Never rejects.
   * @param {Button} button
   */
  press(button) {
    this.#pressed = true;
    if (this.#waiting?.step !== button.id) this.#waiting = null;
    const resumes = this.#waiting?.click ?? null;
    return this.#next(new Click(button, { options: this.#optionsOf(button), resumes }));
  }

  /** @param {Button} button */
  #optionsOf = (button) => this.#options.get(button.id) ?? {};

  /** @param {Click} click */
  #next(click) {
    this.#underway = this.#underway.then(() => this.#carryOut(click));
    return this.#underway;
  }

  /** @param {Click} click */
  async #carryOut(click) {
    const stop = new AbortController();
    const { view, update } = progress(click.button.label, () => stop.abort());
    this.#show(view, optionsOf(click));
    try {
      const outcome = await click.carryOut(update, stop.signal);
      await this.#learnClinic(outcome.reply.bind?.clinic);
      const onward = this.#goesOn(click, outcome);
      if (onward) await this.#carryOut(onward);
      else this.#tell(click, outcome);
    } catch (error) {
      if (error instanceof Cancelled) this.#home("Canceled. Nothing was recorded.");
      else this.#refuse(click, inPlainWords(error));
    }
  }

  /**
   * @param {Click} click
   * @param {import("./click.js").Outcome} outcome
   */
  #tell(click, outcome) {
    const { reply } = outcome;
    const { asks } = reply;
    const list = this.#listed(click, reply.findings ?? [], reply.findings_total ?? 0);
    if (!asks) {
      const label = `${click.button.label} again`;
      const again = reply.level === "done" ? null : { label, press: () => void this.#next(click.freshClick()) };
      const onward = this.#stepTo(reply.next);
      const show = reply.level === "blocked" ? wayToRows(reply.findings ?? [], reply.findings_total ?? 0, this.#goTo) : null;
      const waits = onward && this.#waiting && `After ${onward.label}, ${this.#waiting.click.button.label} goes on by itself.`;
      this.#show(result(outcome, list, { show, onward, again, leave: () => this.#home() }), waits || optionsOf(click));
      return;
    }
    // The answers make a new click: the recorded answer to this one is the question.
    const asked = asks.fields.map(({ name }) => name);
    const answer = (/** @type {import("./click.js").Answers} */ given) => void this.#next(click.withAnswers(given, asked));
    const leave = () => this.#home("Canceled. Nothing was recorded.");
    this.#show(form(asks, replySoFar(reply), list, { answer, leave }), optionsOf(click));
  }

  /**
   * Return the click that goes on now that its remedy was carried out, or `null`. If the remedy has a next step of its
   * own, such as saving the setup that it opened, the click waits for that step.
   * @param {Click} click
   * @param {import("./click.js").Outcome} outcome
   */
  #goesOn({ resumes }, { reply, failure }) {
    if (!resumes || reply.asks || failure || reply.level === "blocked") return null;
    const isLast = !reply.next || reply.next === resumes.button.id;
    this.#waiting = isLast ? null : { step: /** @type {string} */ (reply.next), click: resumes };
    return isLast ? resumes.goingOn(reply.summary) : null;
  }

  /**
   * Return what findings offer, and the findings themselves.
   * @param {Click} click
   * @param {Finding[]} list
   * @param {number} total
   */
  #listed(click, list, total) {
    const offered = remediesOf(list, this.#offering(click), this.#goTo);
    const shown = findings(list, total, this.#goTo);
    return offered ? element("div", { class: "view" }, offered, shown) : shown;
  }

  /**
   * Return what pressing a remedy of a click does.
   * @param {Click} click
   * @returns {import("./views/remedies.js").Offering}
   */
  #offering = (click) => (remedy) => {
    const button = this.ribbon.button.find(({ id }) => id === remedy.button);
    return button ? () => void this.#next(click.remedied(button, remedy)) : null;
  };

  /**
   * Return the next step of the work, as a button.
   * @param {string | null | undefined} id
   */
  #stepTo(id) {
    const button = this.ribbon.button.find((one) => one.id === id);
    return button ? { label: button.label, press: () => void this.press(button) } : null;
  }

  /**
   * @param {Click} click
   * @param {import("./refusals.js").Refusal} refused
   */
  #refuse(click, refused) {
    const list = refused.problem.findings ?? [];
    const again = refused.again ? () => void this.#next(click) : null;
    const check = refused.connection ? () => void this.#check() : null;
    const section = this.#listed(click, list, list.length);
    const offers = offersOf(refused.problem.remedies ?? [], this.#offering(click));
    const show = wayToRows(list, list.length, this.#goTo);
    if (show) offers.push(show);
    // What was refused may be pressed once more with the same inputs, after something was corrected by hand.
    const anew = { label: `${click.button.label} again`, press: () => void this.#next(click.goingOn("")) };
    this.#show(refusal(refused, section, { again, anew, check, offers, leave: () => this.#home() }), optionsOf(click));
  }

  /** @param {Finding} finding */
  #goTo = async ({ sheet, cell }) => {
    try {
      await workbook.goTo(sheet, cell);
      this.#say(`Selected ${cell || "the sheet"} of ${sheet}.`);
    } catch (error) {
      const { detail, remedy } = inPlainWords(error).problem;
      this.#say(`${detail} ${remedy}`);
    }
  };

  #home(said = "") {
    /** @type {import("./views/home.js").Act} */
    const act = {
      press: (one) => void this.press(one),
      check: () => void this.#check(),
      set: (one, given) => this.#options.set(one.id, given),
    };
    this.#show(home(this.ribbon, this.#clinic, this.#optionsOf, act), said);
  }

  async #check() {
    this.#connection(await this.#look());
  }

  /** @param {import("./checks.js").Check[]} list */
  #connection(list) {
    const choose = () => {
      const button = this.ribbon.button.find(({ id }) => id === CHOOSE_CLINIC);
      if (button) void this.press(button);
    };
    const act = { again: () => void this.#check(), leave: () => this.#home(), choose, pair: this.#pair };
    this.#show(connection(list, act));
  }

  /** @param {string} code */
  #pair = async (code) => {
    try {
      await service.pair(code);
    } catch (error) {
      const { detail, remedy } = inPlainWords(error).problem;
      return `${detail} ${remedy}`;
    }
    await this.#check();
    return "";
  };

  async #look() {
    const waiting = setTimeout(() => this.#say(STUCK), PATIENCE_MS);
    this.#clinic = await workbook.clinicOf().catch(() => undefined);
    clearTimeout(waiting);
    const { clinics, list } = await look(this.#clinic ?? null);
    if (clinics.length) this.#clinics = clinics;
    this.#showClinic();
    return list;
  }

  /** @param {string | undefined} bound by the reply of a click */
  async #learnClinic(bound) {
    if (!bound) return;
    this.#clinic = bound;
    this.#clinics = await service.clinics().catch(() => this.#clinics);
    this.#showClinic();
  }

  #showClinic() {
    this.places.clinic.textContent = this.#clinic ? nameOf(this.#clinic, this.#clinics) : "No clinic chosen yet";
  }

  /**
   * @param {HTMLElement} view
   * @param {string} [said]
   */
  #show(view, said = "") {
    this.#say(said);
    this.places.view.replaceChildren(view);
    const start = view.querySelector("[data-start]");
    // Only if the pane has the focus already: a ribbon button must not take the focus from the sheet.
    if (start instanceof HTMLElement && document.hasFocus()) start.focus();
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.places.says.textContent = sentence;
  }
}

/**
 * Return a sentence with the options of a click, or "": people must see why some invoices are missing. Before it stands
 * what was done before the click went on.
 * @param {Click} click
 */
function optionsOf({ button, options, done }) {
  const words = inWords(options);
  return [done, words && `${button.label} with ${words}.`].filter(Boolean).join(" ");
}
