/** Draws a rectangle of cells as HTML: only those in sight, anew at every scroll. */

import { css, fillOf, shownText, sideOf } from "../book/looks.js";
import { overlap } from "../book/area.js";

/**
 * @typedef {import("../book/area.js").Area} Area
 * @typedef {import("../book/sheet.js").Sheet} Sheet
 * @typedef {import("./tracks.js").Tracks} Tracks
 * @typedef {{rows: Tracks, columns: Tracks, merges: Area[], filters: Area[]}} Layout
 */

const PADDING = 8;
const ARROW = '<i class="arrow"></i>';
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const ruler = document.createElement("canvas").getContext("2d");

/** @param {string} text */
export function escaped(text) {
  return text.replace(/[&<>"]/g, (letter) => ENTITIES[/** @type {"&"} */ (letter)]);
}

/**
 * @param {Sheet} sheet @param {Area} area what is in sight
 * @param {Layout} layout @param {{x: number, y: number}} origin what lies at the top left, in the sheet's pixels
 * @returns {string}
 */
export function cellsHtml(sheet, area, layout, origin) {
  const blocks = layout.merges.filter((block) => overlap(block, area));
  const pieces = blocks.map((block) => cellHtml(sheet, block, layout, origin, area));
  for (let row = area.top; row <= area.bottom; row += 1) {
    if (layout.rows.start(row) === layout.rows.end(row)) continue;
    const inRow = blocks.filter((block) => block.top <= row && row <= block.bottom);
    for (let column = area.left; column <= area.right; column += 1) {
      const covered = inRow.some((block) => block.left <= column && column <= block.right);
      const hidden = layout.columns.start(column) === layout.columns.end(column);
      if (!covered && !hidden) pieces.push(cellHtml(sheet, { top: row, left: column, bottom: row, right: column }, layout, origin, area));
    }
  }
  return pieces.join("");
}

/** @param {Sheet} sheet @param {Area} place a cell or a merged block @param {Layout} layout @param {{x: number, y: number}} origin @param {Area} sight */
function cellHtml(sheet, place, layout, origin, sight) {
  const { top, left, bottom, right } = place;
  const [value, format, style] = [sheet.value(top, left), sheet.format(top, left), sheet.style(top, left)];
  const width = layout.columns.end(right) - layout.columns.start(left);
  const at = `left:${layout.columns.start(left) - origin.x}px;top:${layout.rows.start(top) - origin.y}px;width:${width}px;height:${layout.rows.end(bottom) - layout.rows.start(top)}px`;
  const arrow = layout.filters.some((row) => row.top === top && row.left <= left && left <= row.right) ? ARROW : "";
  const text = fitted(shownText(value, format), value, style, width);
  const spill = typeof value === "string" ? spillWidth(sheet, place, layout, sight, style, text, width) : 0;
  const look = style || value !== null ? css(style, value, format) : "";
  const kind = `cell${fillOf(style) ? " filled" : ""}${spill > width ? " spilling" : ""}`;
  const inner = spill > width ? `<span style="width:${spill}px;flex:none;overflow:hidden">${escaped(text)}</span>` : escaped(text);
  return `<div class="${kind}" style="${at};${look}">${inner}${arrow}</div>`;
}

/** @param {string} text @param {unknown} value @param {any} style @param {number} width a number that does not fit is not shown cut */
function fitted(text, value, style, width) {
  if (typeof value !== "number" || text.length * 6 < width - PADDING) return text;
  return textWidth(text, style) > width - PADDING + 2 ? "#".repeat(Math.max(1, Math.floor((width - PADDING) / 8))) : text;
}

/** @param {string} text @param {any} style */
function textWidth(text, style) {
  if (!ruler) return 0;
  ruler.font = `${style?.font?.bold ? "700 " : ""}${(style?.font?.size ?? 11) * (4 / 3)}px Calibri, Carlito, sans-serif`;
  return ruler.measureText(text).width;
}

/**
 * How wide a text may run: over empty cells to its right, as in Excel.
 *
 * @param {Sheet} sheet @param {Area} place @param {Layout} layout @param {Area} sight @param {any} style
 * @param {string} text @param {number} width @returns {number}
 */
function spillWidth(sheet, place, layout, sight, style, text, width) {
  const single = place.left === place.right;
  if (!single || style?.alignment?.wrapText || sideOf(style?.alignment, text) !== "left") return 0;
  const needed = textWidth(text, style) + PADDING;
  let [reach, column] = [width, place.right + 1];
  while (reach < needed && column <= sight.right && sheet.value(place.top, column) === null) {
    reach = layout.columns.end(column) - layout.columns.start(place.left);
    column += 1;
  }
  return reach - PADDING / 2;
}
