// Numbers as people read them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { count, fixed, messageOf, number, percent, plural, signed } from "./modules/core/format.js";

test("what is absent is a dash, never NaN or undefined", () => {
  for (const absent of [null, undefined, Number.NaN, Infinity]) {
    for (const form of [number, (value) => fixed(value, 2), signed, count]) assert.equal(form(absent), "–");
  }
  assert.equal(percent(null), "–");
  assert.equal(percent(Number.NaN), "–\u00a0%");
});

test("numbers keep three significant digits and a true minus sign", () => {
  assert.equal(number(0), "0");
  assert.equal(number(3.14159), "3.14");
  assert.equal(number(-0.012345), "−0.0123");
  assert.equal(number(123456), "123456");
  assert.equal(number(1.5e7), "1.50e+7");
  assert.equal(number(-2e-6), "−2.00e−6".replace("e−", "e-"));
});

test("a number that rounds to zero has no sign", () => {
  assert.equal(fixed(-0.001, 2), "0.00");
  assert.equal(fixed(-0.4, 0), "0");
  assert.equal(fixed(-0.6, 0), "−1");
});

test("shares are percentages with a space that does not break", () => {
  assert.equal(percent(0.1234), "12.3\u00a0%");
  assert.equal(percent(1, 0), "100\u00a0%");
});

test("changes have their sign", () => {
  assert.equal(signed(1.5), "+1.50");
  assert.equal(signed(-1.5), "−1.50");
  assert.equal(signed(0), "0");
});

test("counts group thousands and words agree with them", () => {
  assert.equal(count(1234567), "1\u202f234\u202f567");
  assert.equal(plural(1, "seed"), "1 seed");
  assert.equal(plural(0, "seed"), "0 seeds");
  assert.equal(plural(2000, "entry", "entries"), "2\u202f000 entries");
});

test("an error of any kind says something", () => {
  assert.equal(messageOf(new Error("no ink")), "no ink");
  assert.equal(messageOf("no ink"), "no ink");
});
