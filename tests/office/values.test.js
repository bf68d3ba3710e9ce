import assert from "node:assert/strict";
import { test } from "node:test";

import { constant } from "../../addin/office/src/bridge/names.js";
import { fits, gridOf, guardText, isList } from "../../addin/office/src/bridge/values.js";

const area = (height, width) => ({ top: 1, left: 1, height, width });

for (const text of ["=1+1", "+1 555", "-2", "@x", "10/05/2026", "007", "true", "'quoted", "May 5", " padded"]) {
  test(`“${text}” stays text`, () => assert.equal(guardText(text), `'${text}`));
}

test("numbers, yes and no, and plain words go as they are", () => {
  for (const value of [12.5, 0, false, "done", "Ärztin", ""]) assert.equal(guardText(value), value);
});

test("an empty cell is emptied, where null would leave what was there", () => {
  assert.equal(guardText(null), "");
});

test("one value fills its whole range", () => {
  assert.deepEqual(gridOf([["done"]], area(2, 2)), [["done", "done"], ["done", "done"]]);
});

test("values fit exactly or as one", () => {
  assert.deepEqual([fits([[1], [2]], area(2, 1)), fits([[1]], area(9, 9)), fits([[1], [2]], area(2, 2))], [true, true, false]);
});

for (const [formula, text] of [
  ['="lakeside"', "lakeside"],
  ['="the ""old"" mill"', 'the "old" mill'],
  ["=Appointments!$A$1", null],
  ['="a"&"b"', null],
  [null, null],
]) {
  test(`a name that refers to ${formula} holds ${text}`, () => assert.equal(constant(formula), text));
}

test("plain words make a dropdown, those with Excel's own separators do not", () => {
  assert.ok(isList(["send", "counter offer", 'the "old" mill']));
  for (const words of [["a,b"], ["a;b"], ["=A1"], [""], [" a"], ["x".repeat(200), "y".repeat(55)]]) {
    assert.equal(isList(words), false);
  }
});
