// What the explorer finds and measures, without a screen.

import assert from "node:assert/strict";
import { test } from "node:test";

import { moved, nearestLabel } from "./modules/explorer/about.js";
import { densest } from "./modules/explorer/densest.js";
import { convexHull } from "./modules/explorer/hull.js";
import { hullDistances, marginOf } from "./modules/explorer/margin.js";
import { findWord } from "./modules/explorer/search.js";
import { excerpt } from "./modules/explorer/sentence.js";

/** Points as the explorer holds them. */
function projectionOf(points, more = {}) {
  return {
    n: points.label.length, points,
    target: (point) => points.positions[point],
    label: (point) => points.labels[points.label[point]],
    ...more,
  };
}

test("a word is found in the target where there is one, else in the sentence, in any case", () => {
  const found = projectionOf({
    labels: ["a"], label: [0, 0, 0, 0], sentences: [["The", "Bank", "by", "the", "bank"], ["no", "such"]],
    sentence: [0, 0, 0, 1], positions: [[1], [2], [], []],
  });
  assert.deepEqual(findWord(found, "bank"), [0, 2]);
  assert.deepEqual(findWord(found, " BAN "), [0, 2]);
  assert.deepEqual(findWord(found, "by"), [1, 2]);
  assert.deepEqual(findWord(found, "  "), []);
  assert.deepEqual(findWord(found, "absent"), []);
});

test("an excerpt holds the target and stays inside the sentence", () => {
  assert.deepEqual(excerpt(20, [10]), [7, 14]);
  assert.deepEqual(excerpt(20, [0, 19]), [0, 20]);
  assert.deepEqual(excerpt(20, []), [0, 9]);
  assert.deepEqual(excerpt(4, []), [0, 4]);
});

const TWO = { labels: ["a", "b"], label: [0, 0, 1, 1], splits: ["train", "test"], split: [0, 0, 0, 1] };

test("a gap is the sum of the least distances of the training points, and points that hold it are ringed", () => {
  // Each side's steps are its distances to the middle between the two labels.
  const steps = { b: [4, 9, 0, 0], a: [0, 0, 6, 1] };
  const found = marginOf(projectionOf(TWO, { margins: (update, layer, other) => ({ steps: steps[other], scale: 0.5 }) }), 0, 0, ["a", "b"]);
  assert.deepEqual([...found.signed], [-2, -4.5, 3, 0.5]);
  assert.equal(found.gap, 2 + 3);
  // The test point lies inside the margin and holds nothing; within two steps of it still counts as on it.
  assert.deepEqual(found.ringed, [0, 2]);
});

test("without stored margins, or where hulls meet, there is none", () => {
  assert.equal(marginOf(projectionOf(TWO, { margins: () => null }), 0, 0, ["a", "b"]), null);
  const absent = { steps: [-32768, -32768, -32768, -32768], scale: 1 };
  assert.equal(marginOf(projectionOf(TWO, { margins: () => absent }), 0, 0, ["a", "b"]), null);
});

test("distances of hulls are read from the upper triangle in either order", () => {
  const labels = ["a", "b", "c", "d"];
  const run = { sections: { distances: { 2: { labels, before: ["ab", "ac", "ad", "bc", "bd", "cd"], after: null } } } };
  for (const one of labels) {
    for (const other of labels.filter((label) => label !== one)) {
      assert.equal(hullDistances(run, 2, [one, other]).before, [one, other].sort().join(""));
    }
  }
  assert.equal(hullDistances(run, 2, ["a", "b"]).after, null);
  assert.equal(hullDistances(run, 9, ["a", "b"]), null);
  assert.equal(hullDistances(run, 2, ["a", "z"]), null);
  assert.equal(hullDistances(null, 2, ["a", "b"]), null);
});

test("the nearest label is that of the seed and update", () => {
  const gaps = { labels: ["a", "b"], updates: [0, 5], seeds: [0, 7], nearest: [[[1, 1], [0, 0]], [[1, -1], [0, 0]]], distance: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]] };
  const run = { sections: { gaps: { 1: gaps } } };
  assert.deepEqual(nearestLabel(run, 1, "7", "b", 5), { update: 5, nearest: "a", distance: 8 });
  assert.equal(nearestLabel(run, 1, "7", "a", 5), null);
  assert.equal(nearestLabel(run, 1, "7", "a", 4), null);
  assert.equal(nearestLabel(run, 2, "7", "a", 5), null);
});

test("a point's way is measured from the first update to the last", () => {
  const places = [[0, 0, 0, 1, 1, 1], [9, 9, 9, 9, 9, 9], [3, 4, 0, 1, 1, 1]];
  const projection = { updates: [0, 1, 2], coordinates: (update) => places[update], scale: () => 0.5 };
  assert.equal(moved(projection, 0, 0), 2.5);
  assert.equal(moved(projection, 0, 1), 0);
});

test("a hull holds all points and no corner more than it needs", () => {
  const x = [0, 4, 4, 0, 2, 2, 1];
  const y = [0, 0, 4, 4, 2, 0, 3];
  assert.deepEqual([...convexHull([0, 1, 2, 3, 4, 5, 6], x, y)].sort(), [0, 1, 2, 3]);
  assert.deepEqual(convexHull([4], x, y), [4]);
});

test("a name lies in the densest part of its cloud, whatever lies far from it", () => {
  // Ten points around (5, 5), and more than that strewn along a line.
  const x = [...Array.from({ length: 10 }, (_, index) => 5 + (index % 3) / 10), ...Array.from({ length: 30 }, (_, index) => 20 * index)];
  const y = [...Array.from({ length: 10 }, (_, index) => 5 + (index % 4) / 10), ...Array.from({ length: 30 }, () => 300)];
  const members = [...x.keys()];
  assert.ok(densest(members, x, y, 1) < 10);
  assert.ok(densest([...members].reverse(), x, y, 1) < 10);
  assert.equal(densest([7], x, y, 1), 7);
  // Every point counts, in whatever order they come.
  const many = Array.from({ length: 5000 }, (_, index) => index);
  const across = many.map((index) => (index % 34 ? 0 : 10 * index));
  assert.equal(across[densest(many, across, many.map(() => 0), 2)], 0);
});
