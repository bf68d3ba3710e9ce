/** What ExcelJS and its forks stumble over in good workbooks, put the way they expect. */

import { textOf, withText } from "./zip.js";

/** @typedef {import("./zip.js").Part} Part */

const STYLES_PART = "xl/styles.xml";
const FORMAT_CODE = /formatCode="[^"]*"/g;
const SHEET_LINKS = /^xl\/worksheets\/_rels\/.+\.rels$/;
const ABSOLUTE = /Target="\/xl\//g;
const LINK = /<Relationship\b[^>]*>/g;
const COMMENTS = /relationships\/(?:comments|vmlDrawing)"/;
const KNOWN_COMMENTS = /Target="\.\.\/(?:comments\d+\.xml|drawings\/vmlDrawing\d+\.vml)"/;

/**
 * The format allows links with absolute addresses (`/xl/tables/table1.xml`), which openpyxl writes, and comments in
 * a folder of their own. ExcelJS knows neither. Such comments are dropped: nothing of ours holds any.
 *
 * @param {Part[]} parts @returns {Part[]}
 */
export function plainLinks(parts) {
  let tidy = parts;
  for (const { name } of parts.filter((part) => SHEET_LINKS.test(part.name))) {
    const before = textOf(parts, name) ?? "";
    const links = before.replace(ABSOLUTE, 'Target="../');
    const strange = [...links.matchAll(LINK)].some(([link]) => COMMENTS.test(link) && !KNOWN_COMMENTS.test(link));
    const after = strange ? links.replace(LINK, (link) => (COMMENTS.test(link) ? "" : link)) : links;
    if (after !== before) tidy = withText(tidy, name, after);
  }
  return tidy;
}

/** It drops the backslashes of number formats: each is doubled, so that one is left. @param {Part[]} parts @returns {Part[]} */
export function doubledEscapes(parts) {
  const styles = textOf(parts, STYLES_PART) ?? "";
  const doubled = styles.replace(FORMAT_CODE, (code) => code.replaceAll("\\", "\\\\"));
  return doubled === styles ? parts : withText(parts, STYLES_PART, doubled);
}

/** Tables without a style or a filter cannot be written, and ones that do not say so are thought headless. @param {any} raw an ExcelJS workbook */
export function mendTables(raw) {
  for (const sheet of raw.worksheets) {
    for (const { table } of Object.values(sheet.tables ?? {})) {
      table.headerRow ||= Boolean(table.autoFilterRef);
      table.autoFilterRef ??= table.tableRef;
      table.style ??= {};
    }
  }
}
