/**
 * How each member of the table (members.js) is carried out, by type.
 *
 * - `get`: a scalar of the target. `set`: writes one.
 * - `reach`: an object behind a property or method, null where there is none; `items` of a collection.
 * - `call`: a method that answers with a value or nothing.
 *
 * @typedef {import("./host.js").Session} Session
 * @typedef {{
 *   get?: Record<string, (target: any) => unknown>,
 *   set?: Record<string, (target: any, value: any, session: Session) => void>,
 *   reach?: Record<string, (target: any, args: any[], session: Session) => unknown>,
 *   call?: Record<string, (target: any, args: any[], session: Session) => unknown>,
 * }} Handlers
 */

import { Chart, ChartCollection, ChartTitle } from "./handlers/charts.js";
import { NamedItem, NamedItemCollection } from "./handlers/names.js";
import { Range, RangeAreas, RangeCollection } from "./handlers/ranges.js";
import { DataValidation } from "./handlers/validations.js";
import { RangeFill, RangeFont, RangeFormat } from "./handlers/formats.js";
import { Worksheet, WorksheetCollection, WorksheetProtection } from "./handlers/sheets.js";
import { Application, FunctionResult, Functions, Workbook } from "./handlers/workbook.js";

/** @type {Record<import("./members.js").TypeName, Handlers>} */
export const HANDLERS = {
  Application,
  Functions,
  FunctionResult,
  Workbook,
  WorksheetCollection,
  Worksheet,
  WorksheetProtection,
  Range,
  RangeAreas,
  RangeCollection,
  DataValidation,
  RangeFormat,
  RangeFill,
  RangeFont,
  NamedItemCollection,
  NamedItem,
  ChartCollection,
  Chart,
  ChartTitle,
};
