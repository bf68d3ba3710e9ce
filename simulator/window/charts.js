/** Draws the charts an add-in made, plainly: enough to see that they are there and what they show. */

import { escaped } from "./cells.js";

/**
 * @typedef {import("../book/sheet.js").Sheet} Sheet
 * @typedef {import("../book/sheet.js").Chart} Chart
 * @typedef {{label: string, size: number}} Bar
 */

const COLOURS = ["#1F4E5F", "#4C8BA0", "#8FB8C6", "#C9A227", "#B3261E", "#2E6B3E"];
const TITLE = 28;
const LABELS = 24;

/** @param {Sheet} sheet @param {import("./cells.js").Layout} layout @param {{x: number, y: number}} origin @returns {string} */
export function chartsHtml(sheet, { rows, columns }, origin) {
  return sheet.charts
    .map((chart) => {
      const { top, left, bottom, right } = chart.anchor;
      const [x, y] = [columns.start(left), rows.start(top)];
      const [width, height] = [columns.end(right) - x, rows.end(bottom) - y];
      const place = `left:${x - origin.x}px;top:${y - origin.y}px;width:${width}px;height:${height}px`;
      return `<svg class="chart" role="img" aria-label="${escaped(chart.title || chart.name)}" style="${place}" viewBox="0 0 ${width} ${height}">${drawing(chart, width, height)}</svg>`;
    })
    .join("");
}

/** @param {Chart} chart @param {number} width @param {number} height */
function drawing(chart, width, height) {
  const bars = barsOf(chart);
  const title = `<text x="${width / 2}" y="18" text-anchor="middle" font-weight="600">${escaped(chart.title)}</text>`;
  if (chart.kind === "Pie") return title + pie(bars, width, height);
  const most = Math.max(1, ...bars.map((bar) => bar.size));
  const step = (width - 20) / Math.max(bars.length, 1);
  const tall = (/** @type {number} */ size) => (Math.max(size, 0) / most) * (height - TITLE - LABELS - 8);
  const foot = height - LABELS;
  const labels = bars.map(
    (bar, at) =>
      `<text x="${10 + step * (at + 0.5)}" y="${height - 8}" text-anchor="middle">${escaped(bar.label.slice(0, Math.ceil(step / 7)))}</text>`,
  );
  const shapes =
    chart.kind === "Line"
      ? [
          `<polyline fill="none" stroke="${COLOURS[0]}" stroke-width="2" points="${bars.map((bar, at) => `${10 + step * (at + 0.5)},${foot - tall(bar.size)}`).join(" ")}"/>`,
        ]
      : bars.map(
          (bar, at) =>
            `<rect x="${10 + step * (at + 0.15)}" y="${foot - tall(bar.size)}" width="${step * 0.7}" height="${tall(bar.size)}" fill="${COLOURS[0]}"/>`,
        );
  return title + shapes.join("") + labels.join("");
}

/** @param {Bar[]} bars @param {number} width @param {number} height */
function pie(bars, width, height) {
  const total = bars.reduce((sum, bar) => sum + Math.max(bar.size, 0), 0) || 1;
  const [x, y, radius] = [width / 2, TITLE + (height - TITLE) / 2, (height - TITLE) / 2 - 10];
  let turned = 0;
  return bars
    .map((bar, at) => {
      const [from, share] = [turned, Math.max(bar.size, 0) / total];
      turned += share;
      // A circle as a dashed line: each slice is one dash.
      const around = Math.PI * radius;
      return `<circle cx="${x}" cy="${y}" r="${radius / 2}" fill="none" stroke="${COLOURS[at % COLOURS.length]}" stroke-width="${radius}" stroke-dasharray="${share * around} ${around}" stroke-dashoffset="${-from * around}"/>`;
    })
    .join("");
}

/** @param {Chart} chart @returns {Bar[]} labels from the first column of its cells, sizes from the second */
function barsOf({ sheet, source }) {
  const bars = [];
  for (let row = source.top; row <= source.bottom; row += 1) {
    const size = sheet.value(row, source.left + 1);
    if (typeof size === "number") bars.push({ label: String(sheet.value(row, source.left) ?? ""), size });
  }
  return bars;
}
