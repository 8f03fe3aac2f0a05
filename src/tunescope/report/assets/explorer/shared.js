// What the parts of the explorer share: which points are shown, of which update and layer, and what was chosen.

/**
 * The explorer as its parts see it. `scene` is what the painter draws; `recolour`, `draw`, `describe` and `select`
 * are the frame's.
 *
 * @typedef {object} View
 * @property {HTMLCanvasElement} canvas
 * @property {boolean} tall Whether the explorer is a page of its own.
 * @property {import("./painter.js").Painter} painter
 * @property {import("./painter.js").Scene} scene
 * @property {Choices} state
 * @property {import("./data.js").Projection} projection
 * @property {Run | null} run
 * @property {() => void} recolour
 * @property {() => void} draw
 * @property {() => void} describe
 * @property {(point: number) => void} select
 */

/**
 * What the reader has chosen.
 *
 * @typedef {object} Choices
 * @property {"label" | "split" | "cluster" | "correct"} colour What colours mean.
 * @property {string[]} chosen Labels that have a colour.
 * @property {boolean} only Whether only these are shown.
 * @property {string} query
 * @property {[string, string]} pair Two labels that are seen alone, empty where none is.
 * @property {number[]} found Points of the selection.
 * @property {number} playing The timer or frame that is waited for, 0 while nothing plays.
 * @property {string} view "flat" or "margin".
 * @property {string} method Name of the array of the projection.
 */

/**
 * A run of the report's data, as far as the explorer reads it.
 *
 * @typedef {{ sections: Record<string, any> }} Run
 */

/**
 * The two chosen labels, or null where there are not two.
 *
 * @param {View} view
 */
export function chosenPair({ state }) {
  const [a, b] = state.pair;
  return a && b && a !== b ? state.pair : null;
}

/**
 * The update that is nearest to what is shown, by place.
 *
 * @param {View} view
 */
export function updateOf({ scene }) {
  return Math.round(scene.place);
}

/**
 * Clusters and predictions are stored before and after; in between the nearer one is shown.
 *
 * @param {View} view
 */
export function nearestMeasured(view) {
  const { projection, scene, state } = view;
  const at = updateOf(view);
  const last = projection.updates.length - 1;
  const has = (index) => (state.colour === "correct" ? projection.predicted(index, scene.layer) : projection.cluster(index, scene.layer));
  for (let away = 0; away <= last; away += 1) {
    for (const index of [at - away, at + away]) if (index >= 0 && index <= last && has(index)) return index;
  }
  return at;
}
