/** One click: read the sheets, send them, apply the reply (docs/architecture.md#add-ins). */

import { Cancelled, Refusal, SHEET_GONE, inPlainWords, unusable } from "./refusals.js";
import * as service from "./service.js";
import * as workbook from "./workbook.js";

/**
 * @typedef {import("./contract.js").Button} Button
 * @typedef {import("./contract.js").Reply} Reply
 * @typedef {Record<string, import("./contract.js").Value | File>} Answers a file is sent ahead of the click
 * @typedef {import("./contract.js").Click["selection"]} Selection
 * @typedef {"reading" | "uploading" | "sending" | "working" | "inserting"} Stage
 * @typedef {(stage: Stage, share: number | null, about: string) => void} Watch `share` of the stage that is done
 * @typedef {{reply: Reply, file: Uint8Array | null, failure: Refusal | null, handed: Handed | null}} Outcome
 *   `file`: the finished sheets if Excel did not accept them; `failure`: the reason
 * @typedef {{name: string, bytes: Uint8Array}} Handed a file for the person
 * @typedef {import("./views/typed.js").Typed} Typed
 * @typedef {import("./shown.js").Back} Back
 */

/** The input of a click that goes on by itself (docs/contracts.md#remedies). */
const RESUMED = { resumed: "yes" };

export class Click {
  /** @type {string | null} */
  #body = null;

  /** The sheets that the answer to the first request asked for. @type {string[]} */
  #asked = [];

  /** @type {Click | null} */
  resumes;

  /**
   * @param {Button} button
   * @param {{options?: Answers, answers?: Answers, about?: string | null, resumes?: Click | null, done?: string, selection?: Selection | null,
   *   back?: Back | null, typed?: Typed | null}} [inputs]
   *   `options`: set at the button before; `answers`: to the questions of earlier clicks;
   *   `about`: the sheet it is about, by default the active one; `resumes`: the click that goes on once this one, a remedy
   *   of its refusal or its findings, is carried out; `done`: what was done before this click goes on;
   *   `selection`: the one that it is about, by default the one when it is read; `back`: the way to what offered this click;
   *   `typed`: what was typed into its questions and not sent
   */
  constructor(button, inputs = {}) {
    const { options = {}, answers = {}, about = null, resumes = null, done = "", selection = null, back = null, typed = null } = inputs;
    this.button = button;
    this.options = options;
    this.answers = answers;
    this.about = about;
    this.resumes = resumes;
    this.done = done;
    this.selection = selection;
    this.back = back;
    this.typed = typed;
  }

  /**
   * Return the click that presses a remedy of what this one was answered, about the same sheet, with the options that are set at
   * the button: unless it is another button, and the remedy says itself with what it is pressed. Afterward this one goes on, and
   * then what would have gone on after it. If the remedy says that nothing goes on, it is the person's turn.
   * @param {Button} button
   * @param {import("./contract.js").Remedy} remedy
   * @param {Answers} set the options that are set at the button
   * @param {Typed | null} typed into the questions of this one and not sent
   * @param {Back} back the way to what offered the remedy
   */
  remedied(button, { inputs, resumes = true }, set, typed, back) {
    const onward = resumes ? new Click(this.button, { ...this, typed }) : null;
    const options = button.id === this.button.id || !Object.keys(inputs).length ? set : {};
    return new Click(button, { options, answers: inputs, about: this.about, resumes: onward, back });
  }

  /**
   * Return a new click with the same inputs and the same selection, which goes on by itself where this one was refused or had
   * findings. It says so: the service then records nothing that was not shown.
   * @param {string} done what was done about that
   */
  goingOn(done) {
    return new Click(this.button, { ...this, answers: { ...this.answers, ...RESUMED }, done });
  }

  /** Return a new click with the same inputs, for a person who has corrected or selected something. */
  pressedAnew() {
    return new Click(this.button, { ...this, done: "", selection: null });
  }

  /**
   * Return a new click on the same button about the same sheet, even if another one is active by then.
   *
   * It has no answers: a person who agreed to something agreed for that click only.
   */
  freshClick() {
    return new Click(this.button, { options: this.options, about: this.about, resumes: this.resumes });
  }

  /**
   * Return the click with the answers to the questions of this one. It reads the sheet again. A question that is asked
   * again and left blank has no answer any more.
   * @param {Answers} answers
   * @param {string[]} asked the names of the questions
   */
  withAnswers(answers, asked) {
    const earlier = Object.entries(this.answers).filter(([name]) => !asked.includes(name));
    return new Click(this.button, { ...this, answers: { ...Object.fromEntries(earlier), ...answers }, typed: null });
  }

