/** Draws a rectangle of cells as HTML: only those in sight, anew at every scroll. */

import { INDENT, css, fillOf, shownText, sideOf } from "../book/looks.js";
import { overlap } from "../book/area.js";

/**
 * @typedef {import("../book/area.js").Area} Area
 * @typedef {import("../book/sheet.js").Sheet} Sheet
 * @typedef {import("./tracks.js").Tracks} Tracks
 * @typedef {{rows: Tracks, columns: Tracks, merges: Area[], filters: Area[]}} Layout
 */

const PADDING = 8;
/** Columns to the left of the window that are searched for a text that runs into it. */
const FARTHEST = 12;
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
  const pen = { sheet, layout, origin };
  const blocks = layout.merges.filter((block) => overlap(block, area));
  const pieces = blocks.map((block) => cellHtml(pen, block, false));
  for (let row = area.top; row <= area.bottom; row += 1) {
    if (layout.rows.start(row) === layout.rows.end(row)) continue;
    pieces.push(
      rowHtml(
        pen,
        row,
        area,
        blocks.filter((block) => block.top <= row && row <= block.bottom),
      ),
    );
  }
  return pieces.join("");
}

/** @typedef {{sheet: Sheet, layout: Layout, origin: {x: number, y: number}}} Pen */

/** @param {Pen} pen @param {number} row @param {Area} area @param {Area[]} blocks the merged ones in this row */
function rowHtml(pen, row, area, blocks) {
  const { columns } = pen.layout;
  let html = "";
  let reached = 0; // how far a text to the left runs over empty cells
  for (let column = runningInto(pen.sheet, row, area.left); column <= area.right; column += 1) {
    if (blocks.some((block) => block.left <= column && column <= block.right)) continue;
    if (columns.start(column) === columns.end(column)) continue;
    const place = { top: row, left: column, bottom: row, right: column };
    const end = columns.start(column) + spillOf(pen, place).right;
    reached = Math.max(reached, end);
    html += cellHtml(pen, place, reached > columns.end(column));
  }
  return html;
}

/** @param {Sheet} sheet @param {number} row @param {number} first @returns {number} the filled column whose text may run into sight, or the first in it */
function runningInto(sheet, row, first) {
  if (sheet.value(row, first) !== null) return first;
  for (let column = first - 1; column >= Math.max(1, first - FARTHEST); column -= 1) {
    if (sheet.value(row, column) !== null) return column;
  }
  return first;
}

/** @param {Pen} pen @param {Area} place a cell or a merged block @param {boolean} under whether a text runs over its right edge */
function cellHtml(pen, place, under) {
  const { sheet, layout, origin } = pen;
  const { top, left, bottom, right } = place;
  const [value, format, style] = [sheet.value(top, left), sheet.format(top, left), sheet.style(top, left)];
  const width = layout.columns.end(right) - layout.columns.start(left);
  const at = `left:${layout.columns.start(left) - origin.x}px;top:${layout.rows.start(top) - origin.y}px;width:${width}px;height:${layout.rows.end(bottom) - layout.rows.start(top)}px`;
  const text = escaped(fitted(shownText(value, format), value, style, width));
  const spill = spillOf(pen, place);
  const spilling = spill.right > width || spill.left > width;
  const kinds = ["cell", fillOf(style) && "filled", under && "under", spilling && "spilling"]
    .filter(Boolean)
    .join(" ");
  const inner = spilling
    ? `<span style="flex:none;overflow:hidden;width:${Math.max(spill.right, spill.left) - PADDING}px">${text}</span>`
    : text;
  const look = style || value !== null ? css(style, value, format) : "";
  const arrow = layout.filters.some((row) => row.top === top && row.left <= left && left <= row.right)
    ? ARROW
    : "";
  return `<div class="${kinds}" style="${at};${look}${sharedEdges(sheet, top, left)}">${inner}${arrow}</div>`;
}

/** Two neighbours draw the line between them once. @param {Sheet} sheet @param {number} row @param {number} column */
function sharedEdges(sheet, row, column) {
  const above = row > 1 && sheet.style(row - 1, column)?.border?.bottom?.style;
  const before = column > 1 && sheet.style(row, column - 1)?.border?.right?.style;
  return `${above ? ";border-top:0" : ""}${before ? ";border-left:0" : ""}`;
}

/** @param {string} text @param {unknown} value @param {any} style @param {number} width a number that does not fit is not shown cut */
function fitted(text, value, style, width) {
  if (typeof value !== "number" || text.length * 6 < width - PADDING) return text;
  return textWidth(text, style) > width - PADDING + 2
    ? "#".repeat(Math.max(1, Math.floor((width - PADDING) / 8)))
    : text;
}

/** @param {string} text @param {any} style */
function textWidth(text, style) {
  if (!ruler) return 0;
  ruler.font = `${style?.font?.bold ? "700 " : ""}${(style?.font?.size ?? 11) * (4 / 3)}px Calibri, Carlito, sans-serif`;
  return ruler.measureText(text).width;
}

/**
 * How wide a text may run from its cell, over empty cells to the right (or to the left, if it stands right).
 *
 * @param {Pen} pen @param {Area} place @returns {{left: number, right: number}} pixels, 0 where it stays inside
 */
function spillOf({ sheet, layout }, place) {
  const { columns } = layout;
  const value = sheet.value(place.top, place.left);
  const style = sheet.style(place.top, place.left);
  const side = sideOf(style?.alignment, value);
  const stays = { left: 0, right: 0 };
  if (typeof value !== "string" || place.left !== place.right || style?.alignment?.wrapText || side === "center")
    return stays;
  const needed = textWidth(value, style) + PADDING + (style?.alignment?.indent ?? 0) * INDENT;
  const step = side === "left" ? 1 : -1;
  let width = columns.end(place.left) - columns.start(place.left);
  if (width >= needed) return stays;
  for (let column = place.left + step; width < needed && column >= 1 && column <= columns.count; column += step) {
    if (sheet.value(place.top, column) !== null) break;
    width += columns.end(column) - columns.start(column);
  }
  return side === "left" ? { left: 0, right: width } : { left: width, right: 0 };
}
