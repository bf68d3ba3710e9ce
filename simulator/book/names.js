/**
 * Defined names, of the workbook and of single sheets: what ExcelJS cannot keep.
 *
 * ExcelJS knows names of cells only. Ours hold a text (`="lakeside"`) and are hidden, and so say whose a
 * workbook is. They are taken from `workbook.xml` on opening and put back on saving.
 *
 * @typedef {{name: string, formula: string, visible: boolean, sheet: string | null, comment: string}} DefinedName
 *   `formula` starts with `=`; `sheet` is null for a name of the whole workbook.
 */

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const BUILT_IN = "_xlnm.";

/** @param {string} xml workbook.xml @returns {DefinedName[]} without print titles and the like, which ExcelJS keeps */
export function readNames(xml) {
  const parsed = parse(xml);
  const sheets = sheetNames(parsed);
  return [...parsed.getElementsByTagNameNS("*", "definedName")]
    .filter((element) => !element.getAttribute("name")?.startsWith(BUILT_IN))
    .map((element) => {
      const place = element.getAttribute("localSheetId");
      return {
        name: element.getAttribute("name") ?? "",
        formula: `=${element.textContent ?? ""}`,
        visible: !["1", "true"].includes(element.getAttribute("hidden") ?? ""),
        sheet: place === null ? null : (sheets[Number(place)] ?? null),
        comment: element.getAttribute("comment") ?? "",
      };
    });
}

/** @param {string} xml workbook.xml as ExcelJS wrote it @param {DefinedName[]} names @returns {string} */
export function writeNames(xml, names) {
  if (names.length === 0) return xml;
  const parsed = parse(xml);
  const sheets = sheetNames(parsed);
  const list = listOf(parsed);
  for (const one of names) {
    const element = parsed.createElementNS(MAIN, "definedName");
    element.setAttribute("name", one.name);
    if (one.sheet !== null) element.setAttribute("localSheetId", String(sheets.indexOf(one.sheet)));
    if (!one.visible) element.setAttribute("hidden", "1");
    if (one.comment) element.setAttribute("comment", one.comment);
    element.textContent = one.formula.replace(/^=/, "");
    list.append(element);
  }
  return new XMLSerializer().serializeToString(parsed);
}

/** @param {string} xml */
function parse(xml) {
  return new DOMParser().parseFromString(xml, "application/xml");
}

/** @param {Document} workbook */
function sheetNames(workbook) {
  return [...workbook.getElementsByTagNameNS("*", "sheet")].map((sheet) => sheet.getAttribute("name") ?? "");
}

/** @param {Document} workbook the list of names, made where there is none: right after the sheets */
function listOf(workbook) {
  const [standing] = workbook.getElementsByTagNameNS("*", "definedNames");
  if (standing) return standing;
  const made = workbook.createElementNS(MAIN, "definedNames");
  workbook.getElementsByTagNameNS("*", "sheets")[0]?.after(made);
  return made;
}
