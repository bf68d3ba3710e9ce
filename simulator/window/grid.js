/**
 * The grid: what is in sight of the active sheet, its headers, frozen parts, selection, scrolling.
 *
 * The box scrolls natively over an empty sheet of the right size; a stage that sticks to its corner is drawn
 * anew at every scroll. So 50,000 rows cost no more than forty.
 */

import { LAST_COLUMN, LAST_ROW, letters, overlap } from "../book/area.js";
import { cellsHtml } from "./cells.js";
import { chartsHtml } from "./charts.js";
import { Tracks } from "./tracks.js";

/**
 * @typedef {import("../book/area.js").Area} Area
 * @typedef {import("../book/sheet.js").Sheet} Sheet
 * @typedef {{row: number, column: number}} Place
 */

const HEAD_HEIGHT = 22;
const HEAD_WIDTH = 46;
const SPARE_ROWS = 60;
const SPARE_COLUMNS = 10;
const FEWEST_ROWS = 200;
const FEWEST_COLUMNS = 26;

export class Grid {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    this.stage = box.appendChild(document.createElement("div"));
    this.stage.className = "stage";
    // What is drawn has a place of its own: drawing anew must not take the focus from a cell being edited.
    this.paper = this.stage.appendChild(document.createElement("div"));
    this.space = box.appendChild(document.createElement("div"));
    /** @type {Sheet | null} */
    this.sheet = null;
    /** @type {Map<Sheet, {x: number, y: number}>} */
    this.left = new Map();
    this.layout = {
      rows: new Tracks(1, () => 0),
      columns: new Tracks(1, () => 0),
      merges: /** @type {Area[]} */ ([]),
      filters: /** @type {Area[]} */ ([]),
    };
    this.pending = 0;
    /** What else is to be put right when the cells were drawn. */
    this.drawn = () => {};
    box.addEventListener("scroll", () => this.soon());
    new ResizeObserver(() => this.soon()).observe(box);
  }

  /** Show a sheet, scrolled to where it was left. @param {Sheet} sheet */
  show(sheet) {
    if (this.sheet) this.left.set(this.sheet, { x: this.box.scrollLeft, y: this.box.scrollTop });
    const changed = this.sheet !== sheet;
    this.sheet = sheet;
    this.measure();
    if (changed) {
      const { x, y } = this.left.get(sheet) ?? { x: 0, y: 0 };
      this.box.scrollTo(x, y);
    }
    this.draw();
  }

  /** Take the measures of the sheet: heights, widths, merged blocks. */
  measure() {
    const { sheet } = this;
    if (!sheet) return;
    const { rows, columns } = sheet.extent;
    const { selection } = sheet;
    const height = Math.min(LAST_ROW, Math.max(rows, selection.top) + SPARE_ROWS);
    const width = Math.min(LAST_COLUMN, Math.max(columns, selection.left) + SPARE_COLUMNS);
    this.layout = {
      rows: new Tracks(Math.max(height, FEWEST_ROWS), (row) => sheet.rowHeight(row)),
      columns: new Tracks(Math.max(width, FEWEST_COLUMNS), (column) => sheet.columnWidth(column)),
      merges: sheet.merges,
      filters: sheet.filterRows,
    };
    this.space.style.width = `${this.layout.columns.total + HEAD_WIDTH}px`;
    this.space.style.height = `${Math.max(0, this.layout.rows.total + HEAD_HEIGHT - this.box.clientHeight)}px`;
  }

  /** Draw before the next frame, once. */
  soon() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.pending);
    this.pending = 0;
    const { sheet, box, stage } = this;
    if (!sheet) return;
    stage.style.width = `${box.clientWidth}px`;
    stage.style.height = `${box.clientHeight}px`;
    stage.classList.toggle("plain", !sheet.gridlines);
    this.paper.innerHTML =
      this.parts()
        .map((part) => this.partHtml(sheet, part))
        .join("") + this.headsHtml(sheet);
    this.drawn();
  }

  /**
   * The up to four parts of the stage that frozen rows and columns make, each with what is in sight in it.
   */
  parts() {
    const { rows, columns } = this.layout;
    const frozen = this.frozen();
    const down = bands(rows, frozen.rows, this.box.scrollTop, this.box.clientHeight - HEAD_HEIGHT);
    const across = bands(columns, frozen.columns, this.box.scrollLeft, this.box.clientWidth - HEAD_WIDTH);
    return down.flatMap((vertical) => across.map((horizontal) => ({ vertical, horizontal })));
  }

  frozen() {
    const { rows, columns } = this.sheet?.frozen ?? { rows: 0, columns: 0 };
    // A freeze taller than the window would leave nothing to scroll.
    const fits =
      this.layout.rows.end(rows) < this.box.clientHeight - 2 * HEAD_HEIGHT &&
      this.layout.columns.end(columns) < this.box.clientWidth - 2 * HEAD_WIDTH;
    return fits ? { rows, columns } : { rows: 0, columns: 0 };
  }

  /** @param {Sheet} sheet @param {{vertical: Band, horizontal: Band}} part */
  partHtml(sheet, { vertical, horizontal }) {
    const area = { top: vertical.first, left: horizontal.first, bottom: vertical.last, right: horizontal.last };
    const origin = { x: horizontal.origin, y: vertical.origin };
    const frozen = `${horizontal.frozen ? " frozen-right" : ""}${vertical.frozen ? " frozen-below" : ""}`;
    const place = `left:${HEAD_WIDTH + horizontal.at}px;top:${HEAD_HEIGHT + vertical.at}px;width:${horizontal.size}px;height:${vertical.size}px`;
    const cells = cellsHtml(sheet, area, this.layout, origin);
    return `<div class="part${frozen}" style="${place}">${cells}${this.selectionHtml(sheet, origin)}${chartsHtml(sheet, this.layout, origin)}</div>`;
  }

  /** @param {Sheet} sheet @param {{x: number, y: number}} origin */
  selectionHtml({ selection }, origin) {
    const { rows, columns } = this.layout;
    const [x, y] = [columns.start(selection.left), rows.start(selection.top)];
    const [width, height] = [columns.end(selection.right) - x, rows.end(selection.bottom) - y];
    const place = `left:${x - origin.x - 1}px;top:${y - origin.y - 1}px;width:${width + 1}px;height:${height + 1}px`;
    const several = selection.top !== selection.bottom || selection.left !== selection.right;
    return `${several ? `<div class="shade" style="${place}"></div>` : ""}<div class="selected" style="${place}"></div>`;
  }

  /** @param {Sheet} sheet */
  headsHtml({ selection }) {
    const { rows, columns } = this.layout;
    const html = [`<div class="head" style="left:0;top:0;width:${HEAD_WIDTH}px;height:${HEAD_HEIGHT}px"></div>`];
    const parts = this.parts();
    for (const { horizontal: band } of parts.filter(({ vertical }) => vertical === parts[0]?.vertical)) {
      html.push(
        heads(
          columns,
          band,
          (at) => at >= selection.left && at <= selection.right,
          (at, from, size) =>
            `left:${HEAD_WIDTH + from}px;top:0;width:${size}px;height:${HEAD_HEIGHT}px">${letters(at)}`,
        ),
      );
    }
    for (const { vertical: band } of parts.filter(({ horizontal }) => horizontal === parts[0]?.horizontal)) {
      html.push(
        heads(
          rows,
          band,
          (at) => at >= selection.top && at <= selection.bottom,
          (at, from, size) => `left:0;top:${HEAD_HEIGHT + from}px;width:${HEAD_WIDTH}px;height:${size}px">${at}`,
        ),
      );
    }
    return html.join("");
  }

  /** @param {{clientX: number, clientY: number}} pointer @returns {Place & {part: "cells" | "rows" | "columns"}} */
  placeAt({ clientX, clientY }) {
    const box = this.stage.getBoundingClientRect();
    const [x, y] = [clientX - box.left - HEAD_WIDTH, clientY - box.top - HEAD_HEIGHT];
    const frozen = this.frozen();
    const { rows, columns } = this.layout;
    return {
      row: rows.at(y < rows.end(frozen.rows) ? Math.max(y, 0) : y + this.box.scrollTop),
      column: columns.at(x < columns.end(frozen.columns) ? Math.max(x, 0) : x + this.box.scrollLeft),
      part: x < 0 ? "rows" : y < 0 ? "columns" : "cells",
    };
  }

  /** Scroll so that a cell is in sight: in the middle, where it was far from it. @param {Place} place */
  jump(place) {
    const { top, height } = this.boxOf({
      top: place.row,
      left: place.column,
      bottom: place.row,
      right: place.column,
    });
    const [above, below] = [
      HEAD_HEIGHT + this.layout.rows.end(this.frozen().rows),
      this.box.clientHeight - height,
    ];
    if (place.row > this.frozen().rows && (top < above || top > below))
      this.box.scrollTop += top - (above + below) / 2;
    this.reveal(place);
  }

  /** Scroll just enough to have a cell in sight. @param {Place} place */
  reveal({ row, column }) {
    const frozen = this.frozen();
    if (row > this.layout.rows.count || column > this.layout.columns.count) this.measure();
    if (row > frozen.rows)
      this.box.scrollTop = scrolled(
        this.layout.rows,
        row,
        frozen.rows,
        this.box.scrollTop,
        this.box.clientHeight - HEAD_HEIGHT,
      );
    if (column > frozen.columns)
      this.box.scrollLeft = scrolled(
        this.layout.columns,
        column,
        frozen.columns,
        this.box.scrollLeft,
        this.box.clientWidth - HEAD_WIDTH,
      );
    this.soon();
  }

  /** @param {Area} area @returns {{left: number, top: number, width: number, height: number}} where it lies on the stage */
  boxOf(area) {
    const frozen = this.frozen();
    const { rows, columns } = this.layout;
    return {
      left: HEAD_WIDTH + columns.start(area.left) - (area.left > frozen.columns ? this.box.scrollLeft : 0),
      top: HEAD_HEIGHT + rows.start(area.top) - (area.top > frozen.rows ? this.box.scrollTop : 0),
      width: columns.end(area.right) - columns.start(area.left),
      height: rows.end(area.bottom) - rows.start(area.top),
    };
  }

  /** @param {Area} area @returns {boolean} whether its first cell is neither scrolled away nor under the frozen ones */
  isInSight(area) {
    const { rows, columns } = this.frozen();
    const { left, top } = this.boxOf(area);
    const [right, bottom] = [HEAD_WIDTH + this.layout.columns.end(columns), HEAD_HEIGHT + this.layout.rows.end(rows)];
    return (area.top <= rows || top >= bottom) && (area.left <= columns || left >= right);
  }

  /** Rows that fit into the window. */
  get page() {
    return Math.max(1, Math.floor((this.box.clientHeight - HEAD_HEIGHT) / 20) - 1);
  }

  /** @param {number} row @param {number} column @returns {Area} the merged block a cell is in, or the cell */
  blockAt(row, column) {
    const cell = { top: row, left: column, bottom: row, right: column };
    return this.layout.merges.find((block) => overlap(block, cell)) ?? cell;
  }
}

