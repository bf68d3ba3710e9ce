/** Signing in and out, for this Excel: with the name and the password of a person, or on a page of the browser. */

import { inPlainWords } from "./refusals.js";
import * as service from "./service.js";
import { signInView } from "./views/sign_in.js";

/** The refusals after which somebody has to sign in. */
const NEEDED = new Set(["sign-in-needed", "session-ended"]);

/** What Excel runs on, by what it calls its platform. @type {Record<string, string>} */
const PLATFORMS = { PC: "Windows", Mac: "a Mac", OfficeOnline: "the web", iOS: "an iPad", Android: "Android" };

/** @param {import("./refusals.js").Problem} problem */
export const isSignInNeeded = ({ code }) => NEEDED.has(code);

/** What nobody has decided on the page yet. */
const PENDING = new Set(["authorization-pending", "slow-down"]);

/** Return what this Excel is called where its user looks after sessions. */
const device = () => `Excel on ${PLATFORMS[String(Office.context.diagnostics?.platform)] ?? "another computer"}`;

/**
 * Sign in; return why that did not work, `null` if it did.
 * @type {import("./views/sign_in.js").SignIn}
 */
export async function signIn(typed) {
  try {
    await service.signIn({ ...typed, device: device() });
    return null;
  } catch (error) {
    return inPlainWords(error).problem;
  }
}

/**
 * Sign in on a page of the browser, also with an identity provider; return why that did not work, `null` if it did.
 * @type {import("./views/sign_in.js").SignInOnPage}
 */
export async function signInOnPage(show, isWanted) {
  try {
    const begun = await service.beginSignIn(device());
    show(begun);
    while (!(await isApproved(begun))) {
      await new Promise((resolve) => setTimeout(resolve, begun.interval_seconds * 1000));
      if (!isWanted()) return null;
    }
    return null;
  } catch (error) {
    return inPlainWords(error).problem;
  }
}

/**
 * Return whether somebody has approved a sign-in on its page; then this Excel is signed in. A refusal there, and the end of its time, are thrown.
 * @param {import("./contract.js").DeviceCodes} begun
 */
async function isApproved(begun) {
  try {
    await service.fetchSession(begun.device_code);
    return true;
  } catch (error) {
    if (PENDING.has(inPlainWords(error).problem.code)) return false;
    throw error;
  }
}

/** Sign out. This Excel forgets its token, even if the service does not answer; then return why, "" if it does. */
export async function signOut() {
  try {
    await service.signOut();
    return "";
  } catch (error) {
    const { problem } = inPlainWords(error);
    return isSignInNeeded(problem) ? "" : `${problem.detail} This Excel has forgotten the session all the same; it ends by itself.`;
  }
}

/**
 * Return the view that asks to sign in over a click, which goes on once somebody has.
 * @param {string} label of the button that was pressed
 * @param {import("./refusals.js").Problem} problem
 * @param {{look: () => Promise<unknown>, goOn: () => void, cancel: () => void}} act
 */
export function viewToSignIn(label, problem, { look, goOn, cancel }) {
  const goOnAfter = async (/** @type {Promise<import("./refusals.js").Problem | null>} */ signingIn) => {
    const refused = await signingIn;
    if (refused || !view.isConnected) return refused; // it was canceled meanwhile, or another button was pressed
    await look();
    if (view.isConnected) goOn();
    return null;
  };
  /** @type {import("./views/sign_in.js").Ways} */
  const ways = {
    signIn: (typed) => goOnAfter(signIn(typed)),
    signInOnPage: (show, isWanted) => goOnAfter(signInOnPage(show, isWanted)),
  };
  const view = signInView(label, problem, { ...ways, cancel });
  return view;
}
