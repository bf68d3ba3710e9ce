/** What whoever helps with the add-in needs to know: versions and codes, and nothing of a sheet, a clinic or a person. */

/** Newer versions of ExcelApi than this are not asked for. */
const NEWEST_EXCEL_API = 30;

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
