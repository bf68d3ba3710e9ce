import assert from "node:assert/strict";
import { test } from "node:test";

import { assemble, formatOf } from "../../addin/office/src/bridge/reading.js";

const used = (height, width) => ({ top: 3, left: 2, height, width });
const block = (...values) => ({ values, formats: values[0].map(() => values.map(() => null)), hidden: [] });

test("blocks of rows become columns", () => {
  const { columns } = assemble(used(3, 2), [block(["Date", "Units"], [46300, 2]), block([46301, null])]);
  assert.deepEqual(columns, [["Date", 46300, 46301], ["Units", 2, null]]);
});

test("empty rows below and columns to the right are not sent, those above and between are", () => {
  const { columns, area } = assemble(used(4, 3), [block([null, null, null], ["Date", null, null], [null, null, null], [null, null, null])]);
  assert.deepEqual(columns, [[null, "Date"]]);
  assert.deepEqual(area, { top: 3, left: 2, height: 2, width: 1 });
});

test("an empty sheet has no columns", () => {
  assert.deepEqual(assemble(used(1, 1), [block([null])]).columns, []);
});

test("a column has one format if its numbers have, whatever its heading has", () => {
  assert.equal(formatOf(["Date", 46300, 46301], [null, "mm/dd/yyyy", "mm/dd/yyyy"]), "mm/dd/yyyy");
  assert.equal(formatOf(["Units", 2, null], [null, null, null]), null);
});

test("a column of several formats says which cell has which, General ones too", () => {
  const formats = [null, null, "dd/mm/yyyy"];
  assert.equal(formatOf(["Date", 46300, 46301], formats), formats);
});
