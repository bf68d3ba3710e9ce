/**
 * Data validations: what the cells of a sheet take, and the dropdowns among them.
 *
 * ExcelJS spells them out cell by cell, which is a million for a whole column. So they are taken out of the
 * sheets' parts before it reads them, kept as areas, and put back after it wrote them.
 *
 * @typedef {import("./area.js").Area} Area
 * @typedef {import("./sheet.js").Sheet} Sheet
 * @typedef {import("./zip.js").Part} Part
 * @typedef {{areas: Area[], told: Record<string, string>, formulas: Record<string, string>}} Rule never changed, only
 *   replaced; `told` are the attributes of the file, `formulas` what stands in `formula1` and `formula2`
 */

import { a1, overlap, parseArea, without } from "./area.js";
import { shownText } from "./looks.js";
import { sheetParts } from "./parts.js";
import { textOf, withText } from "./zip.js";

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const LIST = /<dataValidations[\s>][\s\S]*?<\/dataValidations>/;
/** Attributes of newer namespaces, such as `xr:uid`, that only Excel itself has a use for. */
const FOREIGN = /\s\w+:\w+="[^"]*"/g;
const LITERAL = /^"((?:[^"]|"")*)"$/;
const FORMULAS = ["formula1", "formula2"];
/** Keeps a place in the sheet's part for the rules: where it belongs among all else, ExcelJS knows. */
const PLACE = { A1: { type: "any", formulae: [] } };

// -- in a sheet

/** @param {Sheet} sheet @param {number} row @param {number} column @returns {Rule | null} */
export function ruleAt({ rules }, row, column) {
  const cell = { top: row, left: column, bottom: row, right: column };
  return rules.find(({ areas }) => areas.some((area) => overlap(area, cell))) ?? null;
}

/** @param {Sheet} sheet @param {Area} area taken out of every rule; a rule goes on for its other cells */
export function clearRules(sheet, area) {
  const left = sheet.rules.map((rule) => ({ ...rule, areas: rule.areas.flatMap((one) => without(one, area)) }));
  sheet.rules = left.filter(({ areas }) => areas.length > 0);
}

/** @param {Sheet} sheet @param {Area} area @param {string} source words between commas, or `=` and cells @param {boolean} arrow whether they are offered */
export function setList(sheet, area, source, arrow) {
  clearRules(sheet, area);
  const formula1 = source.startsWith("=") ? source.slice(1) : `"${source.replaceAll('"', '""')}"`;
  const told = { type: "list", allowBlank: "1", showErrorMessage: "1", ...(!arrow && { showDropDown: "1" }) };
  sheet.rules = [...sheet.rules, { areas: [area], told, formulas: { formula1 } }];
}

/** @param {Sheet} sheet @param {number} row @param {number} column @returns {string[] | null} the words of its dropdown, null without one */
export function choicesAt(sheet, row, column) {
  const rule = ruleAt(sheet, row, column);
  // The format means the opposite of what it says: showDropDown hides the arrow.
  return rule?.told["type"] === "list" && !isOn(rule, "showDropDown") ? wordsOf(sheet, rule) : null;
}

/** @param {Sheet} sheet @param {number} row @param {number} column @param {string} text typed by a person @returns {boolean} whether the cell takes it */
export function takes(sheet, row, column, text) {
  const rule = ruleAt(sheet, row, column);
  if (rule?.told["type"] !== "list" || !isOn(rule, "showErrorMessage")) return true;
  if (!["stop", undefined].includes(rule.told["errorStyle"])) return true; // a warning, which people click away
  const words = text === "" ? null : wordsOf(sheet, rule);
  return words === null || words.includes(text);
}

/** @param {Rule} rule @param {string} attribute */
const isOn = (rule, attribute) => ["1", "true"].includes(rule.told[attribute] ?? "");

