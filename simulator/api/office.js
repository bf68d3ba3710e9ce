/**
 * The `Office` and `Excel` objects an add-in's page finds (types: @types/office-js).
 *
 * One page is task pane and command functions at once (shared runtime), so there is one of these per page.
 */

import { OfficeError } from "./errors.js";
import { Session } from "./host.js";
import { RequestContext } from "./proxies.js";
import { strict } from "./strict.js";
import { reaches } from "./versions.js";

/** What the simulated Excel can do besides ExcelApi, by requirement set. */
const REQUIREMENT_SETS = { SharedRuntime: "1.1", DialogApi: "1.2", RibbonApi: "1.2" };

const THEMES = {
  light: {
    bodyBackgroundColor: "#FFFFFF",
    bodyForegroundColor: "#242424",
    controlBackgroundColor: "#F5F5F5",
    controlForegroundColor: "#242424",
    isDarkTheme: false,
  },
  dark: {
    bodyBackgroundColor: "#292929",
    bodyForegroundColor: "#FFFFFF",
    controlBackgroundColor: "#1F1F1F",
    controlForegroundColor: "#FFFFFF",
    isDarkTheme: true,
  },
};

/**
 * What the window offers an add-in beyond the workbook.
 *
 * @typedef {import("./host.js").Window & {
 *   theme: "light" | "dark",
 *   showPane: () => void, hidePane: () => void,
 *   associated: (action: string, run: (event: unknown) => unknown) => void,
 *   listen: import("./proxies.js").Listen,
 *   openNew: (bytes: Uint8Array) => void,
 *   updateRibbon: (data: Office.RibbonUpdaterData) => void,
 * }} Shell
 */

/** @param {Shell} shell @returns {{Office: object, Excel: object, OfficeExtension: object}} */
export function office(shell) {
  return {
    Office: strict(officeObject(shell), "Office"),
    Excel: strict(excelObject(shell), "Excel"),
    OfficeExtension: { Error: OfficeError },
  };
}

/** @param {Shell} shell */
function excelObject(shell) {
  /** @param {boolean} delayed */
  const begin = (delayed) => {
    const session = new Session(shell);
    return new RequestContext((request, wait) => session.execute(request, wait), delayed, shell.listen);
  };
  /** @param {any[]} args `(batch)` or `(options, batch)` */
  const run = async (...args) => {
    const batch = args.pop();
    const context = begin(Boolean(args[0]?.delayForCellEdit));
    const result = await batch(context);
    await context.sync();
    return result;
  };
  return {
    run,
    createWorkbook: async (/** @type {string} */ base64) =>
      shell.openNew(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))),
    RequestContext: function RequestContextOfPage() {
      return begin(false);
    },
    ChartType: choices({
      columnClustered: "ColumnClustered",
      barClustered: "BarClustered",
      line: "Line",
      pie: "Pie",
    }),
    ChartSeriesBy: choices({ auto: "Auto", columns: "Columns", rows: "Rows" }),
    ClearApplyTo: choices({ all: "All", contents: "Contents", formats: "Formats" }),
    ErrorCodes: choices({
      accessDenied: "AccessDenied",
      generalException: "GeneralException",
      invalidArgument: "InvalidArgument",
      invalidOperationInCellEditMode: "InvalidOperationInCellEditMode",
      itemNotFound: "ItemNotFound",
      requestPayloadSizeLimitExceeded: "RequestPayloadSizeLimitExceeded",
      responsePayloadSizeLimitExceeded: "ResponsePayloadSizeLimitExceeded",
      unsupportedFeature: "UnsupportedFeature",
    }),
    SheetVisibility: choices({ visible: "Visible", hidden: "Hidden", veryHidden: "VeryHidden" }),
    WorksheetPositionType: choices({
      none: "None",
      before: "Before",
      after: "After",
      beginning: "Beginning",
      end: "End",
    }),
  };
}

/** @param {Shell} shell */
function officeObject(shell) {
  const info = { host: "Excel", platform: "OfficeOnline" };
  /** @param {(info: object) => unknown} [callback] */
  const onReady = async (callback) => {
    await callback?.(info);
    return info;
  };
  return {
    onReady,
    /** Office calls what a page assigns here; onReady is the newer way. @type {unknown} */
    initialize: null,
    actions: strict({ associate: shell.associated }, "Office.actions"),
    addin: strict(
      {
        showAsTaskpane: async () => shell.showPane(),
        hide: async () => shell.hidePane(),
        getStartupBehavior: async () => "None",
        setStartupBehavior: async () => undefined,
        onVisibilityModeChanged: async () => async () => undefined,
      },
      "Office.addin",
    ),
    ribbon: strict(
      { requestUpdate: async (/** @type {Office.RibbonUpdaterData} */ data) => shell.updateRibbon(data) },
      "Office.ribbon",
    ),
    context: contextOf(shell, info),
    HostType: choices({ Excel: "Excel" }),
    PlatformType: choices({
      PC: "PC",
      OfficeOnline: "OfficeOnline",
      Mac: "Mac",
      iOS: "iOS",
      Android: "Android",
      Universal: "Universal",
    }),
    StartupBehavior: choices({ none: "None", load: "Load" }),
    VisibilityMode: choices({ hidden: "Hidden", taskpane: "Taskpane" }),
  };
}

/** @param {Shell} shell @param {{host: string, platform: string}} info */
function contextOf(shell, info) {
  /** @param {string} name @param {string | number} [version] */
  const isSetSupported = (name, version = 1.1) => {
    const has = name === "ExcelApi" ? shell.excelApi : Reflect.get(REQUIREMENT_SETS, name);
    return has !== undefined && reaches(has, String(version));
  };
  return strict(
    {
      ...info,
      contentLanguage: "en-US",
      displayLanguage: "en-US",
      diagnostics: { ...info, version: "16.0.0.0" },
      /** Browsers part the storage of add-ins by the page around them; keys are to begin with this. */
      partitionKey: "simulated-excel",
      requirements: strict({ isSetSupported }, "Office.context.requirements"),
      get officeTheme() {
        return strict({ ...THEMES[shell.theme] }, "Office.context.officeTheme");
      },
      get document() {
        return strict({ url: shell.book.fileName, mode: "readWrite" }, "Office.context.document");
      },
    },
    "Office.context",
  );
}

/** @template {Record<string, string>} T @param {T} values @returns {T} */
function choices(values) {
  return strict(values, "The list of choices");
}
