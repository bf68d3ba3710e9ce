/** Hidden defined names: the clinic of the workbook, and the sheets that we wrote. */

export const CLINIC = "_ClinicLedger";
export const GROUP = "_ClinicLedgerSheet";

/** On a sheet we wrote: the sheet that was in front when the button was pressed. */
export const ABOUT = "_ClinicLedgerAbout";

/** On a sheet we wrote: its cells that show the state of what it is about. */
export const STATE = "_ClinicLedgerState";

/** One part of a reference to cells: the sheet, which may be quoted, and the cells. */
const PART = /(?:'(?:[^']|'')*'|[^'!,]+)!(\$?[A-Z]{1,3}\$?[1-9]\d{0,6}(?::\$?[A-Z]{1,3}\$?[1-9]\d{0,6})?)(?:,|$)/g;

const CONSTANT = /^="((?:[^"]|"")*)"$/;

/**
 * Return the text a name's formula holds, `null` if it holds something else.
 * @param {unknown} formula
 */
export function constant(formula) {
  const match = CONSTANT.exec(String(formula));
  return match ? (match[1] ?? "").replaceAll('""', '"') : null;
}

/**
 * Return the cells a name's formula refers to, as `A3:F3,D12:F12`, `null` if it holds something else.
 * @param {unknown} formula
 */
export function cellsOf(formula) {
  const text = String(formula).replace(/^=/, "");
  const parts = [...text.matchAll(PART)];
  if (!parts.length || parts.map(([part]) => part).join("") !== text || text.endsWith(",")) return null;
  return parts.map(([, cells = ""]) => cells.replaceAll("$", "")).join(",");
}

/** @param {string} text */
const asFormula = (text) => `="${text.replaceAll('"', '""')}"`;

/**
 * Request the text stored under a name. Call the returned function after the next sync.
 * @param {Excel.NamedItemCollection} names of a workbook or of one sheet
 * @param {string} name
 * @returns {() => string | null}
 */
export const askFor = (names, name) => askAs(names, name, constant);

/**
 * Request the cells a name refers to. Call the returned function after the next sync.
 * @param {Excel.NamedItemCollection} names of one sheet
 * @param {string} name
 * @returns {() => string | null}
 */
export const askForCells = (names, name) => askAs(names, name, cellsOf);

/**
 * @param {Excel.NamedItemCollection} names
 * @param {string} name
 * @param {(formula: unknown) => string | null} read
 * @returns {() => string | null}
 */
function askAs(names, name, read) {
  const item = names.getItemOrNullObject(name);
  item.load({ formula: true });
  return () => (item.isNullObject ? null : read(item.formula));
}

/**
 * Store a text under a new hidden name.
 * @param {Excel.NamedItemCollection} names
 * @param {string} name
 * @param {string} text
 */
export function put(names, name, text) {
  names.add(name, asFormula(text)).visible = false;
}

/**
 * Store a text under a hidden name.
 * @param {Excel.RequestContext} context
 * @param {Excel.NamedItemCollection} names
 * @param {string} name
 * @param {string} text
 */
export async function keep(context, names, name, text) {
  const item = names.getItemOrNullObject(name);
  item.load({ name: true });
  await context.sync();
  if (item.isNullObject) put(names, name, text);
  else item.formula = asFormula(text);
}
