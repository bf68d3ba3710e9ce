/** What whoever helps with the add-in needs to know: versions and codes, and nothing of a sheet, a clinic or a person. */

import { Refusal } from "./refusals.js";
import { examine } from "./service.js";

/** Newer versions of ExcelApi than this are not asked for. */
const NEWEST_EXCEL_API = 30;

const LEVELS = { good: "good", attention: "look", bad: "not good" };

/**
 * Return the details as lines of text.
 * @param {string} version of the product
 * @param {{button: string | null, refusal: string | null}} last the id of the button that was pressed last, and the code of the last refusal
 */
export function details(version, last) {
  const { diagnostics, displayLanguage } = Office.context;
  return [
    `Clinic Ledger ${version}`,
    `Excel ${diagnostics.version}, ${diagnostics.platform}, ExcelApi ${excelApi()}`,
    `Language ${displayLanguage}`,
    `Last button: ${last.button ?? "none"}`,
    `Last refusal: ${last.refusal ?? "none"}`,
  ].join("\n");
}

/**
 * Return how the installation of the service is, as lines of text: what is wrong with it, and what to do.
 * @returns {Promise<string>}
 */
export async function examined() {
  try {
    const { checks } = await examine();
    return checks.flatMap(({ part, level, says, remedy }) => [`${LEVELS[level]} ${part}: ${says}`, ...(remedy ? [`  ${remedy}`] : [])]).join("\n");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, detail, remedy } = error.problem;
    return [`not good: ${detail} (${code})`, `  ${remedy ?? ""}`].join("\n");
  }
}

function excelApi() {
  const { requirements } = Office.context;
  for (let minor = NEWEST_EXCEL_API; minor > 0; minor -= 1) {
    if (requirements.isSetSupported("ExcelApi", `1.${minor}`)) return `1.${minor}`;
  }
  return "unknown";
}

/**
 * Return the keys of a shortcut, as they are called on this computer.
 * @param {string} letter
 */
export const keysOf = (letter) =>
  `${String(Office.context.diagnostics.platform) === "Mac" ? "Command+Shift+Option" : "Ctrl+Shift+Alt"}+${letter}`;
