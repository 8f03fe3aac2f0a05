// What is known of one point.

import { button } from "../core/controls.js";
import { el, replace } from "../core/dom.js";
import { number, plural } from "../core/format.js";
import { EXPLORER_METADATA } from "../core/names.js";
import { marked } from "./sentence.js";
import { nearestMeasured, updateOf } from "./shared.js";

/**
 * A label's nearest other label at an update, from the study's own distances; null where not measured.
 *
 * @param {import("./shared.js").Run | null} run
 * @param {number} layer
 * @param {number | string} seed
 * @param {string} label
 * @param {number} update
 */
export function nearestLabel(run, layer, seed, label, update) {
  const gaps = run && run.sections.gaps && run.sections.gaps[layer];
  if (!gaps || !gaps.labels.includes(label)) return null;
  const at = gaps.updates.indexOf(update);
  const index = gaps.labels.indexOf(label);
  const place = Math.max(0, gaps.seeds.map(String).indexOf(String(seed)));
  if (at < 0 || gaps.nearest[place][index][at] < 0) return null;
  return { update, nearest: gaps.labels[gaps.nearest[place][index][at]], distance: gaps.distance[place][index][at] };
}

/**
 * How far a point moved from the first update to the last, in the projection's own units.
 *
 * @param {import("./data.js").Projection} projection
 * @param {number} layer
 * @param {number} point
 */
export function moved(projection, layer, point) {
  const ends = [0, projection.updates.length - 1].map((index) => projection.coordinates(index, layer));
  return projection.scale(layer) * Math.hypot(...[0, 1, 2].map((axis) => ends[1][3 * point + axis] - ends[0][3 * point + axis]));
}

/**
 * The box that tells of the selected point.
 *
 * @param {import("./shared.js").View} view
 */
export function createAbout(view) {
  const about = el("div", { class: "about", "aria-live": "polite" });

  function facts(point) {
    const { projection, run, scene } = view;
    const label = projection.label(point);
    const found = [["label", label], ["split", projection.split(point)]];
    const stages = [...new Set([0, updateOf(view), projection.updates.length - 1])];
    const clusters = stages.map((index) => clusterAt(projection, index, scene.layer, point)).filter(Boolean);
    if (clusters.length) found.push(["cluster", clusters.join("; ")]);
    const predicted = projection.predicted(nearestMeasured(view), scene.layer);
    if (predicted && predicted[point] >= 0) found.push(["taken for", projection.names[predicted[point]]]);
    const gaps = stages.map((index) => nearestLabel(run, projection.layers[scene.layer], projection.metadata[EXPLORER_METADATA.seed], label, projection.updates[index])).filter((gap) => gap !== null);
    if (gaps.length) found.push(["nearest other label", gaps.map((gap) => `update ${gap.update}: ${gap.nearest}, ${number(gap.distance)} away`).join("; ")]);
    if (projection.keepsDistances) found.push(["moved", `${number(moved(projection, scene.layer, point))} in this projection`]);
    else if (projection.missing && projection.missing[point]) found.push([projection.text, "not among the points of this map"]);
    return found;
  }

  return {
    box: () => el("div", { class: "explorer-box" }, el("h4", null, "The point"), about),
    draw() {
      const { projection, scene } = view;
      const point = scene.selected;
      if (point < 0) {
        replace(about, el("p", { class: "note" }, "Click a point, or drag with Shift to take all points of a rectangle."));
        return;
      }
      replace(about,
        el("p", { class: "sentence" }, marked(projection.sentence(point), projection.target(point))),
        el("dl", null, facts(point).map(([name, value]) => [el("dt", null, name), el("dd", null, value)])),
        button({ name: "Forget the point", text: "clear", onClick: () => view.select(-1) }));
    },
  };
}

function clusterAt(projection, update, layer, point) {
  const found = projection.cluster(update, layer);
  if (!found || found[point] < 0) return null;
  let size = 0;
  for (const cluster of found) size += cluster === found[point] ? 1 : 0;
  return `update ${projection.updates[update]}: ${found[point]}, of ${plural(size, "point")}`;
}
