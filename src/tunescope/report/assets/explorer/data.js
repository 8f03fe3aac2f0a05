// Projections as they are stored: safetensors in, typed arrays out, one view a snapshot, nothing copied.

import { EXPLORER_ARRAYS, EXPLORER_METADATA, MAP_METHODS, MAPS } from "../core/names.js";

const TYPES = { I16: Int16Array, I32: Int32Array, F32: Float32Array, U8: Uint8Array, I8: Int8Array };

/** The arrays of a safetensors file by name, as {shape, data}, and its metadata. */
export function readArrays(buffer) {
  const size = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size)));
  const metadata = header.__metadata__ || {};
  const arrays = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const Type = TYPES[entry.dtype];
    if (!Type) continue;
    const [from, to] = entry.data_offsets.map((offset) => offset + 8 + size);
    const isAligned = from % Type.BYTES_PER_ELEMENT === 0;
    arrays[name] = { shape: entry.shape, data: isAligned ? new Type(buffer, from, (to - from) / Type.BYTES_PER_ELEMENT) : new Type(buffer.slice(from, to)) };
  }
  return { metadata, arrays };
}

/** Bytes out of base64 text. */
export function fromBase64(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes.buffer;
}

/** The method that keeps distances, by the name of its array. */
export const PRINCIPAL = EXPLORER_ARRAYS.steps;
const UPDATES = EXPLORER_METADATA.updates;
const LAYERS = EXPLORER_METADATA.layers;

/** What is stored of each method under which name, by the name of its array, with the method's name in a text. */
const METHODS = new Map([[PRINCIPAL, { text: "PCA", rows: "", scale: EXPLORER_ARRAYS.scale, updates: UPDATES, layers: LAYERS }]]);
for (const [method, names] of Object.entries(MAPS)) METHODS.set(names.steps, { text: MAP_METHODS[method], ...names });

/**
 * The points of a task: `label` and `split` are positions in `labels` and `splits`, `sentence` in `sentences`.
 *
 * @typedef {{ labels: string[], label: number[], splits: string[], split: number[], sentences: string[][],
 *   sentence: number[], positions: number[][], index: number[] }} PointList
 */

/** @typedef {ReturnType<typeof createView>} Projection */

/**
 * One projection file with its points, as a view for each of its methods. `points` is {labels, label, splits, split,
 * sentences, sentence, positions, index}: names, and for each point the position of its name.
 */
export function createProjection(buffer, points) {
  const { metadata, arrays } = readArrays(buffer);
  if (!arrays[PRINCIPAL]) throw new Error(`the file has no array ${PRINCIPAL}`);
  const file = { metadata, arrays, points, n: arrays[PRINCIPAL].shape[2], updates: JSON.parse(metadata[UPDATES]), layers: JSON.parse(metadata[LAYERS]) };
  if (file.n !== points.label.length) throw new Error(`the projection has ${file.n} points and their list ${points.label.length}`);
  file.names = metadata[EXPLORER_METADATA.labels] ? JSON.parse(metadata[EXPLORER_METADATA.labels]) : points.labels;
  file.methods = [...METHODS].filter(([name]) => arrays[name]).map(([name, { text }]) => ({ value: name, text }));
  const views = new Map();
  file.view = (method) => {
    if (!views.has(method)) views.set(method, createView(file, method));
    return views.get(method);
  };
  return file.view(PRINCIPAL);
}

