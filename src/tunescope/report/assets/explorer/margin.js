// Two labels alone: how far they are apart, and their points across the separating direction.

import { choice, segments } from "../core/controls.js";
import { el, replace } from "../core/dom.js";
import { number, plural } from "../core/format.js";
import { listOf } from "./sentence.js";
import { chosenPair, updateOf } from "./shared.js";

/** Points on the margin that are listed. */
const MOST = 20;
/** What a stored step says of a point without a distance. */
const ABSENT = -32768;

/**
 * The updates, by place, at which margins between two labels are stored in a layer.
 *
 * @param {import("./data.js").Projection} projection
 * @param {number} layer
 * @param {[string, string] | null} pair
 */
export function marginUpdates(projection, layer, pair) {
  if (!projection.keepsDistances || !pair) return [];
  return projection.updates.map((_, index) => index).filter((index) => pair.every((label) => projection.margins(index, layer, label)));
}

/**
 * Signed distances of the points of two labels across their separating direction (negative for the first), the gap
 * between their hulls, and the points that hold it; null where these are not stored or the hulls meet.
 *
 * @param {import("./data.js").Projection} projection
 * @param {number} update
 * @param {number} layer
 * @param {[string, string]} pair
 */
export function marginOf(projection, update, layer, pair) {
  const { points, n } = projection;
  const sides = [pair[1], pair[0]].map((other) => projection.margins(update, layer, other)).filter((side) => side !== null);
  if (sides.length < 2) return null;
  const signed = new Float32Array(n).fill(NaN);
  const least = [Infinity, Infinity];
  // The hulls are those of the training points; points of test may lie anywhere, and hold no margin.
  const train = points.splits.indexOf("train");
  const holds = (point) => train < 0 || points.split[point] === train;
  pair.forEach((label, index) => {
    const at = points.labels.indexOf(label);
    for (let point = 0; point < n; point += 1) {
      if (points.label[point] !== at || sides[index].steps[point] === ABSENT) continue;
      const value = sides[index].steps[point] * sides[index].scale;
      signed[point] = index ? value : -value;
      if (holds(point)) least[index] = Math.min(least[index], value);
    }
  });
  if (!Number.isFinite(least[0]) || !Number.isFinite(least[1])) return null;
  // Points on the margin: those that hold it, up to the step in which distances are stored.
  const ringed = [];
  for (let point = 0; point < n; point += 1) {
    const index = points.labels[points.label[point]] === pair[0] ? 0 : 1;
    if (holds(point) && !Number.isNaN(signed[point]) && Math.abs(signed[point]) <= least[index] + 2 * sides[index].scale) ringed.push(point);
  }
  return { signed, gap: least[0] + least[1], ringed };
}

/**
 * The study's own distances between the hulls of two labels in a layer, before and after; null where not measured.
 *
 * @param {import("./shared.js").Run | null} run
 * @param {number} layer
 * @param {[string, string]} pair
 */
export function hullDistances(run, layer, [a, b]) {
  const found = run && run.sections.distances && run.sections.distances[layer];
  if (!found || !found.labels.includes(a) || !found.labels.includes(b)) return null;
  const k = found.labels.length;
  const [i, j] = [found.labels.indexOf(a), found.labels.indexOf(b)].sort((one, other) => one - other);
  const at = i * k - (i * (i + 1)) / 2 + (j - i - 1);
  return { before: found.before ? found.before[at] : null, after: found.after ? found.after[at] : null };
}

/**
 * The choice of two labels, and what is known of them.
 *
 * @param {import("./shared.js").View} view
 */
export function createMargin(view) {
  const pairBox = el("div", { class: "pair-box" });
  const marginBox = el("div", { class: "margin-box" });

  const stored = () => marginUpdates(view.projection, view.scene.layer, chosenPair(view));

  function drawPair() {
    const { projection, run, scene, state } = view;
    const pair = chosenPair(view);
    if (!pair) {
      replace(pairBox, el("p", { class: "note" }, "Choose two labels to see them alone."));
      return;
    }
    const apart = hullDistances(run, projection.layers[scene.layer], pair);
    const isStored = stored().length > 0;
    if (!isStored) state.view = "flat";
    replace(pairBox, apart ? el("p", null, `Distance between their hulls: ${number(apart.before)} before, ${number(apart.after)} after.`) : null,
      isStored ? segments({ name: "View of two labels", value: state.view, options: [{ value: "flat", text: "projection" }, { value: "margin", text: "across the margin" }], onChange: (next) => {
        state.view = next;
        view.recolour();
      } }) : null,
      marginBox);
  }

  return {
    /** The choice afresh, for new points. */
    box() {
      const names = [...view.projection.points.labels].sort();
      const options = [{ value: "", text: "–" }, ...names.map((name) => ({ value: name, text: name }))];
      const side = (index, name) => choice({ name, value: view.state.pair[index], options, hideName: true, onChange: (value) => {
        view.state.pair[index] = value;
        drawPair();
        view.recolour();
      } });
      drawPair();
      return el("div", { class: "explorer-box" }, el("h4", null, "Two labels"), el("div", { class: "controls" }, side(0, "First label"), side(1, "Second label")), pairBox);
    },
    drawPair,
    /** Put what is shown across the margin into the scene. */
    place() {
      const { projection, scene, state } = view;
      const pair = chosenPair(view);
      const found = pair && state.view === "margin" ? marginOf(projection, updateOf(view), scene.layer, pair) : null;
      scene.margin = found && { signed: found.signed, gap: found.gap };
      scene.ringed = found && found.ringed;
    },
    /** Say it. */
    draw() {
      const { projection, scene, state } = view;
      const places = state.view === "margin" ? stored() : [];
      if (!scene.margin || !scene.ringed) {
        const said = places.includes(updateOf(view)) ? "Their hulls meet here: no direction separates them."
          : `The separating direction is stored at ${places.length > 1 ? "updates" : "update"} ${places.map((index) => projection.updates[index]).join(" and ")}.`;
        replace(marginBox, places.length ? el("p", { class: "note" }, said) : null);
        return;
      }
      const list = listOf(view, scene.ringed.slice(0, MOST));
      list.className = "matches";
      replace(marginBox, el("p", { class: "note" }, `${plural(scene.ringed.length, "point")} on the margin, ${number(scene.margin.gap)} apart across the separating direction:`), list);
    },
  };
}
