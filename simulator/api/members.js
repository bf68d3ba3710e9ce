/**
 * The members of Office.js that the simulated Excel has: one table, from which both sides are built.
 *
 * A member that is not listed does not exist and throws. The table is checked against Microsoft's own typings,
 * so nothing can be listed that real Excel lacks.
 *
 * - `scalars`: values that are loaded; "rw" can be set too.
 * - `objects`: objects reached as properties, by type.
 * - `methods`: what comes back: a type, `?Type` for an OrNullObject, "result" for a ClientResult, "nothing".
 * - `items`: the type of a collection's items.
 * - `events`: what an add-in can listen to with `add(handler)`.
 */

/**
 * @template T
 * @typedef {{scalars?: Partial<Record<keyof T, "r" | "rw">>, objects?: Partial<Record<keyof T, string>>,
 *   methods?: Partial<Record<keyof T, string>>, items?: string, events?: readonly (keyof T)[]}} Members
 */

/**
 * @typedef {{
 *   Application: Members<Excel.Application>, Workbook: Members<Excel.Workbook>,
 *   Functions: Members<Excel.Functions>, FunctionResult: Members<Excel.FunctionResult<number>>,
 *   WorksheetCollection: Members<Excel.WorksheetCollection>, Worksheet: Members<Excel.Worksheet>,
 *   WorksheetProtection: Members<Excel.WorksheetProtection>,
 *   Range: Members<Excel.Range>, RangeAreas: Members<Excel.RangeAreas>, RangeCollection: Members<Excel.RangeCollection>,
 *   DataValidation: Members<Excel.DataValidation>, RangeFormat: Members<Excel.RangeFormat>, RangeFill: Members<Excel.RangeFill>, RangeFont: Members<Excel.RangeFont>,
 *   NamedItemCollection: Members<Excel.NamedItemCollection>, NamedItem: Members<Excel.NamedItem>,
 *   ChartCollection: Members<Excel.ChartCollection>, Chart: Members<Excel.Chart>, ChartTitle: Members<Excel.ChartTitle>,
 * }} Table
 */

/** @satisfies {Table} */
export const TABLE = /** @type {const} */ ({
  Application: {
    methods: { calculate: "nothing", suspendScreenUpdatingUntilNextSync: "nothing" },
  },
  Workbook: {
    scalars: { name: "r" },
    objects: {
      application: "Application",
      functions: "Functions",
      worksheets: "WorksheetCollection",
      names: "NamedItemCollection",
    },
    methods: {
      getSelectedRange: "Range",
      getSelectedRanges: "RangeAreas",
      getActiveCell: "Range",
      insertWorksheetsFromBase64: "result",
    },
  },
  Functions: { methods: { date: "FunctionResult" } },
  FunctionResult: { scalars: { value: "r", error: "r" } },
  WorksheetCollection: {
    items: "Worksheet",
    events: ["onActivated", "onAdded", "onDeleted", "onSelectionChanged"],
    methods: {
      add: "Worksheet",
      getItem: "Worksheet",
      getItemOrNullObject: "?Worksheet",
      getActiveWorksheet: "Worksheet",
      getFirst: "Worksheet",
      getLast: "Worksheet",
      getCount: "result",
    },
  },
  Worksheet: {
    scalars: { id: "r", name: "rw", position: "rw", visibility: "rw", tabColor: "rw", showGridlines: "rw" },
    objects: { names: "NamedItemCollection", charts: "ChartCollection", protection: "WorksheetProtection" },
    methods: {
      activate: "nothing",
      delete: "nothing",
      getCell: "Range",
      getRange: "Range",
      getRangeByIndexes: "Range",
      getUsedRange: "Range",
      getUsedRangeOrNullObject: "?Range",
    },
  },
  WorksheetProtection: { scalars: { protected: "r" }, methods: { protect: "nothing", unprotect: "nothing" } },
  Range: {
    scalars: {
      address: "r",
      cellCount: "r",
      columnCount: "r",
      columnHidden: "rw",
      columnIndex: "r",
      formulas: "rw",
      hidden: "r",
      numberFormat: "rw",
      rowCount: "r",
      rowHidden: "rw",
      rowIndex: "r",
      text: "r",
      values: "rw",
      valueTypes: "r",
    },
    objects: { dataValidation: "DataValidation", format: "RangeFormat", worksheet: "Worksheet" },
    methods: {
      clear: "nothing",
      getCell: "Range",
      getColumn: "Range",
      getEntireColumn: "Range",
      getEntireRow: "Range",
      getIntersectionOrNullObject: "?Range",
      getLastCell: "Range",
      getMergedAreasOrNullObject: "?RangeAreas",
      getOffsetRange: "Range",
      getResizedRange: "Range",
      getRow: "Range",
      getRowProperties: "result",
      getUsedRange: "Range",
      getUsedRangeOrNullObject: "?Range",
      merge: "nothing",
      select: "nothing",
    },
  },
  RangeAreas: {
    scalars: { address: "r", areaCount: "r", cellCount: "r" },
    objects: { areas: "RangeCollection", worksheet: "Worksheet" },
  },
  RangeCollection: { items: "Range", methods: { getCount: "result", getItemAt: "Range" } },
  DataValidation: { scalars: { rule: "rw", type: "r" }, methods: { clear: "nothing" } },
  RangeFormat: {
    scalars: { columnWidth: "rw", wrapText: "rw" },
    objects: { fill: "RangeFill", font: "RangeFont" },
    methods: { autofitColumns: "nothing", autofitRows: "nothing" },
  },
  RangeFill: { scalars: { color: "rw", pattern: "r" }, methods: { clear: "nothing" } },
  RangeFont: { scalars: { bold: "rw", color: "rw", italic: "rw", size: "rw" } },
  NamedItemCollection: {
    items: "NamedItem",
    methods: { add: "NamedItem", getItem: "NamedItem", getItemOrNullObject: "?NamedItem", getCount: "result" },
  },
  NamedItem: {
    scalars: { name: "r", formula: "rw", value: "r", type: "r", scope: "r", comment: "rw", visible: "rw" },
    methods: { delete: "nothing", getRangeOrNullObject: "?Range" },
  },
  ChartCollection: {
    items: "Chart",
    methods: { add: "Chart", getItem: "Chart", getItemOrNullObject: "?Chart", getCount: "result" },
  },
  Chart: {
    scalars: { name: "rw" },
    objects: { title: "ChartTitle" },
    methods: { delete: "nothing", setPosition: "nothing" },
  },
  ChartTitle: { scalars: { text: "rw", visible: "rw" } },
});

/** @typedef {keyof typeof TABLE} TypeName */

/**
 * @param {TypeName} type
 * @returns {{scalars: Record<string, string>, objects: Record<string, TypeName>, methods: Record<string, string>, items: TypeName | null, events: string[]}}
 */
export function membersOf(type) {
  const told = /** @type {any} */ (TABLE[type]);
  return {
    scalars: told.scalars ?? {},
    objects: told.objects ?? {},
    methods: told.methods ?? {},
    items: told.items ?? null,
    events: told.events ?? [],
  };
}
