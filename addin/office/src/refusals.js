/** Refusals of clicks: those of the service, and our own in the same form. */

/** @typedef {import("./contract.js").Problem} Problem */

/** A click that was not carried out. `problem` has a code for programs, a title, one sentence and the remedy. */
export class Refusal extends Error {
  /**
   * @param {Problem} problem
   * @param {{again?: boolean, connection?: boolean}} [how] `again`: the same request may be sent once more;
   *   `connection`: the connection to the service is the problem
   */
  constructor(problem, { again = false, connection = false } = {}) {
    super(problem.detail);
    this.problem = problem;
    this.again = again;
    this.connection = connection;
  }
}

/**
 * The service answered, but what it sent cannot be put into the workbook.
 * @param {string} why
 */
export function unusable(why) {
  return new Refusal({
    code: "unusable-reply",
    title: "The answer of the service could not be used",
    detail: `${why} Nothing was changed in the workbook.`,
    remedy: "Press the button again. If it happens twice, update the add-in and the service together.",
  });
}

export const SHEET_GONE = "sheet-gone";

/**
 * The sheet that was meant has another name by now, or was deleted.
 * @param {string} sheet
 * @param {string} remedy
 */
export const sheetGone = (sheet, remedy) =>
  new Refusal({
    code: SHEET_GONE,
    title: "That sheet is no longer there",
    detail: `The sheet ${sheet} is no longer there. It may have been renamed or deleted.`,
    remedy,
  });

/** Somebody pressed Cancel. */
export class Cancelled extends Error {}

/**
 * Excel's own errors in plain words: code -> title, sentence, remedy.
 * @type {Record<string, [title: string, detail: string, remedy: string]>}
 */
const OF_EXCEL = {
  InvalidOperationInCellEditMode: [
    "A cell is being edited",
    "Excel does not let add-ins work while a cell is being edited.",
    "Finish editing the cell (press Enter), then press the button again.",
  ],
  AccessDenied: [
    "The workbook is protected",
    "A sheet, or the workbook itself, is protected and could not be changed.",
    "Take the protection off (Review, Unprotect), then press the button again.",
  ],
  ItemNotFound: [
    "Something is no longer there",
    "A sheet or a cell was removed or renamed while the button was working.",
    "Press the button again.",
  ],
  RequestPayloadSizeLimitExceeded: [
    "That is too large for this Excel",
    "Excel does not take so much from an add-in at once.",
    "Use Excel on Windows or macOS, or split the sheet.",
  ],
  ResponsePayloadSizeLimitExceeded: [
    "That is too large for this Excel",
    "Even a single row of the sheet is more than Excel hands to an add-in.",
    "Use Excel on Windows or macOS, or remove columns that hold long texts.",
  ],
  InsufficientMemory: [
    "Excel has no memory left",
    "The sheet is too large for the memory Excel has.",
    "Close other workbooks, or split the sheet.",
  ],
  HostIsBusy: ["Excel is busy", "Excel did not answer in time.", "Wait a moment and press the button again."],
  UnsupportedOperation: [
    "This Excel cannot do that",
    "This version of Excel lacks something the button needs.",
    "Update Excel, or use the desktop add-in.",
  ],
};
/** Other codes that mean the same. */
const SAME = /** @type {Record<string, string>} */ ({
  OperationCellEditMode: "InvalidOperationInCellEditMode",
  CellEditMode: "InvalidOperationInCellEditMode",
  ProtectedRange: "AccessDenied",
  WorksheetProtected: "AccessDenied",
  MemoryLimitReached: "InsufficientMemory",
  ServiceNotAvailable: "HostIsBusy",
  Timeout: "HostIsBusy",
  ApiNotFound: "UnsupportedOperation",
  ApiNotAvailable: "UnsupportedOperation",
  UnsupportedFeature: "UnsupportedOperation",
  NotImplemented: "UnsupportedOperation",
});

/**
 * Return any thrown error as a refusal in plain words. It never quotes the error, which may contain a cell.
 * @param {unknown} error
 * @returns {Refusal}
 */
export function inPlainWords(error) {
  if (error instanceof Refusal) return error;
  const code = codeOf(error);
  const [title, detail, remedy] = OF_EXCEL[SAME[code] ?? code] ?? [
    "Something went wrong",
    `Excel could not finish (${code}).`,
    "If a cell is being edited, press Enter. Then press the button again.",
  ];
  return new Refusal({ code, title, detail, remedy });
}

/**
 * Return whether Excel refused to change something that is protected.
 * @param {unknown} error
 */
export function isProtected(error) {
  const code = codeOf(error);
  return (SAME[code] ?? code) === "AccessDenied";
}

/**
 * Return the code of an error of Excel, or else the name of the error.
 * @param {unknown} error
 */
export function codeOf(error) {
  const { code, name } = /** @type {{code?: unknown, name?: unknown}} */ (error ?? {});
  return String(code || name || "unknown");
}
