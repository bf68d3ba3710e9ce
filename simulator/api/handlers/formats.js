/** Fills, fonts and widths of ranges. A property is null, or an empty colour, where the cells differ. */

import { overlap } from "../../book/area.js";
import { fillOf, hex } from "../../book/looks.js";
import { OfficeError } from "../errors.js";
import { common, refuseProtected } from "./ranges.js";

/** @typedef {import("./ranges.js").Cells} Cells */

const NO_FILL = "#FFFFFF";
const COLOUR = /^#?[0-9A-Fa-f]{6}$/;
const DEFAULT_FONT = { size: 11, bold: false, italic: false };
const POINTS_A_PIXEL = 0.75;
const WIDEST = 60;

/** @type {import("../handlers.js").Handlers} */
export const RangeFormat = {
  get: {
    columnWidth: (/** @type {Cells} */ { sheet, area }) => sheet.columnWidth(area.left) * POINTS_A_PIXEL,
    wrapText: (cells) => common(styles(cells, (style) => Boolean(style?.alignment?.wrapText))),
  },
  set: {
    columnWidth: (/** @type {Cells} */ { sheet, area }, points) => {
      refuseProtected(sheet, "RangeFormat.columnWidth");
      for (let column = area.left; column <= area.right; column += 1)
        sheet.setColumnWidth(column, points / POINTS_A_PIXEL);
    },
    wrapText: (/** @type {Cells} */ cells, wrapText) =>
      restyle(cells, "RangeFormat.wrapText", (style) => ({ alignment: { ...style?.alignment, wrapText } })),
  },
  reach: { fill: (cells) => cells, font: (cells) => cells },
  call: { autofitColumns, autofitRows: () => undefined },
};

/** @type {import("../handlers.js").Handlers} */
export const RangeFill = {
  get: {
    color: (cells) => common(styles(cells, (style) => fillOf(style) ?? NO_FILL)) ?? "",
    pattern: (cells) => common(styles(cells, (style) => (fillOf(style) ? "Solid" : "None"))),
  },
  set: {
    color: (/** @type {Cells} */ cells, value) => {
      const fgColor = colour(value, "RangeFill.color");
      restyle(cells, "RangeFill.color", () => ({ fill: { type: "pattern", pattern: "solid", fgColor } }));
    },
  },
  call: {
    clear: (/** @type {Cells} */ cells) =>
      restyle(cells, "RangeFill.clear", () => ({ fill: { type: "pattern", pattern: "none" } })),
  },
};

/** @type {import("../handlers.js").Handlers} */
export const RangeFont = {
  get: {
    bold: (cells) => common(styles(cells, (style) => Boolean(style?.font?.bold))),
    italic: (cells) => common(styles(cells, (style) => Boolean(style?.font?.italic))),
    size: (cells) => common(styles(cells, (style) => style?.font?.size ?? DEFAULT_FONT.size)),
    color: (cells) => common(styles(cells, (style) => hex(style?.font?.color) ?? "#000000")) ?? "",
  },
  set: {
    bold: (/** @type {Cells} */ cells, bold) => setFont(cells, { bold }),
    italic: (/** @type {Cells} */ cells, italic) => setFont(cells, { italic }),
    size: (/** @type {Cells} */ cells, size) => setFont(cells, { size }),
    color: (/** @type {Cells} */ cells, value) => setFont(cells, { color: colour(value, "RangeFont.color") }),
  },
};

/** @param {Cells} cells @param {object} part */
function setFont(cells, part) {
  restyle(cells, "RangeFont", (style) => ({
    font: { name: "Calibri", ...DEFAULT_FONT, ...style?.font, ...part },
  }));
}

/** @param {string} text @param {string} place @returns {{argb: string}} */
function colour(text, place) {
  if (!COLOUR.test(text)) throw new OfficeError("InvalidArgument", place);
  return { argb: `FF${text.replace("#", "").toUpperCase()}` };
}

/** @template T @param {Cells} cells @param {(style: any) => T} read @returns {T[]} of the cells somebody touched, one at least */
function styles({ sheet, area }, read) {
  const { rows, columns } = sheet.extent;
  const touched = overlap(area, { top: 1, left: 1, bottom: rows, right: columns }) ?? {
    ...area,
    bottom: area.top,
    right: area.left,
  };
  const found = [];
  for (let row = touched.top; row <= touched.bottom; row += 1) {
    for (let column = touched.left; column <= touched.right; column += 1)
      found.push(read(sheet.style(row, column)));
  }
  return found;
}

/** @param {Cells} cells @param {string} place @param {(style: any) => Record<string, unknown>} change */
function restyle({ sheet, area }, place, change) {
  refuseProtected(sheet, place);
  for (let row = area.top; row <= area.bottom; row += 1) {
    for (let column = area.left; column <= area.right; column += 1)
      sheet.restyle(row, column, change(sheet.style(row, column)));
  }
}

/** @param {Cells} cells */
function autofitColumns({ sheet, area }) {
  for (let column = area.left; column <= Math.min(area.right, sheet.extent.columns); column += 1) {
    let longest = 0;
    for (let row = area.top; row <= Math.min(area.bottom, sheet.extent.rows); row += 1) {
      longest = Math.max(longest, String(sheet.value(row, column) ?? "").length);
    }
    if (longest > 0) sheet.raw.getColumn(column).width = Math.min(longest, WIDEST) + 2;
  }
}
