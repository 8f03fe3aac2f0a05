// Projections as they are stored: safetensors in, typed arrays out, one view a snapshot, nothing copied.

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

const METHODS = { projection: "PCA", "projection-umap": "UMAP", "projection-tsne": "t-SNE" };

/**
 * One projection with its points. `points` is {labels, label, splits, split, sentences, sentence, positions, index}:
 * names, and for each point the position of its name.
 */
export function createProjection(buffer, points) {
  const { metadata, arrays } = readArrays(buffer);
  const updates = JSON.parse(metadata.updates);
  const layers = JSON.parse(metadata.layers);
  const [, , n] = arrays.projection.shape;
  if (n !== points.label.length) throw new Error(`the projection has ${n} points and their list ${points.label.length}`);
  const at = (array, width, update, layer) => array.data.subarray((update * layers.length + layer) * width, (update * layers.length + layer + 1) * width);
  const limits = new Map();
  const names = metadata.labels ? JSON.parse(metadata.labels) : points.labels;
  return {
    metadata, updates, layers, n, points, names,
    methods: Object.keys(METHODS).filter((name) => arrays[name]).map((name) => ({ value: name, text: METHODS[name] })),
    /** Coordinates of all points, 3 a point, in steps of `scale`. */
    coordinates: (method, update, layer) => at(arrays[method], 3 * n, update, layer),
    scale(method, layer) {
      const scale = arrays[method.replace("projection", "scale")];
      return scale ? scale.data[layer] : 1;
    },
    variance: (layer) => (arrays.variance ? [...arrays.variance.data.subarray(3 * layer, 3 * layer + 3)] : null),
    cluster: (update, layer) => known(arrays.clusters && at(arrays.clusters, n, update, layer)),
    predicted: (update, layer) => known(arrays.predicted && at(arrays.predicted, n, update, layer)),
    hasClusters: Boolean(arrays.clusters),
    hasPredictions: Boolean(arrays.predicted),
    /** Signed distance of every point to the middle between its label and label `other`; null where not stored. */
    margins(update, layer, other) {
      if (!arrays.margins) return null;
      const u = JSON.parse(metadata.margin_updates).indexOf(updates[update]);
      const l = JSON.parse(metadata.margin_layers).indexOf(layers[layer]);
      if (u < 0 || l < 0) return null;
      const [, inner, k] = arrays.margins.shape;
      const row = ((u * inner + l) * k + names.indexOf(other)) * n;
      return { steps: arrays.margins.data.subarray(row, row + n), scale: arrays.margin_scale.data[u * inner + l] };
    },
    /** Least and greatest coordinate over all updates of a layer: the axes do not move while the points do. */
    limits(method, layer) {
      const key = `${method} ${layer}`;
      if (!limits.has(key)) {
        const low = [Infinity, Infinity, Infinity];
        const high = [-Infinity, -Infinity, -Infinity];
        for (let update = 0; update < updates.length; update += 1) {
          const values = this.coordinates(method, update, layer);
          for (let index = 0; index < values.length; index += 1) {
            const axis = index % 3;
            if (values[index] < low[axis]) low[axis] = values[index];
            if (values[index] > high[axis]) high[axis] = values[index];
          }
        }
        limits.set(key, { low, high });
      }
      return limits.get(key);
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
