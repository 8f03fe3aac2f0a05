// Charts, as far as they are numbers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { along, squareLimits } from "./modules/charts/map.js";
import { square } from "./modules/charts/matrix.js";
import { createStore } from "./modules/core/store.js";

test("a triangle becomes a symmetric matrix with nothing on its diagonal", () => {
  assert.deepEqual(square([1, 2, 3], 3), [[null, 1, 2], [1, null, 3], [2, 3, null]]);
});

test("a plane has one scale for both axes, whatever its shape", () => {
  for (const [width, height] of [[300, 100], [100, 300], [200, 200]]) {
    const { x, y } = squareLimits([[0, 0], [10, 1]], width, height);
    assert.ok(Math.abs((x[1] - x[0]) / width - (y[1] - y[0]) / height) < 1e-9);
    assert.ok(x[0] < 0 && x[1] > 10 && y[0] < 0 && y[1] > 1);
  }
});

test("points along a line are near enough to each other and reach its end", () => {
  const found = along(0, 0, 100, 0, 6);
  for (let index = 1; index < found.length; index += 1) assert.ok(Math.hypot(found[index][0] - found[index - 1][0], found[index][1] - found[index - 1][1]) <= 6 + 1e-9);
});

test("a store tells those who watch what changed, once, until they stop", () => {
  const store = createStore({ layer: 1, seed: "all" });
  const heard = [];
  const stop = store.watch(["layer"], () => heard.push(store.get("layer")));
  store.set({ layer: 2 });
  store.set({ layer: 2 });
  store.set({ seed: 0 });
  stop();
  store.set({ layer: 3 });
  assert.deepEqual(heard, [2]);
});
