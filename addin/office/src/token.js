/** The token this Excel got for a code or a password: in memory, and in the browser storage of this site. */

const KEY = "ClinicLedgerToken";

/** @type {string | null} */
let known = null;

/** Return the key to store under; if the browser partitions storage, Office knows our part. */
const key = () => `${Office.context?.partitionKey ?? ""}${KEY}`;

/** Return the token, `null` before pairing or signing in. Another window of this Excel may have a newer one. */
export function token() {
  try {
    known = localStorage.getItem(key()) ?? known;
  } catch {
    // Storage is switched off: the token lives as long as the page.
  }
  return known;
}

/** @param {string} fresh */
export function keepToken(fresh) {
  known = fresh;
  try {
    localStorage.setItem(key(), fresh);
  } catch {
    // As above.
  }
}

/** Forget the token, here and in the storage. */
export function forgetToken() {
  known = null;
  try {
    localStorage.removeItem(key());
  } catch {
    // As above.
  }
}
