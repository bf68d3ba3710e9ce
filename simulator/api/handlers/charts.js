/** Charts an add-in makes. They are drawn in the window; ExcelJS cannot write them to a file. */

import { parseArea } from "../../book/area.js";
import { OfficeError } from "../errors.js";

/**
 * @typedef {import("../../book/sheet.js").Sheet} Sheet
 * @typedef {import("../../book/sheet.js").Chart} ChartOnSheet
 */

/** @type {import("../handlers.js").Handlers} */
export const ChartCollection = {
  reach: {
    items: (/** @type {Sheet} */ sheet) => sheet.charts,
    add: (/** @type {Sheet} */ sheet, [kind, source]) => {
      if (!source?.area) throw new OfficeError("InvalidArgument", "ChartCollection.add");
      const { area } = source;
      const anchor = { top: area.top, left: area.right + 2, bottom: area.top + 14, right: area.right + 8 };
      const chart = { kind, source: area, sheet, title: "", anchor, name: `Chart ${sheet.charts.length + 1}` };
      sheet.charts.push(chart);
      return chart;
    },
    getItem: byName,
    getItemOrNullObject: byName,
  },
  call: { getCount: (/** @type {Sheet} */ sheet) => sheet.charts.length },
};

/** @type {import("../handlers.js").Handlers} */
export const Chart = {
  get: { name: (/** @type {ChartOnSheet} */ chart) => chart.name },
  set: {
    name: (/** @type {ChartOnSheet} */ chart, value) => {
      chart.name = value;
    },
  },
  reach: { title: (chart) => chart },
  call: {
    delete: (/** @type {ChartOnSheet} */ chart) => {
      chart.sheet.charts = chart.sheet.charts.filter((one) => one !== chart);
    },
    setPosition: (/** @type {ChartOnSheet} */ chart, [start, end]) => {
      const first = areaOf(start);
      const { top, left } = first;
      // With one cell, Excel moves the chart and keeps its size.
      const { bottom, right } = end ? areaOf(end) : { bottom: top + 14, right: left + 6 };
      chart.anchor = { top, left, bottom, right };
    },
  },
};

/** @type {import("../handlers.js").Handlers} */
export const ChartTitle = {
  get: { text: (/** @type {ChartOnSheet} */ chart) => chart.title, visible: () => true },
  set: {
    text: (/** @type {ChartOnSheet} */ chart, value) => {
      chart.title = value;
    },
    visible: () => undefined,
  },
};

/** @param {Sheet} sheet @param {any[]} args */
function byName(sheet, [name]) {
  return sheet.charts.find((chart) => chart.name === name) ?? null;
}

/** @param {any} place a range or an address */
function areaOf(place) {
  const area = typeof place === "string" ? parseArea(place) : place?.area;
  if (!area) throw new OfficeError("InvalidArgument", "Chart.setPosition");
  return area;
}
