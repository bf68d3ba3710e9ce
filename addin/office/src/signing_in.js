/** Signing in and out: with the name and the password of a person, for this Excel. */

import { inPlainWords } from "./refusals.js";
import * as service from "./service.js";
import { signInView } from "./views/sign_in.js";

/** The refusals after which somebody has to sign in. */
const NEEDED = new Set(["sign-in-needed", "session-ended"]);

/** What Excel runs on, by what it calls its platform. @type {Record<string, string>} */
const PLATFORMS = { PC: "Windows", Mac: "a Mac", OfficeOnline: "the web", iOS: "an iPad", Android: "Android" };

/** @param {import("./refusals.js").Problem} problem */
export const isSignInNeeded = ({ code }) => NEEDED.has(code);

/**
 * Sign in; return why that did not work, `null` if it did.
 * @type {import("./views/sign_in.js").SignIn}
 */
export async function signIn(typed) {
  const device = `Excel on ${PLATFORMS[String(Office.context.diagnostics?.platform)] ?? "another computer"}`;
  try {
    await service.signIn({ ...typed, device });
    return null;
  } catch (error) {
    return inPlainWords(error).problem;
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
  /** @type {import("./views/sign_in.js").SignIn} */
  const enter = async (typed) => {
    const refused = await signIn(typed);
    if (refused) return refused;
    await look();
    if (view.isConnected) goOn(); // it was canceled meanwhile, or another button was pressed
    return null;
  };
  const view = signInView(label, problem, { signIn: enter, cancel });
  return view;
}
