/** The task pane: one view at a time, one click at a time. */

import { Click } from "./click.js";
import { backOf, optionsOf } from "./click_words.js";
import { goOnOnceAnswered, showAccount, showChecks, showConnection } from "./connecting.js";
import { listenForKeys } from "./keys.js";
import { Cancelled, inPlainWords } from "./refusals.js";
import { Shown } from "./shown.js";
import { isSignInNeeded, viewToSignIn } from "./signing_in.js";
import { details, examined, keysOf } from "./support.js";
import { Surroundings } from "./surroundings.js";
import { NOT_RUNNING } from "./unreachable.js";
import { element } from "./views/element.js";
import { findings } from "./views/findings.js";
import { form } from "./views/form.js";
import { help } from "./views/help.js";
import { home } from "./views/home.js";
import { offline } from "./views/offline.js";
import { panelsOf } from "./views/panels.js";
import { PATIENCE_MS, STUCK, progress } from "./views/progress.js";
import { refusal } from "./views/refusal.js";
import { offersOf, remediesOf, wayToRows, withoutOffered } from "./views/remedies.js";
import { result, replySoFar } from "./views/result.js";
import { putBack, typedIn } from "./views/typed.js";
import * as workbook from "./workbook.js";

/**
 * @typedef {import("./shown.js").Back} Back
 * @typedef {import("./contract.js").Button} Button
 * @typedef {import("./contract.js").Finding} Finding
 * @typedef {import("./contract.js").Remedy} Remedy
 * @typedef {import("./contract.js").Ribbon} Ribbon
 */

export class Pane {
  /** @type {Promise<void>} */
  #underway = Promise.resolve();
  /** @type {{button: string | null, refusal: string | null}} the button that was pressed last, and the code of the last refusal */
  #last = { button: null, refusal: null };
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
   * @param {string} version of the product
   * @param {{view: Element, clinic: Element, says: Element}} places of the page
   */
  constructor(ribbon, version, places) {
    this.ribbon = ribbon;
    this.version = version;
    this.places = places;
    this.surroundings = new Surroundings(ribbon, places);
    this.shown = new Shown(places);
  }