/** The points of a file by one method: its updates and layers, which a map may have fewer of, and what lies there. */
function createView(file, method) {
  const { metadata, arrays, points, n } = file;
  const names = METHODS.get(method);
  if (!names) throw new Error(`there is no projection ${method}`);
  const updates = metadata[names.updates] ? JSON.parse(metadata[names.updates]) : file.updates;
  const layers = metadata[names.layers] ? JSON.parse(metadata[names.layers]) : file.layers;
  const places = arrays[method];
  const [, , held, axes] = places.shape;
  // A map may hold some of the points only: then `rows` says which.
  const rows = arrays[names.rows];
  const scale = arrays[names.scale];
  const isPrincipal = method === PRINCIPAL;
  const [clusters, predicted, margins] = [EXPLORER_ARRAYS.clusters, EXPLORER_ARRAYS.predicted, EXPLORER_ARRAYS.margins].map((name) => arrays[name]);
  let missing = null;
  if (rows) {
    missing = new Uint8Array(n).fill(1);
    for (const point of rows.data) missing[point] = 0;
  }
  const at = (array, width, update, layer) => {
    const row = file.updates.indexOf(updates[update]) * file.layers.length + file.layers.indexOf(layers[layer]);
    return array.data.subarray(row * width, (row + 1) * width);
  };
  const limits = new Map();
  const laidOut = new Map();
  return {
    method, metadata, updates, layers, n, points, names: file.names, methods: file.methods, view: file.view, missing,
    /** Axes of the method: 3 of principal components; maps mostly have 2. */
    axes,
    /** Points that it holds. */
    held,
    text: names.text,
    keepsDistances: isPrincipal,
    /** Coordinates of all points, 3 a point, in steps of `scale`; 0 for those that are missing. */
    coordinates(update, layer) {
      const row = update * layers.length + layer;
      const width = held * axes;
      const found = places.data.subarray(row * width, (row + 1) * width);
      if (axes === 3 && !rows) return found;
      if (!laidOut.has(row)) {
        const all = new Int16Array(3 * n);
        for (let index = 0; index < held; index += 1) {
          const point = rows ? rows.data[index] : index;
          for (let axis = 0; axis < axes; axis += 1) all[3 * point + axis] = found[axes * index + axis];
        }
        laidOut.set(row, all);
      }
      return laidOut.get(row);
    },
    scale: (layer) => (scale ? scale.data[layer] : 1),
    variance: (layer) => (isPrincipal && arrays[EXPLORER_ARRAYS.variance] ? [...arrays[EXPLORER_ARRAYS.variance].data.subarray(3 * layer, 3 * layer + 3)] : null),
    cluster: (update, layer) => known(clusters && at(clusters, n, update, layer)),
    predicted: (update, layer) => known(predicted && at(predicted, n, update, layer)),
    hasClusters: Boolean(clusters),
    hasPredictions: Boolean(predicted),
    /** Signed distance of every point to the middle between its label and label `other`; null where not stored. */
    margins(update, layer, other) {
      if (!margins) return null;
      const u = JSON.parse(metadata[EXPLORER_METADATA.marginUpdates]).indexOf(updates[update]);
      const l = JSON.parse(metadata[EXPLORER_METADATA.marginLayers]).indexOf(layers[layer]);
      if (u < 0 || l < 0) return null;
      const [, inner, k] = margins.shape;
      const row = ((u * inner + l) * k + file.names.indexOf(other)) * n;
      return { steps: margins.data.subarray(row, row + n), scale: arrays[EXPLORER_ARRAYS.marginScale].data[u * inner + l] };
    },
    /** Least and greatest coordinate and reach over all updates of a layer: the axes do not move while the points do. */
    limits(layer) {
      if (!limits.has(layer)) {
        const low = [Infinity, Infinity, Infinity];
        const high = [-Infinity, -Infinity, -Infinity];
        for (let update = 0; update < updates.length; update += 1) {
          const values = this.coordinates(update, layer);
          for (let index = 0; index < values.length; index += 1) {
            const axis = index % 3;
            if (values[index] < low[axis]) low[axis] = values[index];
            if (values[index] > high[axis]) high[axis] = values[index];
          }
        }
        // The farthest that any point is from the middle: however the points are turned, they fit.
        const middle = low.map((value, axis) => (value + high[axis]) / 2);
        let reach = 0;
        for (let update = 0; update < updates.length; update += 1) {
          const values = this.coordinates(update, layer);
          for (let first = 0; first < values.length; first += 3) {
            reach = Math.max(reach, (values[first] - middle[0]) ** 2 + (values[first + 1] - middle[1]) ** 2 + (values[first + 2] - middle[2]) ** 2);
          }
        }
        limits.set(layer, { low, high, reach: Math.sqrt(reach) });
      }
      return limits.get(layer);
    },
    sentence: (point) => points.sentences[points.sentence[point]],
    target: (point) => points.positions[point],
    label: (point) => points.labels[points.label[point]],
    split: (point) => points.splits[points.split[point]],
  };
}

/** An array, or null where nothing in it was measured (-1 throughout). */
function known(values) {
  if (!values) return null;
  for (let index = 0; index < values.length; index += 1) if (values[index] >= 0) return values;
  return null;
}