  /**
   * Carry out the click. If it is called again after a failure, it sends exactly the same request, and the service
   * returns its recorded answer, so nothing happens twice.
   *
   * If an answer asks only for sheets, the user is not asked: the button is pressed once more, with the sheets, as a
   * new request.
   *
   * Throws Cancelled if nothing was sent, else a Refusal.
   * @param {Watch} watch
   * @param {AbortSignal} signal
   * @returns {Promise<Outcome>}
   */
  async carryOut(watch, signal) {
    try {
      this.#body ??= await this.#read(watch, signal);
      const reply = await this.#send(this.#body, watch, signal);
      const wanted = sheetsWanted(reply);
      if (!wanted.length) return await this.#apply(reply, watch, signal);
      if (this.#asked.length) throw unusable("It asks again for sheets that were sent.");
      this.#asked = wanted;
      this.#body = null;
      return await this.carryOut(watch, signal);
    } catch (error) {
      if (error instanceof Cancelled && !this.#body) throw error;
      throw error instanceof Cancelled ? stopped() : this.#asRefusal(error);
    }
  }

  /** @param {unknown} error */
  #asRefusal(error) {
    const refusal = inPlainWords(error);
    if (refusal === error) return refusal;
    // An error of Excel: the request stays valid and can be sent again once the error is fixed.
    return new Refusal(refusal.problem, { again: this.#body !== null });
  }

  /**
   * @param {Watch} watch
   * @param {AbortSignal} signal
   */
  async #read(watch, signal) {
    watch("reading", null, "");
    /** @type {import("./bridge/reading.js").Watcher["progress"]} */
    const progress = (rows, of, sheet) => watch("reading", rows / of, sheet);
    const reading = workbook.read(this.button, this.about, this.#asked, { progress, signal });
    // Excel answers nothing while a cell is being edited; Cancel must work all the same.
    const { about, request } = await Promise.race([reading, aborted(signal)]).catch((error) => this.#forgetGone(error));
    this.about = about;
    this.selection ??= request.selection ?? null;
    const inputs = await this.#sendFiles(request.workbook.clinic, watch, signal);
    return JSON.stringify({ ...request, selection: this.selection, inputs });
  }

  /**
   * Forget a sheet that is gone, with what was answered about it: pressed again, the click is about the sheet in front.
   * @param {unknown} error
   * @returns {never}
   */
  #forgetGone(error) {
    if (error instanceof Refusal && error.problem.code === SHEET_GONE) {
      this.about = this.selection = this.typed = null;
      this.answers = {};
    }
    throw error;
  }

  /**
   * Send the files among the answers and return the answers with the digest of each in its place.
   * @param {string | null} clinic
   * @param {Watch} watch
   * @param {AbortSignal} signal
   * @returns {Promise<import("./contract.js").Click["inputs"]>}
   */
  async #sendFiles(clinic, watch, signal) {
    /** @type {import("./contract.js").Click["inputs"]} */
    const inputs = {};
    for (const [name, value] of Object.entries({ ...this.options, ...this.answers })) {
      if (!(value instanceof File)) inputs[name] = value;
      else if (!clinic) throw noClinicForFile();
      else {
        const sent = (/** @type {number} */ share) => watch("uploading", share, value.name);
        sent(0);
        inputs[name] = await service.keep(clinic, value, { signal, sent });
      }
    }
    return inputs;
  }

  /**
   * @param {string} body
   * @param {Watch} watch
   * @param {AbortSignal} signal
   */
  async #send(body, watch, signal) {
    watch("sending", null, "");
    const sent = (/** @type {number} */ share) => watch(share < 1 ? "sending" : "working", share < 1 ? share : null, "");
    return await service.press(this.button.id, body, { signal, sent });
  }

  /**
   * @param {Reply} reply
   * @param {Watch} watch
   * @param {AbortSignal} signal
   * @returns {Promise<Outcome>}
   */
  async #apply(reply, watch, signal) {
    const file = reply.output ? await service.output(reply.output, signal) : null;
    const handed = reply.file ? { name: reply.file.name, bytes: await service.output(reply.file, signal) } : null;
    watch("inserting", null, "");
    const failure = await workbook.apply(reply, file);
    return { reply, file: failure ? file : null, failure: failure ? inPlainWords(failure) : null, handed };
  }
}

/** @param {Reply} reply */
const sheetsWanted = ({ asks }) => (asks?.fields.length ? [] : (asks?.sheets ?? []));

/**
 * @param {AbortSignal} signal
 * @returns {Promise<never>}
 */
const aborted = (signal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Cancelled()), { once: true }));

const noClinicForFile = () =>
  new Refusal({
    code: "file-not-sent",
    title: "The file was not sent",
    detail: "A file is kept for a clinic, and this workbook does not belong to one yet.",
    remedy: "Choose the clinic first, then press the button again.",
  });

const stopped = () =>
  new Refusal(
    {
      code: "stopped-waiting",
      title: "Stopped waiting for the answer",
      detail: "The click was sent, and may have been recorded. Nothing was changed in the workbook.",
      remedy: "Press Try again for its answer: nothing will be recorded twice.",
    },
    { again: true },
  );
