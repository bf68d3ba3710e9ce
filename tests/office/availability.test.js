import assert from "node:assert/strict";
import { test } from "node:test";

import { hindrance, orderOfWork } from "../../addin/office/src/availability.js";

const button = (id, more) => ({ id, label: id, works_on: [], clinic: false, next: null, ...more });
const approve = button("pay.approve", { works_on: ["Summary", "Old summary"], clinic: true });
const ribbon = {
  tab: "Tab",
  group: [{ id: "pay", label: "Pay" }],
  button: [button("pay.list"), approve, button("pay.make", { next: "pay.approve" }), button("other.make", { next: "pay.list" })],
};

for (const [name, workbook, reason] of [
  ["is not known", null, ""],
  ["has no clinic", { clinic: null, sheets: ["Summary"] }, "Choose a clinic first."],
  ["has no such sheet", { clinic: "a", sheets: ["Log"] }, "This workbook has no sheet Summary. Press pay.make first."],
  ["has one of the sheets", { clinic: "a", sheets: ["Log", " old SUMMARY"] }, ""],
]) {
  test(`a button in a workbook that ${name}`, () => assert.equal(hindrance(approve, ribbon, workbook), reason));
}

test("a sheet that no button makes is said without one", () => {
  const lone = button("pay.lone", { works_on: ["Log"] });
  assert.equal(hindrance(lone, ribbon, { clinic: null, sheets: [] }), "This workbook has no sheet Log.");
});

test("the steps of a group are in the order of the work, and a circle of steps ends", () => {
  const ids = ({ before, steps, after }) => [before, steps, after].map((list) => list.map(({ id }) => id));
  assert.deepEqual(ids(orderOfWork(ribbon, "pay")), [["pay.list"], ["pay.make", "pay.approve"], []]);
  const circle = [button("a.1", { next: "a.2" }), button("a.2", { next: "a.3" }), button("a.3", { next: "a.2" })];
  assert.deepEqual(ids(orderOfWork({ ...ribbon, button: circle }, "a")), [[], ["a.1", "a.2", "a.3"], []]);
});
