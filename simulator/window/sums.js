/** What the status bar says about the selected cells. */

import { overlap } from "../book/area.js";

/** @param {import("../book/sheet.js").Sheet} sheet @returns {string} empty where fewer than two cells are filled */
export function sumsOf(sheet) {
  const { rows, columns } = sheet.extent;
  const area = overlap(sheet.selection, {
    top: 1,
    left: 1,
    bottom: Math.max(1, rows),
    right: Math.max(1, columns),
  });
  if (!area) return "";
  let [filled, numbers, sum] = [0, 0, 0];
  for (let row = area.top; row <= area.bottom; row += 1) {
    for (let column = area.left; column <= area.right; column += 1) {
      const value = sheet.value(row, column);
      if (value !== null) filled += 1;
      if (typeof value === "number") [numbers, sum] = [numbers + 1, sum + value];
    }
  }
  if (filled < 2) return "";
  const shown = (/** @type {number} */ value) => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
  const parts =
    numbers > 0
      ? [`Average: ${shown(sum / numbers)}`, `Count: ${shown(filled)}`, `Sum: ${shown(sum)}`]
      : [`Count: ${shown(filled)}`];
  return parts.join("   ");
}
