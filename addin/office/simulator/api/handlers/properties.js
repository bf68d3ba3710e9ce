/** What one call tells of every cell, row or column of a range (`getCellProperties` and its kind). */

import { a1, shape } from "../../book/area.js";
import { fillOf, hex } from "../../book/looks.js";

/** @typedef {import("./ranges.js").Cells} Cells */

/** @param {Cells} cells @param {any[]} args what is wanted, as an object of `true`s */
export function cellProperties({ sheet, area }, [wanted]) {
  const { rows, columns } = shape(area);
  return Array.from({ length: rows }, (_, down) =>
    Array.from({ length: columns }, (__, across) => {
      const [row, column] = [area.top + down, area.left + across];
      const style = sheet.style(row, column);
      return chosen(wanted, {
        address: `${sheet.name}!${a1({ top: row, left: column, bottom: row, right: column })}`,
        format: {
          fill: { color: fillOf(style) ?? "#FFFFFF" },
          font: { bold: Boolean(style?.font?.bold), color: hex(style?.font?.color) ?? "#000000" },
        },
      });
    }),
  );
}

/** @param {Cells} cells @param {any[]} args */
export function rowProperties({ sheet, area }, [wanted]) {
  return Array.from({ length: shape(area).rows }, (_, at) =>
    chosen(wanted, { rowHidden: sheet.rowHidden(area.top + at), rowIndex: area.top + at - 1 }),
  );
}

/** @param {Cells} cells @param {any[]} args */
export function columnProperties({ sheet, area }, [wanted]) {
  return Array.from({ length: shape(area).columns }, (_, at) =>
    chosen(wanted, { columnHidden: sheet.columnWidth(area.left + at) === 0, columnIndex: area.left + at - 1 }),
  );
}

/** @param {any} wanted @param {any} all @returns {any} */
function chosen(wanted, all) {
  if (wanted === true || typeof all !== "object") return all;
  return Object.fromEntries(Object.keys(wanted).filter((name) => wanted[name] && name in all).map((name) => [name, chosen(wanted[name], all[name])]));
}
