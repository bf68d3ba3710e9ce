import assert from "node:assert/strict";
import { test } from "node:test";

import { halves, letters, meet, parse, plain, print } from "../../addin/office/src/bridge/areas.js";

test("columns are lettered as Excel letters them", () => {
  const columns = [1, 26, 27, 52, 703, 16384];
  assert.deepEqual(columns.map(letters), ["A", "Z", "AA", "AZ", "AAA", "XFD"]);
});

for (const address of ["A1", "B4:C9", "XFD1048576", "AA10:AB10"]) {
  test(`${address} reads and prints the same`, () => {
    assert.equal(print(parse(address)), address);
  });
}

test("corners given the other way round mean the same cells", () => {
  assert.equal(print(parse("C9:B4")), "B4:C9");
});

for (const text of ["", "somewhere", "A0", "A", "1", "$A$1", "A1:B", "ABCD1", "Sheet1!A1"]) {
  test(`“${text}” is no address`, () => assert.equal(parse(text), null));
}

test("Excel's own addresses lose their sheet and dollar signs", () => {
  assert.equal(plain("'It''s! mine'!$B$4:$C$9"), "B4:C9");
});

test("areas meet where they share a cell, not where they touch", () => {
  const [a, overlapping, beside] = [parse("A1:B4"), parse("B4:C9"), parse("C1:C4")];
  assert.deepEqual([meet(a, overlapping), meet(overlapping, a), meet(a, beside)], [true, true, false]);
});

test("an area is halved by rows first, as the desktop add-in does, so both remember the same marks", () => {
  const cut = (address) => halves(parse(address)).map(print);
  assert.deepEqual(cut("A1:C5"), ["A1:C2", "A3:C5"]);
  assert.deepEqual(cut("A1:C1"), ["A1", "B1:C1"]);
});
