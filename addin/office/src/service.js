/** The client of the service over HTTP. No other module sends requests but the way there (transport.js). */

import { unusable } from "./refusals.js";
import { forgetToken, keepToken } from "./token.js";
import { ANSWER_SECONDS, checkAnswer, digestOf, json, postWithRetries, send } from "./transport.js";
import { notOurs } from "./unreachable.js";

export { reachable } from "./transport.js";

/** @typedef {import("./transport.js").Watched} Watched */

/** Checking a password takes long on purpose, and others may be waiting. */
const SIGN_IN_SECONDS = 30;
const OCTETS_TYPE = "application/octet-stream";

/**
 * Send a click and return the reply. `body` is the request as JSON: a retry must be the same to the byte.
 * @param {string} button
 * @param {string} body
 * @param {Watched} how
 * @returns {Promise<import("./contract.js").Reply>}
 */
export const press = (button, body, how) => postWithRetries(`/ribbon/${encodeURIComponent(button)}`, { body, ...how });

/**
 * Send a file to be kept for a clinic and return its digest. A file that is sent twice is kept once.
 * @param {string} clinic
 * @param {File} file
 * @param {Watched} how
 * @returns {Promise<string>}
 */
export async function keep(clinic, file, how) {
  const headers = { "Content-Type": OCTETS_TYPE, "X-Document-Name": encodeURIComponent(file.name) };
  const path = `/clinics/${encodeURIComponent(clinic)}/documents`;
  const { digest } = await postWithRetries(path, { body: file, headers, ...how });
  if (typeof digest !== "string") throw notOurs();
  return digest;
}

/**
 * Return the finished sheets or the file that a reply announces, the digest checked.
 * @param {{url: string, sha256: string}} announced
 * @param {AbortSignal} signal
 */
export async function output({ url, sha256 }, signal) {
  if (!/^\/(?!\/)/.test(url)) throw unusable("It points to another computer for the finished sheets.");
  const { bytes } = await checkAnswer(send("GET", url, { seconds: ANSWER_SECONDS, signal }));
  if ((await digestOf(/** @type {BufferSource} */ (bytes))) !== sha256) throw unusable("The finished sheets were damaged on the way.");
  return bytes;
}

/**
 * Return the bytes of a workbook to start from.
 * @param {string} file
 */
export const starter = async (file) => (await checkAnswer(send("GET", starterUrl(file), {}))).bytes;

/**
 * Return the address of a workbook to start from.
 * @param {string} file
 */
export const starterUrl = (file) => `/office/start/${encodeURIComponent(file)}`;

/**
 * Return what must be typed before the service accepts requests from this Excel: a code, or a name and a password.
 * @returns {Promise<"code" | "password" | null>}
 */
export async function entryNeeded() {
  const { needed, signs_in } = await json(send("GET", "/pair/status", {}));
  if (signs_in === true) return "password";
  return needed === true ? "code" : null;
}

/**
 * Exchange the code the service shows for a token, and keep it.
 * @param {string} code
 */
export async function pair(code) {
  const { token: fresh } = await json(send("POST", "/pair", { body: JSON.stringify({ code }) }));
  keepToken(fresh);
}

/**
 * Sign somebody in, and keep the token of the session.
 * @param {import("./views/sign_in.js").Typed & {device: string}} typed
 */
export async function signIn(typed) {
  const { token: fresh } = await json(send("POST", "/session/start", { body: JSON.stringify(typed), seconds: SIGN_IN_SECONDS }));
  keepToken(fresh);
}

/**
 * Begin to sign in on a page of the browser; return the code that this Excel keeps, and what a person needs to know.
 * @param {string} device
 * @returns {Promise<import("./contract.js").DeviceCodes>}
 */
export const beginSignIn = (device) => json(send("POST", "/session/devices", { body: JSON.stringify({ device }) }));

/**
 * Fetch the session that somebody approved on the page, and keep its token. It is given once.
 * @param {string} deviceCode
 */
export async function fetchSession(deviceCode) {
  const { token: fresh } = await json(send("POST", "/session/devices/token", { body: JSON.stringify({ device_code: deviceCode }) }));
  keepToken(fresh);
}

/** End the session, and forget its token whatever the service says. */
export async function signOut() {
  try {
    await json(send("POST", "/session/end", { body: "{}" }));
  } finally {
    forgetToken();
  }
}

/**
 * Return who makes the requests, and for whom the buttons are that this person may not press.
 * @returns {Promise<import("./contract.js").Session>}
 */
export const session = () => json(send("GET", "/session", {}));

/**
 * Return how much waits behind a button, for a clinic.
 * @param {string} clinic
 * @param {string} badge of the button
 * @returns {Promise<number>}
 */
export const waiting = async (clinic, badge) => (await json(send("GET", `/clinics/${encodeURIComponent(clinic)}/${badge}`, {}))).due;

/**
 * Return how the backups of the books stand, `null` if the service makes none or has not looked yet.
 * @returns {Promise<import("./contract.js").LastBackup | null>}
 */
export const lastBackup = async () => (await json(send("GET", "/ready", {}))).backup ?? null;

/**
 * Return the clinics on the firm's list.
 * @returns {Promise<{id: string, name: string}[]>}
 */
export const clinics = () => json(send("GET", "/clinics", {}));

/**
 * Return how the installation of the service is.
 * @returns {Promise<import("./contract.js").Examined>}
 */
export const examine = () => json(send("GET", "/doctor", {}));
