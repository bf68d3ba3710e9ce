/** The checks that must pass before a button works, in order, each with its remedy. */

import { inPlainWords } from "./refusals.js";
import * as service from "./service.js";

/**
 * @typedef {"service" | "certificate" | "paired" | "signed-in" | "clinic"} Name
 * @typedef {{name: Name, title: string, state: "done" | "blocked" | "waiting", says: string}} Check `waiting`: on another
 * @typedef {{clinics: {id: string, name: string}[], session: import("./contract.js").Session | null, list: Check[]}} Checked
 */

const TITLES = {
  service: "Clinic Ledger is running",
  certificate: "The connection is trusted",
  paired: "This Excel is paired",
  "signed-in": "You are signed in",
  clinic: "A clinic is chosen",
};

const REMEDIES = {
  service: "Nothing answers at the address of Clinic Ledger. This page goes on by itself once it is started:",
  certificate:
    "This page did not come over https. Run “clinicledger addin certificate --trust” once, and start the service again.",
  paired: "Type the code that Clinic Ledger shows when it starts, or after “clinicledger addin code”.",
  "signed-in": "Sign in with your name and your password, or in the browser.",
  clinic: "Choose which clinic this workbook belongs to.",
};

/**
 * Run the checks in order. Checks after a failed one are not run.
 * @param {string | null} clinic the workbook's
 * @returns {Promise<Checked>}
 */
export async function look(clinic) {
  /** @type {Checked["clinics"]} */
  let clinics = [];
  /** @type {Checked["session"]} */
  let session = null;
  let entry = /** @type {Name} */ ("paired");
  const asked = /** @type {[Name, () => Promise<string | null>][]} */ ([
    ["service", async () => ((await service.reachable()) ? "It answers." : null)],
    ["certificate", async () => trust(location)],
    [
      "paired",
      async () => {
        const needed = await service.entryNeeded();
        if (needed === "password") entry = "signed-in";
        if (needed) return null;
        session = await service.session();
        if (session.has_users) entry = "signed-in";
        clinics = await service.clinics();
        return session.has_users ? `As ${session.name} (${session.role}).` : "Clinic Ledger knows this Excel.";
      },
    ],
    ["clinic", async () => clinic && `${nameOf(clinic, clinics)}.`],
  ]);
  /** @type {Check[]} */
  const list = [];
  for (const [name, ask] of asked) {
    if (list.some(({ state }) => state === "blocked")) list.push({ name, title: TITLES[name], state: "waiting", says: "" });
    else {
      const { state, says } = await outcome(ask);
      const known = name === "paired" ? entry : name; // what it is about, the service has said
      list.push({ name: known, title: TITLES[known], state, says: says ?? REMEDIES[known] });
    }
  }
  return { clinics, session, list };
}

/**
 * Return how a check ended, and what is said about it, `null` for what its name says.
 * @param {() => Promise<string | null>} ask
 * @returns {Promise<{state: "done" | "blocked", says: string | null}>}
 */
async function outcome(ask) {
  try {
    const says = await ask();
    return says ? { state: "done", says } : { state: "blocked", says: null };
  } catch (error) {
    const { detail, remedy } = inPlainWords(error).problem;
    return { state: "blocked", says: `${detail} ${remedy}` };
  }
}

/**
 * Return why the connection is trusted, or `null` if it is not. Excel only shows pages that it trusts, so a page over
 * https is trusted; a page from this computer needs no certificate.
 * @param {{protocol: string, hostname: string}} place
 */
export function trust({ protocol, hostname }) {
  if (protocol === "https:") return "Its certificate is trusted.";
  return ["localhost", "127.0.0.1", "[::1]"].includes(hostname) ? "It does not leave this computer." : null;
}

/**
 * @param {string} clinic
 * @param {Checked["clinics"]} clinics
 */
export const nameOf = (clinic, clinics) => clinics.find(({ id }) => id === clinic)?.name ?? clinic;
