/** Who is signed in, and the way out. */

import { button, element, heading } from "./element.js";

/** @typedef {import("../contract.js").Session} Session */

/**
 * @param {Session} session
 * @param {{signOut: () => void, leave: () => void}} act
 */
export function account(session, { signOut, leave }) {
  return element(
    "div",
    { class: "view" },
    heading(session.has_users ? "You are signed in" : "Nobody signs in here"),
    element("p", {}, session.has_users ? `${nameOf(session)}. What you record carries your name.` : "This ledger has no users, so everybody who works with it is one person to it."),
    ...session.notes.map((note) => element("p", {}, note)),
    element(
      "div",
      { class: "actions" },
      session.has_users && button("Sign out", signOut, { class: "primary" }),
      button("Back", leave, { "data-leave": "" }),
    ),
  );
}

/**
 * Return the name and the role of who is signed in, as `Mina Manager (manager)`.
 * @param {Session} session
 */
export const nameOf = ({ name, role }) => `${name} (${role})`;
