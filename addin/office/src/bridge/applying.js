/** Applies a reply to the workbook. Everything is checked before anything is changed. */

import { parse } from "./areas.js";
import * as marks from "./marks.js";
import { ABOUT, CLINIC, GROUP, askFor, keep, put } from "./names.js";
import { askForFront, rangeOf } from "./reading.js";
import { fillArea, fits, gridOf, isList } from "./values.js";
import { unusable } from "../refusals.js";

/**
 * @typedef {import("../contract.js").Reply} Reply
 * @typedef {import("../contract.js").Output} Output
 * @typedef {import("../contract.js").Edit} Edit
 * @typedef {import("../contract.js").Chart} Chart
 * @typedef {{placed: Map<string, string>, failure: unknown}} Inserted `placed`: the name that each announced sheet got; `failure`: why none was inserted
 */

/** @type {Record<Chart["kind"], Excel.ChartType>} */
const CHARTS = {
  column: /** @type {Excel.ChartType} */ ("ColumnClustered"),
  bar: /** @type {Excel.ChartType} */ ("BarClustered"),
  line: /** @type {Excel.ChartType} */ ("Line"),
  pie: /** @type {Excel.ChartType} */ ("Pie"),
};

const LONGEST_NAME = 31;

/** Areas changed with one request, which may have 5 MB in Excel on the web: a row of texts is some kilobytes. */
const AREAS_AT_ONCE = 1000;

/**
 * Put a reply into the workbook. Returns why the finished sheets could not be inserted, `null` if they were
 * or there were none. All other changes are made anyway, and the sheets can be offered as a file.
 *
 * Refuses a reply that does not fit the workbook, and changes nothing then.
 * @param {Excel.RequestContext} context
 * @param {Reply} reply
 * @param {Uint8Array | null} output the bytes of the finished sheets, their digest checked
 */
export async function applyReply(context, reply, output) {
  await check(context, reply, output);
  if (reply.clear_marks?.length) await marks.clear(context, reply.clear_marks);
  const { placed, failure } = await insertSheets(context, reply.output, output);
  const absent = new Set(failure ? reply.output?.sheets.map((sheet) => sheet.name.toLowerCase()) : []);
  /** @param {{sheet: string}} part */
  const present = (part) => !absent.has(part.sheet.toLowerCase());
  await edit(context, (reply.edits ?? []).filter(present), placed);
  for (const chart of (reply.charts ?? []).filter(present)) draw(find(context, chart.sheet, placed), chart);
  if (reply.bind) await keep(context, context.workbook.names, CLINIC, reply.bind.clinic);
  if (!reply.asks && reply.activate && present({ sheet: reply.activate })) {
    find(context, reply.activate, placed).activate();
  }
  await context.sync();
  return failure;
}

/**
 * @param {Excel.RequestContext} context
 * @param {Reply} reply
 * @param {Uint8Array | null} output
 */
async function check(context, reply, output) {
  if (Boolean(reply.output) !== Boolean(output)) throw unusable("The finished sheets did not arrive.");
  const { worksheets } = context.workbook;
  worksheets.load({ name: true });
  await context.sync();
  const sheets = [...worksheets.items, ...(reply.output?.sheets ?? [])];
  const known = new Set(sheets.map((sheet) => sheet.name.toLowerCase()));
  const wanted = [...(reply.edits ?? []), ...(reply.charts ?? [])].map((part) => part.sheet);
  for (const name of reply.activate ? [...wanted, reply.activate] : wanted) {
    if (!known.has(name.toLowerCase())) throw unusable(`It speaks of a sheet ${name}, which is not there.`);
  }
  for (const one of reply.edits ?? []) areasOf(one);
  for (const { source, place } of reply.charts ?? []) {
    for (const cells of place ? [source, place] : [source]) {
      if (!parse(cells)) throw unusable(`It speaks of cells ${cells}, which no sheet has.`);
    }
  }
}

/**
 * Return the areas an edit names. Refuses what is no address, values that do not fill it and words that make no list.
 * @param {Edit} edit
 */
export function areasOf({ range, values, choices }) {
  if (choices && !isList(choices)) throw unusable(`It has words for cells ${range} that no dropdown can hold.`);
  return range.split(",").map((text) => {
    const area = parse(text.trim());
    if (!area) throw unusable(`It speaks of cells ${text}, which no sheet has.`);
    if (values?.length && !fits(values, area)) throw unusable(`It has not as many values as cells ${text}.`);
    return area;
  });
}

/**
 * @param {Excel.RequestContext} context
 * @param {string} name
 * @param {Map<string, string>} placed
 */
const find = (context, name, placed) => context.workbook.worksheets.getItem(placed.get(name) ?? name);

// -- finished sheets

/**
 * @param {Excel.RequestContext} context
 * @param {Output | null} announced
 * @param {Uint8Array | null} output
 * @returns {Promise<Inserted>}
 */
async function insertSheets(context, announced, output) {
  if (!announced || !output) return { placed: new Map(), failure: null };
  const front = askForFront(context.workbook.worksheets);
  const standing = await ourSheets(context, context.workbook.worksheets);
  const about = front().name;
  let ids;
  try {
    ids = context.workbook.insertWorksheetsFromBase64(base64(output), { positionType: "End" });
    await context.sync();
  } catch (failure) {
    return { placed: new Map(), failure };
  }
  for (const id of ids.value) put(context.workbook.worksheets.getItem(id).names, ABOUT, about);
  const wanted = announced.sheets.map((sheet) => sheet.name);
  return { placed: await replaceEarlier(context, standing, ids.value, wanted), failure: null };
}

