/** The token this Excel got for a code: in memory, and in the browser storage of this site. */

const KEY = "ClinicLedgerToken";

/** @type {string | null} */
let known = null;

/** Return the key to store under; if the browser partitions storage, Office knows our part. */
const key = () => `${Office.context?.partitionKey ?? ""}${KEY}`;

/** Return the token, `null` before pairing. */
export function token() {
  try {
    known ??= localStorage.getItem(key());
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
