/** Which part of an .xlsx holds which sheet. */

import { textOf } from "./zip.js";

/** @typedef {import("./zip.js").Part} Part */

export const WORKBOOK_PART = "xl/workbook.xml";
const LINKS_PART = "xl/_rels/workbook.xml.rels";
const RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** @param {Part[]} parts @returns {Map<string, string>} the part of each sheet by its name */
export function sheetParts(parts) {
  const [book, links] = [parsed(textOf(parts, WORKBOOK_PART)), parsed(textOf(parts, LINKS_PART))];
  const targets = new Map(
    [...links.getElementsByTagNameNS("*", "Relationship")].map((link) => [
      link.getAttribute("Id"),
      absolute(link.getAttribute("Target") ?? ""),
    ]),
  );
  return new Map(
    [...book.getElementsByTagNameNS("*", "sheet")].map((sheet) => [
      sheet.getAttribute("name") ?? "",
      targets.get(sheet.getAttributeNS(RELATIONSHIPS, "id")) ?? "",
    ]),
  );
}

/** @param {string} target `worksheets/sheet1.xml`, or with a leading slash from the top of the archive */
const absolute = (target) => (target.startsWith("/") ? target.slice(1) : `xl/${target}`);

/** @param {string | null} xml */
const parsed = (xml) => new DOMParser().parseFromString(xml ?? "<none/>", "application/xml");