/**
 * Return the sheets of the workbook, each with the group it belongs to if we wrote it.
 * @param {Excel.RequestContext} context
 * @param {Excel.WorksheetCollection} worksheets
 */
async function ourSheets(context, worksheets) {
  worksheets.load({ name: true, visibility: true });
  await context.sync();
  const asked = worksheets.items.map((sheet) => ({ sheet, group: askFor(sheet.names, GROUP) }));
  await context.sync();
  return asked.map(({ sheet, group }) => ({ sheet, group: group() }));
}

/**
 * Delete the earlier sheets of the same groups and give the new ones their names.
 *
 * We do this after the insertion, so that a failed insertion loses nothing. While both exist, Excel names the new
 * ones `Findings (2)`. A sheet of the user keeps its name, and ours keeps the number then.
 * @param {Excel.RequestContext} context
 * @param {{sheet: Excel.Worksheet, group: string | null}[]} standing
 * @param {string[]} ids of the fresh sheets, in the order of the file
 * @param {string[]} wanted their names there
 */
async function replaceEarlier(context, standing, ids, wanted) {
  const fresh = ids.map((id) => context.workbook.worksheets.getItem(id));
  for (const sheet of fresh) sheet.load({ name: true });
  const groups = fresh.map((sheet) => askFor(sheet.names, GROUP));
  await context.sync();
  const replaced = new Set(groups.map((group) => group()));
  const earlier = standing.filter(({ group }) => group !== null && replaced.has(group));
  for (const { sheet } of earlier) {
    if (sheet.visibility === "VeryHidden") sheet.visibility = "Hidden"; // Excel refuses to delete it otherwise
    sheet.delete();
  }
  const kept = standing.filter((one) => !earlier.includes(one)).map(({ sheet }) => sheet.name);
  const names = freeNames(wanted.length === fresh.length ? wanted : fresh.map((sheet) => sheet.name), kept);
  fresh.forEach((sheet, at) => {
    const name = names[at] ?? sheet.name;
    if (sheet.name !== name) sheet.name = name;
  });
  await context.sync();
  return new Map(wanted.map((name, at) => [name, names[at] ?? name]));
}

/**
 * Return the names unchanged, or the next of `Name (2)`, `Name (3)` that is free, as Excel counts.
 * @param {string[]} wanted
 * @param {string[]} taken
 */
export function freeNames(wanted, taken) {
  const gone = new Set(taken.map((name) => name.toLowerCase()));
  return wanted.map((plain) => {
    let name = plain;
    for (let number = 2; gone.has(name.toLowerCase()); number += 1) {
      const ending = ` (${number})`;
      name = plain.slice(0, LONGEST_NAME - ending.length) + ending;
    }
    gone.add(name.toLowerCase());
    return name;
  });
}

/** @param {Uint8Array} bytes */
export function base64(bytes) {
  let text = "";
  // A function call has a limit on its arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

// -- cells of the user's sheets

/**
 * @param {Excel.RequestContext} context
 * @param {Edit[]} edits
 * @param {Map<string, string>} placed
 */
async function edit(context, edits, placed) {
  const names = [...new Set(edits.map((one) => one.sheet))];
  const targets = new Map(names.map((name) => [name, askForGroup(find(context, name, placed))]));
  await context.sync();
  const fills = [];
  const parts = edits.flatMap((one) => areasOf(one).map((area) => ({ one, area })));
  for (const [at, { one, area }] of parts.entries()) {
    if (at % AREAS_AT_ONCE === AREAS_AT_ONCE - 1) await context.sync();
    const { sheet, group } = targets.get(one.sheet) ?? askForGroup(find(context, one.sheet, placed));
    const range = rangeOf(sheet, area);
    if (one.format) range.numberFormat = fillArea(area, one.format);
    if (one.values?.length) range.values = gridOf(one.values, area);
    if (one.choices) offer(range, one.choices);
    if (!one.fill) continue;
    if (group() === null) fills.push({ sheet, name: sheet.name, area, put: one.fill.toUpperCase() });
    else range.format.fill.color = one.fill;
  }
  await context.sync();
  await marks.remember(context, await marks.paint(context, fills));
}

/**
 * Replace the dropdown of cells.
 * @param {Excel.Range} range
 * @param {string[]} choices
 */
function offer(range, choices) {
  range.dataValidation.clear();
  if (choices.length) range.dataValidation.rule = { list: { inCellDropDown: true, source: choices.join(",") } };
}

/** @param {Excel.Worksheet} sheet */
function askForGroup(sheet) {
  sheet.load({ name: true });
  return { sheet, group: askFor(sheet.names, GROUP) };
}

/**
 * Draw the range `source`: its first row names the series, its first column the points. The chart covers the cells of
 * `place`, or is put beside its source.
 * @param {Excel.Worksheet} sheet
 * @param {Chart} ordered
 */
function draw(sheet, ordered) {
  const chart = sheet.charts.add(CHARTS[ordered.kind], sheet.getRange(ordered.source), "Columns");
  chart.title.text = ordered.title;
  const [source, place] = [parse(ordered.source), ordered.place ? parse(ordered.place) : null];
  if (place) chart.setPosition(sheet.getCell(place.top - 1, place.left - 1), lastCell(sheet, place));
  else if (source) chart.setPosition(sheet.getCell(source.top - 1, source.left + source.width));
}

/**
 * @param {Excel.Worksheet} sheet
 * @param {import("./areas.js").Area} area
 */
function lastCell(sheet, area) {
  return sheet.getCell(area.top + area.height - 2, area.left + area.width - 2);
}
