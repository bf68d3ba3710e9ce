/** Hidden defined names: whose workbook this is, and which sheets are ours. */

export const CLINIC = "_ClinicLedger";
export const GROUP = "_ClinicLedgerSheet";

/** On a sheet we wrote: the sheet that was in front when the button was pressed. */
export const ABOUT = "_ClinicLedgerAbout";

const CONSTANT = /^="((?:[^"]|"")*)"$/;

/**
 * Return the text a name's formula holds, `null` where it holds something else.
 * @param {unknown} formula
 */
export function constant(formula) {
  const told = CONSTANT.exec(String(formula));
  return told ? (told[1] ?? "").replaceAll('""', '"') : null;
}

/** @param {string} text */
const asFormula = (text) => `="${text.replaceAll('"', '""')}"`;

/**
 * Ask for the text kept under a name; the answer can be called after the next sync.
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
 * Keep a text under a hidden name that is not there yet.
 * @param {Excel.NamedItemCollection} names
 * @param {string} name
 * @param {string} text
 */
export function put(names, name, text) {
  names.add(name, asFormula(text)).visible = false;
}

/**
 * Keep a text under a hidden name.
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
