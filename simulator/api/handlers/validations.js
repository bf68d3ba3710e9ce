/** The validation of a range: lists, the one kind an add-in of ours sets. */

import { a1, overlap } from "../../book/area.js";
import { clearRules, setList } from "../../book/validations.js";
import { OfficeError } from "../errors.js";
import { refuseProtected } from "./ranges.js";

/** @typedef {import("./ranges.js").Cells} Cells */

const LONGEST_SOURCE = 255;
const KINDS = {
  list: "List",
  whole: "WholeNumber",
  decimal: "Decimal",
  date: "Date",
  time: "Time",
  textLength: "TextLength",
  custom: "Custom",
};

/** @type {import("../handlers.js").Handlers} */
export const DataValidation = {
  get: {
    type: kindOf,
    rule: (/** @type {Cells} */ cells) => {
      const [first] = rulesOf(cells);
      if (kindOf(cells) !== "List" || !first) return kindOf(cells) === "None" ? {} : null;
      const source = (first.formulas["formula1"] ?? "").replace(/^"|"$/g, "");
      return { list: { inCellDropDown: first.told["showDropDown"] !== "1", source } };
    },
  },
  set: {
    rule: (/** @type {Cells} */ { sheet, area }, { list }) => {
      refuseProtected(sheet, "DataValidation.rule");
      const source = list?.source;
      if (typeof source !== "string" || !source || source.length > LONGEST_SOURCE)
        throw new OfficeError("InvalidArgument", "DataValidation.rule");
      setList(sheet, area, source, list.inCellDropDown);
    },
  },
  call: {
    clear: (/** @type {Cells} */ { sheet, area }) => {
      refuseProtected(sheet, "DataValidation.clear");
      clearRules(sheet, area);
    },
  },
};

/** @param {Cells} cells */
function rulesOf({ sheet, area }) {
  return sheet.rules.filter(({ areas }) => areas.some((one) => overlap(one, area)));
}

/**
 * @param {Cells} cells
 * @returns {string} as Excel names them: "Inconsistent" where several rules hold, "MixedCriteria" where some cells have none
 */
function kindOf(cells) {
  const rules = rulesOf(cells);
  const [first] = rules;
  if (!first) return "None";
  if (rules.length > 1) return "Inconsistent";
  const whole = first.areas.some((one) => isInside(cells.area, one));
  return whole ? (KINDS[/** @type {keyof typeof KINDS} */ (first.told["type"])] ?? "None") : "MixedCriteria";
}

/** @param {import("../../book/area.js").Area} area @param {import("../../book/area.js").Area} other */
function isInside(area, other) {
  const both = overlap(area, other);
  return both !== null && a1(both) === a1(area);
}
