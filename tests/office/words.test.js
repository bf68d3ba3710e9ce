import assert from "node:assert/strict";
import { test } from "node:test";

import { trust } from "../../addin/office/src/checks.js";
import { dollars, figurePairs } from "../../addin/office/src/figures.js";
import { Refusal, inPlainWords } from "../../addin/office/src/refusals.js";
import { isDark } from "../../addin/office/src/theme.js";

for (const [cents, text] of [
  [0, "$0.00"],
  [5, "$0.05"],
  [-5, "−$0.05"],
  [1248000, "$12,480.00"],
  [123456789012345, "$1,234,567,890,123.45"],
]) {
  test(`${cents} cents read ${text}`, () => assert.equal(dollars(cents), text));
}

test("amounts come first, then counts, then words; lists, codes and counts of nothing stay away", () => {
  const figures = { run: "r1", rows_in: 1412, held: 0, paid_cents: 0, providers: [{}], fingerprint: "ab" };
  assert.deepEqual(figurePairs(figures), [["Paid amount", "$0.00"], ["Rows in", "1,412"], ["Run", "r1"]]);
});

test("adjustments and what is carried are shown if a run has any", () => {
  const none = { paid_cents: 500, adjustments: 0, adjustment_cents: 0, plans: 0, plans_cents: 0, items: 0, items_cents: 0, carried_in_cents: 0, carried_out_cents: 0, total_cents: 500 };
  assert.deepEqual(figurePairs(none), [["Paid amount", "$5.00"], ["Total amount", "$5.00"]]);
  const some = { ...none, adjustments: 2, adjustment_cents: -900, carried_out_cents: -400, total_cents: 0 };
  assert.deepEqual(figurePairs(some), [
    ["Paid amount", "$5.00"],
    ["Adjustment amount", "−$9.00"],
    ["Carried out amount", "−$4.00"],
    ["Total amount", "$0.00"],
    ["Adjustments", "2"],
  ]);
});

test("of a code with a label, the label is shown", () => {
  const figures = { state: "closed", state_label: "Approved" };
  assert.deepEqual(figurePairs(figures), [["State", "Approved"]]);
});

test("a cell being edited says how to go on", () => {
  const { remedy } = inPlainWords({ code: "InvalidOperationInCellEditMode" }).problem;
  assert.equal(remedy, "Finish editing the cell (press Enter), then press the button again.");
});

test("what Excel says of an error never reaches the pane, for it may quote a cell", () => {
  const { detail, title } = inPlainWords(new TypeError("Ada Example owes")).problem;
  assert.equal(`${title}: ${detail}`, "Something went wrong: Excel could not finish (TypeError).");
});

test("a refusal of the service is said in the service's words", () => {
  const refusal = new Refusal({ code: "no-clinic", title: "t", detail: "d", remedy: "r" });
  assert.equal(inPlainWords(refusal), refusal);
});

test("a page over plain http is trusted on this computer only", () => {
  assert.ok(trust({ protocol: "https:", hostname: "office.example" }));
  assert.ok(trust({ protocol: "http:", hostname: "127.0.0.1" }));
  assert.equal(trust({ protocol: "http:", hostname: "office.example" }), null);
});

test("Excel's own background tells light from dark", () => {
  assert.deepEqual(["#FFFFFF", "#1F1F1F", "262626", undefined, "white"].map(isDark), [false, true, true, null, null]);
});