/**
 * One stretch of rows or columns on the stage.
 *
 * @typedef {{at: number, size: number, origin: number, first: number, last: number, frozen: boolean}} Band
 *   `at` and `size` are the stage's pixels, `origin` the sheet's pixel that lies at `at`
 */

/** @param {Tracks} tracks @param {number} frozen @param {number} scroll @param {number} room @returns {Band[]} */
function bands(tracks, frozen, scroll, room) {
  const fixed = tracks.end(frozen);
  const rest = {
    at: fixed,
    size: Math.max(0, room - fixed),
    origin: fixed + scroll,
    first: tracks.at(fixed + scroll),
    last: tracks.at(scroll + room),
    frozen: false,
  };
  return frozen > 0 ? [{ at: 0, size: fixed, origin: 0, first: 1, last: frozen, frozen: true }, rest] : [rest];
}

/** @param {Tracks} tracks @param {Band} band @param {(at: number) => boolean} chosen @param {(at: number, from: number, size: number) => string} place */
function heads(tracks, band, chosen, place) {
  let html = "";
  for (let at = band.first; at <= band.last; at += 1) {
    const start = Math.max(tracks.start(at), band.origin);
    const size = tracks.end(at) - start;
    if (size > 0)
      html += `<div class="head${chosen(at) ? " chosen" : ""}" style="${place(at, band.at + start - band.origin, size)}</div>`;
  }
  return html;
}

/** @param {Tracks} tracks @param {number} at @param {number} frozen @param {number} scroll @param {number} room @returns {number} */
function scrolled(tracks, at, frozen, scroll, room) {
  const [start, end] = [tracks.start(at) - tracks.end(frozen), tracks.end(at)];
  if (start < scroll) return start;
  return end > scroll + room ? end - room : scroll;
}
