/** Which buttons can do something in this workbook, by the ribbon table alone, and why the others cannot. */

/**
 * @typedef {import("./contract.js").Button} Button
 * @typedef {import("./contract.js").Ribbon} Ribbon
 * @typedef {{clinic: string | null, sheets: string[]}} Contents of a workbook: the clinic it belongs to, the names of its sheets
 */

/**
 * Return why a button cannot do anything, "" if it can, or if the workbook is not known.
 * @param {Button} button
 * @param {Ribbon} ribbon
 * @param {Contents | null} workbook
 */
export function hindrance(button, ribbon, workbook) {
  if (!workbook) return "";
  if (button.clinic && workbook.clinic === null) return "Choose a clinic first.";
  const there = new Set(workbook.sheets.map(folded));
  if (!button.works_on.length || button.works_on.some((name) => there.has(folded(name)))) return "";
  const before = ribbon.button.find(({ next }) => next === button.id);
  const missing = `This workbook has no sheet ${button.works_on[0]}.`;
  return before ? `${missing} Press ${before.label} first.` : missing;
}

/** @param {string} name */
const folded = (name) => name.trim().toLowerCase();

/**
 * Return the buttons of a group in the order of the work: the steps that lead from one to the next, and the others, which
 * stand before or after the first step in the table.
 * @param {Ribbon} ribbon
 * @param {string} group
 * @returns {{before: Button[], steps: Button[], after: Button[]}}
 */
export function orderOfWork(ribbon, group) {
  const buttons = ribbon.button.filter(({ id }) => id.startsWith(`${group}.`));
  const reached = new Set(buttons.map(({ next }) => next));
  /** @type {Button[]} */
  const steps = [];
  const first = buttons.findIndex(({ id, next }) => next && !reached.has(id));
  let step = buttons[first];
  while (step && !steps.includes(step)) {
    steps.push(step);
    const { next } = step;
    step = buttons.find(({ id }) => id === next);
  }
  const others = buttons.filter((button) => !steps.includes(button));
  return {
    before: others.filter((button) => buttons.indexOf(button) < first),
    steps,
    after: others.filter((button) => buttons.indexOf(button) > first),
  };
}
