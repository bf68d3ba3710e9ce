/**
 * Links between the parts of a workbook, put the way ExcelJS expects them.
 *
 * The format allows absolute addresses (`/xl/tables/table1.xml`), which openpyxl writes, and comments in a folder
 * of their own. ExcelJS knows neither and stumbles. Such comments are dropped: nothing of ours holds any.
 */

import { textOf, withText } from "./zip.js";

/** @typedef {import("./zip.js").Part} Part */

const SHEET_LINKS = /^xl\/worksheets\/_rels\/.+\.rels$/;
const ABSOLUTE = /Target="\/xl\//g;
const LINK = /<Relationship\b[^>]*>/g;
const COMMENTS = /relationships\/(?:comments|vmlDrawing)"/;
const KNOWN_COMMENTS = /Target="\.\.\/(?:comments\d+\.xml|drawings\/vmlDrawing\d+\.vml)"/;

/** @param {Part[]} parts @returns {Promise<Part[]>} */
export async function plainLinks(parts) {
  let tidy = parts;
  for (const { name } of parts.filter((part) => SHEET_LINKS.test(part.name))) {
    const before = (await textOf(parts, name)) ?? "";
    const links = before.replace(ABSOLUTE, 'Target="../');
    const strange = [...links.matchAll(LINK)].some(([link]) => COMMENTS.test(link) && !KNOWN_COMMENTS.test(link));
    const after = strange ? links.replace(LINK, (link) => (COMMENTS.test(link) ? "" : link)) : links;
    if (after !== before) tidy = withText(tidy, name, after);
  }
  return tidy;
}
