/** The clipboard of the computer. */

/**
 * Put a text on the clipboard; return whether that was allowed. Excel on the web may not allow it.
 * @param {string} text
 */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
