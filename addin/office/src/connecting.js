/** The way to the first click: the checks, the pairing, and a workbook to start from. */

import { inPlainWords } from "./refusals.js";
import * as service from "./service.js";
import { connection } from "./views/connection.js";
import * as workbook from "./workbook.js";

const CHOOSE_CLINIC = "clinic.choose";

/**
 * @typedef {{look: () => Promise<import("./checks.js").Check[]>, show: (view: HTMLElement) => void, say: (sentence: string) => void,
 *   leave: () => void, press: (button: import("./contract.js").Button) => void}} Act
 */

/**
 * Run the checks and show them.
 * @param {import("./contract.js").Ribbon} ribbon
 * @param {Act} act
 */
export async function showChecks(ribbon, act) {
  showConnection(await act.look(), ribbon, act);
}

/**
 * Show the checks, with what to do about those that failed.
 * @param {import("./checks.js").Check[]} list
 * @param {import("./contract.js").Ribbon} ribbon
 * @param {Act} act
 */
export function showConnection(list, ribbon, act) {
  const again = () => showChecks(ribbon, act);
  const choose = () => {
    const button = ribbon.button.find(({ id }) => id === CHOOSE_CLINIC);
    if (button) act.press(button);
  };
  const pair = async (/** @type {string} */ code) => {
    const refused = await attempt(() => service.pair(code));
    if (!refused) await again();
    return refused;
  };
  const starters = ribbon.starter.map(({ file, label, then }) => ({
    label,
    press: async () => act.say((await attempt(async () => workbook.openNew(await service.starter(file)))) || then),
  }));
  const acts = { again: () => void again(), leave: act.leave, choose, pair, starters };
  const view = connection(list, ribbon.purpose, acts);
  act.show(view);
  if (list.some(({ name, state }) => name === "service" && state === "blocked")) void goOnOnceAnswered(view, acts.again, act.say);
}

/** How often a service that does not answer is tried. */
const PAUSE_MS = 3000;

/** After that, nobody expects a click to go on by itself. As long as in the desktop add-in. */
const LONGEST_WAIT_MS = 30 * 60 * 1000;

/**
 * Do something as soon as the service answers, unless the view that waits for it was left.
 * @param {HTMLElement} view
 * @param {() => void} goOn
 * @param {(sentence: string) => void} say
 */
export async function goOnOnceAnswered(view, goOn, say) {
  const since = Date.now();
  do await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  while (view.isConnected && !(await service.reachable()));
  if (!view.isConnected) return;
  if (Date.now() - since < LONGEST_WAIT_MS) goOn();
  else say("Clinic Ledger answers again.");
}

/**
 * Do something; return why it failed, "" if it did not.
 * @param {() => Promise<unknown>} something
 */
async function attempt(something) {
  try {
    await something();
    return "";
  } catch (error) {
    const { detail, remedy } = inPlainWords(error).problem;
    return `${detail} ${remedy}`;
  }
}
