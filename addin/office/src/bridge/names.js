/** Hidden defined names: the clinic of the workbook, and the sheets that we wrote. */

export const CLINIC = "_ClinicLedger";
export const GROUP = "_ClinicLedgerSheet";

/** On a sheet we wrote: the sheet that was in front when the button was pressed. */
export const ABOUT = "_ClinicLedgerAbout";

const CONSTANT = /^="((?:[^"]|"")*)"$/;

/**
 * Return the text a name's formula holds, `null` if it holds something else.
 * @param {unknown} formula
 */
export function constant(formula) {
  const match = CONSTANT.exec(String(formula));
  return match ? (match[1] ?? "").replaceAll('""', '"') : null;
}

/** @param {string} text */
const asFormula = (text) => `="${text.replaceAll('"', '""')}"`;

/**
 * Request the text stored under a name. Call the returned function after the next sync.
 * @param {Excel.NamedItemCollection} names of a workbook or of one sheet
 * @param {string} name
 * @returns {() => string | null}
 */
export function askFor(names, name) {
  const item = names.getItemOrNullObject(name);
  item.load({ formula: true });
  return () => (item.isNullObject ? null : constant(item.formula));
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