  /** Run the checks, and show the buttons if all of them pass. */
  async start() {
    listenForKeys(this.places.view, () => this.help());
    const selected = (/** @type {string} */ sheet, /** @type {string} */ address) => this.shown.markFinding(sheet, address);
    await workbook.watch({ selected, changed: () => this.surroundings.readAfter(this.#underway) }).catch(() => undefined);
    const list = await this.#look();
    if (this.#pressed) return; // a ribbon button opened the pane; show its click instead
    if (list.every(({ state }) => state === "done")) this.#home();
    else showConnection(list, this.ribbon, this.#connecting);
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

  /** Show the help, unless a click is in progress. */
  help() {
    if (this.places.view.querySelector(".working")) return;
    const act = { keysOf, examined, leave: () => this.#home() };
    this.shown.show(help(this.ribbon, this.version, details(this.version, this.#last), act));
  }

  /** Show who is signed in, or the way to sign in, unless a click is in progress or the pane asks to sign in already. */
  async account() {
    if (this.places.view.querySelector(".working, form[data-sign-in]")) return;
    this.#pressed = true;
    const isAsking = this.places.view.querySelector("form[data-asks]");
    const back = isAsking ? this.shown.wayBack() : null;
    const leave = () => (back ? back.show("") : this.#home());
    await showAccount(this.ribbon, this.#connecting, { leave, session: () => this.surroundings.session });
  }

  /** @param {Button} button */
  #optionsOf = (button) => this.#options.get(button.id) ?? {};

  /**
   * @param {Click} click
   * @param {Back | null} [form] the way to the form that sends it
   */
  #next(click, form = null) {
    this.#underway = this.#underway.then(() => this.#carryOut(click, form));
    return this.#underway;
  }

  /**
   * @param {Click} click
   * @param {Back | null} [form] the way to the form that sends it
   */
  async #carryOut(click, form = null) {
    this.#last.button = click.button.id;
    this.#waiting = null; // a click that goes on after this one is in it
    const stop = new AbortController();
    const { view, update } = progress(click.button.label, () => stop.abort());
    this.shown.show(view, optionsOf(click));
    try {
      const outcome = await click.carryOut(update, stop.signal);
      await this.surroundings.bind(outcome.reply.bind?.clinic);
      const onward = this.#goesOn(click, outcome);
      if (onward) await this.#carryOut(onward);
      else this.#tell(click, outcome);
    } catch (error) {
      if (error instanceof Cancelled) this.#cancel(form ?? click.back);
      else this.#refuse(click, inPlainWords(error), form);
    }
    this.surroundings.readAfter(this.#underway);
  }

  /**
   * @param {Click} click
   * @param {import("./click.js").Outcome} outcome
   */
  #tell(click, outcome) {
    const { reply } = outcome;
    const { asks } = reply;
    const ticksItself = asks?.fields.some(({ kind }) => kind === "several");
    const list = this.#listed(click, reply.findings ?? [], reply.findings_total ?? 0, !ticksItself);
    if (!asks) {
      const label = `${click.button.label} again`;
      const again = reply.level === "done" ? null : { label, press: () => void this.#next(click.freshClick()) };
      const onward = this.#stepTo(reply.next);
      const show = reply.level === "blocked" ? wayToRows(reply.findings ?? [], reply.findings_total ?? 0, this.shown.goTo) : null;
      const back = backOf(click);
      const panels = panelsOf(reply.panels ?? [], this.#offering(click));
      this.shown.show(result(outcome, list, panels, { show, onward, again, back, leave: () => this.#home() }), this.#waitsFor() || optionsOf(click));
      return;
    }
    // The answers make a new click: the recorded answer to this one is the question.
    const asked = asks.fields.map(({ name }) => name);
    const answer = (/** @type {import("./click.js").Answers} */ given) => void this.#next(click.withAnswers(given, asked), this.shown.wayBack());
    const view = form(asks, replySoFar(reply), list, { answer, leave: () => this.#cancel(click.back) });
    putBack(view, click.typed);
    this.shown.show(view, optionsOf(click));
  }

  /**
   * Show what a canceled click came from: its form, or what offered it, else all buttons.
   * @param {Back | null} back
   */
  #cancel(back) {
    const said = "Canceled. Nothing was recorded.";
    this.#waiting = null;
    if (back) back.show(said);
    else this.#home(said);
  }

  /**
   * Return the click that goes on now that its remedy was carried out, or `null`. If the remedy has a next step of its
   * own, such as saving the setup that it opened, the click waits for that step.
   * @param {Click} click
   * @param {import("./click.js").Outcome} outcome
   */
  #goesOn({ button, resumes }, { reply, failure }) {
    if (!resumes) return null;
    const isDone = !reply.asks && !failure && reply.level !== "blocked";
    const step = isDone ? (reply.next ?? resumes.button.id) : button.id;
    if (isDone && step === resumes.button.id) return resumes.goingOn(reply.summary);
    this.#waiting = { step, click: resumes };
    return null;
  }

  /** Return which click goes on by itself, and after which button, as a sentence; "" if none waits. */
  #waitsFor() {
    const step = this.ribbon.button.find(({ id }) => id === this.#waiting?.step);
    return step && this.#waiting ? `After ${step.label}, ${this.#waiting.click.button.label} goes on by itself.` : "";
  }

  /**
   * Return what findings offer, and the findings themselves.
   * @param {Click} click
   * @param {Finding[]} list
   * @param {number} total
   * @param {boolean} ticked whether each finding can be ticked as done
   */
  #listed(click, list, total, ticked = true) {
    const offered = remediesOf(list, this.#offering(click), this.shown.goTo);
    const shown = findings(list, total, this.shown.goTo, ticked);
    return offered ? element("div", { class: "view" }, offered, shown) : shown;
  }

  /**
   * Return what pressing a remedy of a click does.
   * @param {Click} click
   * @returns {import("./views/remedies.js").Offering}
   */
  #offering = (click) => (remedy) => {
    const button = this.ribbon.button.find(({ id }) => id === remedy.button);
    if (!this.surroundings.isAllowed(button)) return null;
    return () => void this.#next(click.remedied(button, remedy, this.#optionsOf(button), typedIn(this.places.view), this.shown.wayBack()));
  };

  /**
   * Return the next step of the work, as a button.
   * @param {string | null | undefined} id
   */
  #stepTo(id) {
    const button = this.ribbon.button.find((one) => one.id === id);
    return this.surroundings.isAllowed(button) ? { label: button.label, press: () => void this.press(button) } : null;
  }

  /**
   * @param {Click} click
   * @param {import("./refusals.js").Refusal} refused
   * @param {Back | null} form the way to the form that sent it
   */
  #refuse(click, refused, form) {
    this.#last.refusal = refused.problem.code;
    if (click.resumes) this.#waiting = { step: click.button.id, click: click.resumes };
    if (refused.problem.code === NOT_RUNNING) {
      this.#waitForService(click, form);
      return;
    }
    if (isSignInNeeded(refused.problem)) {
      const act = { look: () => this.#look(), goOn: () => void this.#next(click, form), cancel: () => this.#cancel(form ?? click.back) };
      this.shown.show(viewToSignIn(click.button.label, refused.problem, act), optionsOf(click)); // then the same request is sent again
      return;
    }
    const list = refused.problem.findings ?? [];
    const again = refused.again ? () => void this.#next(click) : null;
    const check = refused.connection ? () => void showChecks(this.ribbon, this.#connecting) : null;
    const remedies = refused.problem.remedies ?? [];
    const section = this.#listed(click, withoutOffered(list, remedies), list.length);
    const offers = offersOf(remedies, this.#offering(click));
    const show = wayToRows(list, list.length, this.shown.goTo);
    if (show) offers.push(show);
    // What was refused may be pressed once more with the same inputs, after something was corrected by hand.
    const anew = !this.surroundings.isAllowed(click.button) ? null : { label: `${click.button.label} again`, press: () => void this.#next(click.pressedAnew()) };
    this.shown.show(refusal(refused, section, { again, anew, check, offers, back: backOf(click), leave: () => this.#home() }), optionsOf(click));
  }

  /**
   * Say how to start the service, and send the click again once it answers: the same request, so nothing is recorded twice.
   * @param {Click} click
   * @param {Back | null} form the way to the form that sent it
   */
  #waitForService(click, form) {
    const again = () => void this.#next(click, form);
    const back = form && { label: form.label, press: () => form.show("") };
    const view = offline(click.button.label, { again, back, check: () => void showChecks(this.ribbon, this.#connecting), leave: () => this.#home() });
    this.shown.show(view, optionsOf(click));
    void goOnOnceAnswered(view, again, (sentence) => this.shown.say(sentence));
  }

  #home(said = "") {
    this.#waiting = null;
    const { hindrance } = this.surroundings;
    /** @type {import("./views/home.js").Act} */
    const act = {
      press: (one) => (hindrance(one) ? this.shown.say(hindrance(one)) : void this.press(one)),
      check: () => void showChecks(this.ribbon, this.#connecting),
      help: () => this.help(),
      account: () => void this.account(),
      set: (one, given) => this.#options.set(one.id, given),
    };
    this.shown.show(home(this.ribbon, this.surroundings, this.#optionsOf, act), said);
    const last = this.places.view.querySelector(`[data-button="${this.#last.button}"]`);
    if (last instanceof HTMLElement && document.hasFocus()) last.focus();
  }

  /** @type {import("./connecting.js").Act} */
  #connecting = {
    look: () => this.#look(),
    show: (view) => this.shown.show(view),
    say: (sentence) => this.shown.say(sentence),
    leave: (said) => this.#home(said),
    press: (button) => void this.press(button),
  };

  async #look() {
    const waiting = setTimeout(() => this.shown.say(STUCK), PATIENCE_MS);
    return await this.surroundings.check(() => clearTimeout(waiting));
  }
}
