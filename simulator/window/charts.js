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
  const title = `<text x="${width / 2}" y="18" text-anchor="middle" font-weight="600">${escaped(chart.title)}</text>`;
  const [first, ...more] = seriesOf(chart);
  if (!first) return title;
  if (chart.kind === "Pie") return title + pie(first, width, height);
  const series = [first, ...more];
  const most = Math.max(0, ...series.flat().map((bar) => bar.size)) || 1;
  if (chart.kind.startsWith("Bar")) return title + lying(first, most, width, height);
  const step = (width - 20) / Math.max(first.length, 1);
  const tall = (/** @type {number} */ size) => (Math.max(size, 0) / most) * (height - TITLE - LABELS - 8);
  const foot = height - LABELS;
  const labels = first.map(
    (bar, at) =>
      `<text x="${10 + step * (at + 0.5)}" y="${height - 8}" text-anchor="middle">${escaped(bar.label.slice(0, Math.ceil(step / 7)))}</text>`,
  );
  const shapes = series.map((bars, number) => {
    const colour = COLOURS[number % COLOURS.length];
    if (chart.kind === "Line") {
      const points = bars.map((bar, at) => `${10 + step * (at + 0.5)},${foot - tall(bar.size)}`);
      return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.join(" ")}"/>`;
    }
    const wide = (step * 0.7) / series.length;
    return bars
      .map((bar, at) => {
        const x = 10 + step * (at + 0.15) + wide * number;
        return `<rect x="${x}" y="${foot - tall(bar.size)}" width="${wide}" height="${tall(bar.size)}" fill="${colour}"/>`;
      })
      .join("");
  });
  return title + shapes.join("") + labels.join("");
}

/** @param {Bar[]} bars @param {number} most @param {number} width @param {number} height bars that lie, the first one at the bottom as in Excel */
function lying(bars, most, width, height) {
  const step = (height - TITLE - 8) / Math.max(bars.length, 1);
  const names = width / 3;
  return bars
    .map((bar, at) => {
      const y = height - 8 - step * (at + 1);
      const label = escaped(bar.label.slice(0, Math.floor(names / 7)));
      const long = (Math.max(bar.size, 0) / most) * (width - names - 20);
      return `<text x="${names - 4}" y="${y + step / 2 + 4}" text-anchor="end">${label}</text><rect x="${names}" y="${y + step * 0.15}" width="${long}" height="${step * 0.7}" fill="${COLOURS[0]}"/>`;
    })
    .join("");
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

/** @param {Chart} chart @returns {Bar[][]} the series: labels from the first column of its cells, sizes from each other one */
function seriesOf({ sheet, source }) {
  const series = [];
  for (let column = source.left + 1; column <= source.right; column += 1) {
    /** @type {Bar[]} */
    const bars = [];
    for (let row = source.top; row <= source.bottom; row += 1) {
      const size = sheet.value(row, column);
      if (typeof size === "number") bars.push({ label: String(sheet.value(row, source.left) ?? ""), size });
    }
    series.push(bars);
  }
  return series;
}