/** @param {Sheet} sheet @param {Rule} rule of kind list @returns {string[] | null} null where its words cannot be told */
function wordsOf(sheet, { formulas }) {
  const source = formulas["formula1"] ?? "";
  const literal = LITERAL.exec(source)?.[1];
  if (literal !== undefined) return filled(literal.replaceAll('""', '"').split(","));
  const cut = source.lastIndexOf("!");
  const name = source.slice(0, Math.max(cut, 0)).replace(/^'|'$/g, "").replaceAll("''", "'");
  const [from, area] = [cut < 0 ? sheet : sheet.book.find(name), parseArea(source.slice(cut + 1))];
  return from && area ? filled(textsIn(from, area)) : null;
}

/** @param {string[]} words */
const filled = (words) => words.map((word) => word.trim()).filter(Boolean);

/** @param {Sheet} sheet @param {Area} area @returns {string[]} */
function textsIn(sheet, area) {
  const { rows, columns } = sheet.extent;
  const texts = [];
  for (let row = area.top; row <= Math.min(area.bottom, rows); row += 1) {
    for (let column = area.left; column <= Math.min(area.right, columns); column += 1)
      texts.push(shownText(sheet.value(row, column), sheet.format(row, column)));
  }
  return texts;
}

// -- in a file

/**
 * @param {Part[]} parts of a workbook
 * @returns {{parts: Part[], rules: Map<string, Rule[]>}} the parts without their rules, and those by sheet
 */
export function takenOut(parts) {
  let rest = parts;
  const rules = new Map();
  for (const [sheet, part] of sheetParts(parts)) {
    const xml = textOf(parts, part) ?? "";
    const list = LIST.exec(xml)?.[0];
    if (!list) continue;
    rules.set(sheet, rulesIn(list));
    rest = withText(rest, part, xml.replace(list, ""));
  }
  return { parts: rest, rules };
}

/** @param {Sheet[]} sheets @returns {() => void} what is to be called when they were written */
export function holdPlaces(sheets) {
  const held = sheets.filter(({ rules }) => rules.length > 0);
  for (const { raw } of held) raw.dataValidations.model = PLACE;
  return () => held.forEach(({ raw }) => (raw.dataValidations.model = {}));
}

/** @param {Part[]} parts as ExcelJS wrote them, places held @param {Sheet[]} sheets @returns {Part[]} */
export function putBack(parts, sheets) {
  let whole = parts;
  const places = sheetParts(parts);
  for (const { name, rules } of sheets.filter((sheet) => sheet.rules.length > 0)) {
    const part = places.get(name) ?? "";
    const xml = textOf(parts, part) ?? "";
    whole = withText(whole, part, xml.replace(LIST, () => xmlOf(rules)));
  }
  return whole;
}

/** @param {string} list the element of a sheet's part @returns {Rule[]} */
function rulesIn(list) {
  const parsed = new DOMParser().parseFromString(list.replace(FOREIGN, ""), "application/xml");
  return [...parsed.getElementsByTagName("dataValidation")].map((element) => {
    const told = Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
    const { sqref = "", ...rest } = told;
    const areas = sqref.split(/\s+/).flatMap((address) => parseArea(address) ?? []);
    const formulas = FORMULAS.flatMap((name) => {
      const text = element.getElementsByTagName(name)[0]?.textContent;
      return text ? [[name, text]] : [];
    });
    return { areas, told: rest, formulas: Object.fromEntries(formulas) };
  });
}

/** @param {Rule[]} rules @returns {string} */
function xmlOf(rules) {
  const made = document.implementation.createDocument(MAIN, "dataValidations");
  made.documentElement.setAttribute("count", String(rules.length));
  for (const { areas, told, formulas } of rules) {
    const element = made.createElementNS(MAIN, "dataValidation");
    for (const [name, value] of Object.entries(told)) element.setAttribute(name, value);
    element.setAttribute("sqref", areas.map(a1).join(" "));
    for (const [name, text] of Object.entries(formulas)) {
      element.append(Object.assign(made.createElementNS(MAIN, name), { textContent: text }));
    }
    made.documentElement.append(element);
  }
  return new XMLSerializer().serializeToString(made.documentElement);
}
