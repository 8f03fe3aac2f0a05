// From data to pixels: ticks, ranges, places of names.

import assert from "node:assert/strict";
import { test } from "node:test";

import { extent, linear, mean, spread, ticks, tickTexts, wholeTicks } from "./modules/core/scale.js";

/** Numbers that are the same in every run (a linear congruence). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

test("a linear scale meets its ends and is undone by its inverse", () => {
  const next = numbers(1);
  for (let round = 0; round < 200; round += 1) {
    const [from, to, start, end] = [next() * 10 - 5, next() * 10 + 5.1, next() * 100, 200 + next() * 500];
    const scale = linear(from, to, start, end);
    assert.equal(scale(from), start);
    assert.ok(Math.abs(scale(to) - end) < 1e-9);
    const value = from + next() * (to - from);
    assert.ok(Math.abs(scale.invert(scale(value)) - value) < 1e-9);
  }
});

test("a scale of a single value is a number, not NaN", () => {
  assert.equal(linear(3, 3, 0, 100)(3), 0);
});

test("ticks are round, ascending, evenly apart and inside", () => {
  const next = numbers(2);
  for (let round = 0; round < 500; round += 1) {
    const from = (next() - 0.5) * 10 ** (next() * 8 - 4);
    const to = from + 10 ** (next() * 8 - 4);
    const found = ticks(from, to, 6);
    const step = found[1] - found[0];
    assert.ok(found.length >= 2 && found.length <= 8, `${found.length} ticks in [${from}, ${to}]`);
    for (let index = 1; index < found.length; index += 1) assert.ok(Math.abs(found[index] - found[index - 1] - step) < 1e-6 * step);
    assert.ok(found[0] >= from - 1e-6 * step && found[found.length - 1] <= to + 1e-6 * step);
    const leading = Number(step.toPrecision(3)) / 10 ** Math.floor(Math.log10(step * 1.0001));
    assert.ok([1, 2, 2.5, 5].some((nice) => Math.abs(leading - nice) < 1e-2), `a step of ${step}`);
  }
});

test("a range without width has one tick", () => {
  assert.deepEqual(ticks(2, 2, 5), [2]);
  assert.deepEqual(ticks(Number.NaN, 1, 5), [Number.NaN]);
});

test("whole ticks are whole and come once", () => {
  assert.deepEqual(wholeTicks(0, 2, 8), [0, 1, 2]);
  assert.deepEqual(wholeTicks(0, 60, 6), [0, 10, 20, 30, 40, 50, 60]);
});

test("texts of ticks differ where the ticks do", () => {
  assert.deepEqual(tickTexts([0, 0.25, 0.5]), ["0", "0.25", "0.50"]);
  assert.deepEqual(tickTexts([0, 0.5, 1], true), ["0\u00a0%", "50\u00a0%", "100\u00a0%"]);
  assert.deepEqual(tickTexts([-1, 0, 1]), ["−1", "0", "1"]);
  const next = numbers(3);
  for (let round = 0; round < 200; round += 1) {
    const found = ticks(next() * 5, 5 + next() * 10 ** (next() * 6 - 2), 6);
    assert.equal(new Set(tickTexts(found)).size, found.length);
  }
});

test("extent and mean leave out what is not there", () => {
  assert.deepEqual(extent([[3, null], [Number.NaN, [-1]], Infinity]), [-1, 3]);
  assert.equal(mean([1, null, undefined, Number.NaN, 3]), 2);
  assert.equal(mean([null]), null);
});

test("names are spread without overlap, in order, inside, and not moved where they need not be", () => {
  const next = numbers(4);
  for (let round = 0; round < 300; round += 1) {
    const wanted = Array.from({ length: 1 + Math.floor(next() * 20) }, () => next() * 100);
    const gap = 4;
    const found = spread(wanted, gap, 0, 100);
    const order = wanted.map((_, index) => index).sort((a, b) => wanted[a] - wanted[b] || a - b);
    for (let index = 1; index < order.length; index += 1) assert.ok(found[order[index]] - found[order[index - 1]] >= gap - 1e-9);
    assert.ok(Math.min(...found) >= -1e-9 && Math.max(...found) <= 100 + 1e-9);
  }
  assert.deepEqual(spread([10, 50, 90], 5, 0, 100), [10, 50, 90]);
  // Two that want the same place part evenly around it.
  assert.deepEqual(spread([50, 50], 10, 0, 100), [45, 55]);
  // Where there is no room for the gap, they share what there is.
  assert.deepEqual(spread([0, 0, 0], 100, 0, 10), [0, 5, 10]);
});
