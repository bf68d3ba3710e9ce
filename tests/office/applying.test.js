import assert from "node:assert/strict";
import { test } from "node:test";

import { areasOf, base64, freeNames } from "../../addin/office/src/bridge/applying.js";
import { parse } from "../../addin/office/src/bridge/areas.js";
import { layers } from "../../addin/office/src/bridge/marks.js";

test("a sheet of the user's own keeps its name, ours is numbered as Excel numbers", () => {
  assert.deepEqual(freeNames(["Findings", "Lines"], ["FINDINGS", "Findings (2)"]), ["Findings (3)", "Lines"]);
});

test("a numbered name has no more than 31 letters", () => {
  const long = "A provider with quite a long name";
  const [name] = freeNames([long.slice(0, 31)], [long.slice(0, 31)]);
  assert.deepEqual([name.length, name.endsWith(" (2)")], [31, true]);
});

test("an edit may name several ranges", () => {
  assert.deepEqual(areasOf({ sheet: "Log", range: "A1:A3, B2" }), [parse("A1:A3"), parse("B2")]);
});

for (const edit of [
  { sheet: "Log", range: "somewhere" },
  { sheet: "Log", range: "A1:B2", values: [[1], [2]] },
]) {
  test(`an edit of ${edit.range} that cannot be done is refused before anything is touched`, () => {
    assert.throws(() => areasOf(edit), /Nothing was changed/);
  });
}

test("marks on the same cell wait for each other, all others go together", () => {
  const marks = [["Log", "A1:A3"], ["Log", "B1"], ["Other", "A1"], ["log", "A2"], ["Log", "C1"]];
  const cut = layers(marks, ([sheet, address]) => [sheet, parse(address)]);
  assert.deepEqual(cut.map((layer) => layer.map(([, address]) => address)), [["A1:A3", "B1", "A1"], ["A2", "C1"]]);
});

test("bytes travel to Excel unharmed, however many", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 256);
  assert.deepEqual(new Uint8Array(Buffer.from(base64(bytes), "base64")), bytes);
});
