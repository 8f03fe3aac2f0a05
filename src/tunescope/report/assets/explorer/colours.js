// Colours of points: at most eight, for what is chosen; the rest is grey and named at its place.

import { CATEGORIES } from "../core/colours.js";
import { el } from "../core/dom.js";
import { count, plural } from "../core/format.js";
import { chosenPair, nearestMeasured } from "./shared.js";

/**
 * One way of colouring: a colour for every point, -1 for grey, and the name of its group, null for none.
 *
 * @typedef {(view: import("./shared.js").View) => { colourOf: Int16Array, nameOf: (point: number) => string | null }} Way
 */

/**
 * Give every point its colour and name, hide what is not asked for, and dim what was not found.
 *
 * @param {import("./shared.js").View} view
 */
export function colourPoints(view) {
  const { canvas, projection, scene, state } = view;
  const { n, points } = projection;
  const style = getComputedStyle(canvas);
  scene.colours = Array.from({ length: CATEGORIES }, (_, index) => style.getPropertyValue(`--c${index}`).trim());
  scene.front = -1;
  const ways = { label: byLabel, split: bySplit, cluster: byCluster, correct: byOutcome };
  const { colourOf, nameOf } = ways[state.colour](view);
  scene.colourOf = colourOf;
  scene.nameOf = nameOf;
  const pair = chosenPair(view);
  scene.hidden = projection.missing;
  if (pair || (state.only && state.chosen.length)) {
    const shown = points.labels.map((label) => (pair || state.chosen).includes(label));
    scene.hidden = Uint8Array.from(points.label, (label, point) => (shown[label] && !(projection.missing && projection.missing[point]) ? 0 : 1));
  }
  scene.dim = null;
  if (state.found.length || state.query) {
    scene.dim = new Uint8Array(n).fill(1);
    for (const point of state.found) scene.dim[point] = 0;
  }
}

/** @type {Way} */
function byLabel({ projection: { points }, state }) {
  const colours = points.labels.map((label) => (state.chosen.includes(label) ? state.chosen.indexOf(label) % CATEGORIES : -1));
  return { colourOf: Int16Array.from(points.label, (label) => colours[label]), nameOf: (point) => points.labels[points.label[point]] };
}

/** @type {Way} */
function bySplit({ projection: { points } }) {
  return { colourOf: Int16Array.from(points.split, (split) => split % CATEGORIES), nameOf: (point) => points.splits[points.split[point]] };
}

/** @type {Way} */
function byCluster(view) {
  const { projection: { n, points }, scene } = view;
  const colourOf = new Int16Array(n).fill(-1);
  const clusters = view.projection.cluster(nearestMeasured(view), scene.layer);
  if (!clusters) return { colourOf, nameOf: (point) => points.labels[points.label[point]] };
  const sizes = new Map();
  for (const cluster of clusters) if (cluster >= 0) sizes.set(cluster, (sizes.get(cluster) || 0) + 1);
  const largest = [...sizes].sort((a, b) => b[1] - a[1]);
  const rank = new Map(largest.map(([cluster], index) => [cluster, index % CATEGORIES]));
  for (let point = 0; point < n; point += 1) colourOf[point] = rank.get(clusters[point]) ?? -1;
  return {
    colourOf,
    nameOf: (point) => (clusters[point] < 0 || sizes.get(clusters[point]) < 3 ? null : `${points.labels[points.label[point]]} · ${clusters[point]}`),
  };
}

/** @type {Way} */
function byOutcome(view) {
  const { projection, scene } = view;
  const { n, points } = projection;
  const colourOf = new Int16Array(n).fill(-1);
  const predicted = projection.predicted(nearestMeasured(view), scene.layer);
  for (let point = 0; predicted && point < n; point += 1) {
    colourOf[point] = predicted[point] < 0 ? -1 : projection.names[predicted[point]] === points.labels[points.label[point]] ? 0 : 1;
  }
  // What was taken for something else lies on top.
  scene.front = 1;
  return { colourOf, nameOf: () => null };
}

/**
 * What colours mean where no names in the picture say it.
 *
 * @param {import("./shared.js").View} view
 */
export function keyOf(view) {
  const { projection, scene, state } = view;
  const { colourOf, colours, hidden } = scene;
  const entry = (colour, name) => {
    let size = 0;
    for (let point = 0; point < projection.n; point += 1) size += colourOf[point] === colour && !(hidden && hidden[point]) ? 1 : 0;
    const swatch = el("span", { class: "swatch", "aria-hidden": "true", style: { background: colour < 0 ? "var(--quiet)" : colours[colour] } });
    return size ? el("span", { class: "key-entry" }, swatch, `${name}: ${count(size)}`) : null;
  };
  if (state.colour === "label") return null;
  if (state.colour === "split") return projection.points.splits.map((name, index) => entry(index % CATEGORIES, name));
  const when = `at update ${projection.updates[nearestMeasured(view)]}`;
  if (state.colour === "correct") return [el("span", null, `The classifier probe ${when}:`), entry(0, "right"), entry(1, "wrong"), entry(-1, "not asked")];
  const clusters = projection.cluster(nearestMeasured(view), scene.layer);
  const n = clusters ? new Set(clusters.filter((cluster) => cluster >= 0)).size : 0;
  if (!n) return "No clusters were computed in this layer.";
  return [`${plural(n, "cluster")} of DirectProbe ${when}`, n > CATEGORIES ? `, in ${CATEGORIES} colours that repeat` : "", "; grey: points of test, which it does not cluster"];
}
