// Projections as they are stored: read whole, or refused.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createProjection, fromBase64, readArrays } from "./modules/explorer/data.js";

const TYPES = { I16: Int16Array, I32: Int32Array, F32: Float32Array };

/** A safetensors file of arrays {name: [dtype, shape, values]}. */
function safetensors(arrays, metadata = {}) {
  let offset = 0;
  const header = { __metadata__: metadata };
  const parts = Object.entries(arrays).map(([name, [dtype, shape, values]]) => {
    const bytes = new Uint8Array(TYPES[dtype].from(values).buffer);
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
    return bytes;
  });
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  let at = 8 + text.length;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file.buffer;
}

const POINTS = {
  labels: ["a", "b"], label: [0, 1, 1], splits: ["train", "test"], split: [0, 0, 1],
  sentences: [["one", "two"]], sentence: [0, 0, 0], positions: [[0], [1], []], index: [0, 1, 0],
};
const METADATA = { updates: "[0, 10]", layers: "[3]", task: "t", seed: "0" };
/** Two updates, one layer, three points, three axes. */
const PLACES = ["I16", [2, 1, 3, 3], [...Array(18).keys()]];

test("arrays come out with their shapes wherever they begin", () => {
  for (const padding of ["", "x", "xx", "xxx"]) {
    const { arrays, metadata } = readArrays(safetensors({ a: ["I16", [2, 2], [1, -2, 3, -4]], b: ["F32", [2], [0.5, -1.5]] }, { padding }));
    assert.deepEqual([...arrays.a.data], [1, -2, 3, -4]);
    assert.deepEqual(arrays.a.shape, [2, 2]);
    assert.deepEqual([...arrays.b.data], [0.5, -1.5]);
    assert.equal(metadata.padding, padding);
  }
});

test("a damaged file is an error, not an empty picture", () => {
  const whole = new Uint8Array(safetensors({ projection: PLACES }, METADATA));
  for (const length of [0, 4, 8, 20, whole.length - 2]) assert.throws(() => createProjection(whole.slice(0, length).buffer, POINTS), `of ${length} bytes`);
  const wrong = whole.slice();
  wrong[8] = 88;
  assert.throws(() => createProjection(wrong.buffer, POINTS));
  assert.throws(() => createProjection(safetensors({ other: PLACES }, METADATA), POINTS));
  assert.throws(() => createProjection(safetensors({ projection: PLACES }, {}), POINTS));
});

test("points and their list must be as many", () => {
  assert.throws(() => createProjection(safetensors({ projection: PLACES }, METADATA), { ...POINTS, label: [0, 1] }), /3 points and their list 2/);
});

test("a view has the coordinates of each update and one frame for all", () => {
  const view = createProjection(safetensors({ projection: PLACES }, METADATA), POINTS);
  assert.deepEqual([...view.coordinates(1, 0)], [9, 10, 11, 12, 13, 14, 15, 16, 17]);
  assert.deepEqual(view.limits(0).low, [0, 1, 2]);
  assert.deepEqual(view.limits(0).high, [15, 16, 17]);
  assert.equal(view.label(2), "b");
  assert.equal(view.split(2), "test");
  assert.deepEqual(view.methods, [{ value: "projection", text: "PCA" }]);
});

test("a map may hold fewer points, updates and axes; the others are missing", () => {
  const arrays = { projection: PLACES, "projection-tsne": ["I16", [1, 1, 2, 2], [5, 6, 7, 8]], "rows-tsne": ["I32", [2], [0, 2]] };
  const view = createProjection(safetensors(arrays, { ...METADATA, tsne_updates: "[10]" }), POINTS).view("projection-tsne");
  assert.deepEqual(view.updates, [10]);
  assert.deepEqual([...view.coordinates(0, 0)], [5, 6, 0, 0, 0, 0, 7, 8, 0]);
  assert.deepEqual([...view.missing], [0, 1, 0]);
  assert.equal(view.keepsDistances, false);
});

test("what was not measured anywhere is null", () => {
  const arrays = { projection: PLACES, clusters: ["I32", [2, 1, 3], [-1, -1, -1, 0, 1, 1]] };
  const view = createProjection(safetensors(arrays, METADATA), POINTS);
  assert.equal(view.cluster(0, 0), null);
  assert.deepEqual([...view.cluster(1, 0)], [0, 1, 1]);
  assert.equal(view.predicted(0, 0), null);
  assert.equal(view.margins(0, 0, "a"), null);
});

test("bytes survive base64", () => {
  assert.deepEqual([...new Uint8Array(fromBase64("AP+A"))], [0, 255, 128]);
});
