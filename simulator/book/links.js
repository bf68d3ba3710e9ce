/**
 * Links from a cell to a place in the same workbook.
 *
 * ExcelJS knows links to other files only, and drops the others. So they are read from the sheets' parts, kept with the
 * sheets, and put back after it wrote them.
 */

import { parseArea } from "./area.js";
import { sheetParts } from "./parts.js";
import { textOf, withText } from "./zip.js";

/**
 * @typedef {import("./area.js").Area} Area
 * @typedef {import("./sheet.js").Sheet} Sheet
 * @typedef {import("./zip.js").Part} Part
 */

const LINK = /<hyperlink\b[^>]*>/g;
/** In a sheet's part, links stand before the first of these. */
const AFTER = /<(?:printOptions|pageMargins|pageSetup|headerFooter|drawing|legacyDrawing|tableParts|extLst)\b|<\/worksheet>/;
const PLACE = /^(?:'((?:[^']|'')+)'|([^'!]+))!(.+)$/;
const SIGNS = new Map([
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&quot;", '"'],
  ["&apos;", "'"],
  ["&amp;", "&"],
]);

/** @param {Part[]} parts of a workbook @returns {Map<string, Map<string, string>>} the place of each cell's link, as it stands in the file, by sheet */
export function linksIn(parts) {
  const links = new Map();
  for (const [sheet, part] of sheetParts(parts)) {
    const found = [...(textOf(parts, part) ?? "").matchAll(LINK)]
      .map(([link]) => /** @type {[string, string]} */ ([attribute(link, "ref"), attribute(link, "location")]))
      .filter(([, place]) => place !== "");
    links.set(sheet, new Map(found));
  }
  return links;
}

/** @param {Part[]} parts as ExcelJS wrote them @param {Sheet[]} sheets @returns {Part[]} */
export function withLinks(parts, sheets) {
  let whole = parts;
  const places = sheetParts(parts);
  for (const { name, links } of sheets.filter((sheet) => sheet.links.size > 0)) {
    const part = places.get(name) ?? "";
    const items = [...links].map(([cell, place]) => `<hyperlink ref="${cell}" location="${place}"/>`).join("");
    const xml = textOf(whole, part) ?? "";
    const merged = xml.includes("</hyperlinks>")
      ? xml.replace("</hyperlinks>", () => `${items}</hyperlinks>`)
      : xml.replace(AFTER, (next) => `<hyperlinks>${items}</hyperlinks>${next}`);
    whole = withText(whole, part, merged);
  }
  return whole;
}

/** @param {Sheet} sheet @param {string} cell its address @returns {{sheet: Sheet, area: Area} | null} where its link goes, null without one and where nothing is shown */
export function linkOf(sheet, cell) {
  const place = (sheet.links.get(cell) ?? "").replace(/&\w+;/g, (sign) => SIGNS.get(sign) ?? sign);
  const [, quoted, plain, address = ""] = PLACE.exec(place) ?? [];
  const found = sheet.book.find(quoted?.replaceAll("''", "'") ?? plain ?? "");
  const area = parseArea(address);
  return found?.visibility === "Visible" && area ? { sheet: found, area } : null;
}

/** @param {string} tag @param {string} name @returns {string} as it is in the file, "" where there is none */
const attribute = (tag, name) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
