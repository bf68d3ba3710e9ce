/** The way to the first click: the checks, the pairing or signing in, and a workbook to start from. */

import { inPlainWords } from "./refusals.js";
import * as service from "./service.js";
import { signIn, signInOnPage, signOut } from "./signing_in.js";
import { account } from "./views/account.js";
import { connection } from "./views/connection.js";
import * as workbook from "./workbook.js";

const CHOOSE_CLINIC = "clinic.choose";

/**
 * @typedef {{look: () => Promise<import("./checks.js").Check[]>, show: (view: HTMLElement) => void, say: (sentence: string) => void,
 *   leave: (said?: string) => void, press: (button: import("./contract.js").Button) => void}} Act
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
  const lookAfter = async (/** @type {Promise<import("./refusals.js").Problem | null>} */ signingIn) => {
    const refused = await signingIn;
    if (refused || !view.isConnected) return refused;
    const now = await act.look();
    const who = now.find(({ name }) => name === "signed-in")?.says ?? "";
    if (!view.isConnected) return null; // a button was pressed meanwhile
    if (now.every(({ state }) => state === "done")) act.leave(`You are signed in. ${who}`);
    else showConnection(now, ribbon, act);
    return null;
  };
  const starters = ribbon.starter.map(({ file, label, then }) => ({
    label,
    press: async () => act.say((await attempt(async () => workbook.openNew(await service.starter(file)))) || then),
  }));
  /** @type {import("./views/sign_in.js").Ways} */
  const ways = {
    signIn: (typed) => lookAfter(signIn(typed)),
    signInOnPage: (show, isWanted) => lookAfter(signInOnPage(show, isWanted)),
  };
  const acts = { again: () => void again(), leave: () => act.leave(), choose, pair, ...ways, starters };
  const view = connection(list, ribbon.purpose, acts);
  act.show(view);
  if (list.some(({ name, state }) => name === "service" && state === "blocked")) void goOnOnceAnswered(view, acts.again, act.say);
}

/**
 * Show who is signed in, or the way to sign in.
 * @param {import("./contract.js").Ribbon} ribbon
 * @param {Act} act
 * @param {{leave: () => void, session: () => import("./contract.js").Session | null}} from the way back, and who is signed in once that was looked up
 */
export async function showAccount(ribbon, act, { leave, session }) {
  const list = await act.look();
  const me = session();
  const out = async () => {
    const said = await signOut();
    showConnection(await act.look(), ribbon, act);
    act.say(said || "You are signed out.");
  };
  if (me) act.show(account(me, { signOut: () => void out(), leave }));
  else showConnection(list, ribbon, act);
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
