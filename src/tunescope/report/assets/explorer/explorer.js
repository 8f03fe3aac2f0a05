// The explorer: the points of one projection, their snapshots, and what is known of each.

import { CATEGORIES } from "../core/colours.js";
import { slider } from "../core/controls.js";
import { el, em, replace } from "../core/dom.js";
import { count, percent, plural } from "../core/format.js";
import { EXPLORER_METADATA } from "../core/names.js";
import { createAbout } from "./about.js";
import { colourPoints, keyOf } from "./colours.js";
import { PRINCIPAL } from "./data.js";
import { createMargin } from "./margin.js";
import { createPainter } from "./painter.js";
import { createPlaying } from "./playing.js";
import { listen } from "./pointer.js";
import { createSearch } from "./search.js";
import { settingsOf } from "./settings.js";
import { updateOf } from "./shared.js";

/**
 * An explorer in an element. `open(projection, run)` shows a projection; `run` (an entry of the report's data) tells
 * distances between labels where there are any.
 */
export function createExplorer({ tall = false } = {}) {
  const canvas = el("canvas", { role: "application", tabindex: 0, "aria-label": "Points in projection; arrow keys turn or shift, plus and minus zoom, Enter takes the point in the middle" });
  const rubber = el("div", { class: "rubber", hidden: true });
  const stage = el("div", { class: tall ? "explorer-stage tall" : "explorer-stage" }, canvas, rubber);
  const top = el("div", { class: "controls explorer-top" });
  const time = el("div", { class: "controls explorer-time" });
  const key = el("p", { class: "note explorer-key" });
  const told = el("p", { class: "note explorer-told", "aria-live": "polite" });
  const side = el("aside", { class: "explorer-side", "aria-label": "About the points" });
  const node = el("div", { class: "explorer" }, el("div", { class: "explorer-main" }, top, stage, time, key, told), side);
  const painter = createPainter(canvas);
  const { scene } = painter;
  /** @type {import("./shared.js").Choices} */
  const state = { colour: "label", chosen: [], only: false, query: "", pair: ["", ""], found: [], playing: 0, view: "flat", method: PRINCIPAL };
  /** @type {import("./shared.js").View} */
  const view = { canvas, tall, painter, scene, state, projection: /** @type {any} */ (null), run: null, recolour, draw, describe, select };
  const about = createAbout(view);
  const margin = createMargin(view);
  const playing = createPlaying(view);
  const search = createSearch(view);

  function open(next, run) {
    playing.stop();
    const isSame = view.projection && view.projection.points === next.points;
    view.projection = next.view(next.methods.some((one) => one.value === state.method) ? state.method : PRINCIPAL);
    view.run = run || null;
    const { projection } = view;
    scene.projection = projection;
    scene.flat = scene.flat || projection.axes < 3;
    scene.layer = Math.min(isSame ? scene.layer : projection.layers.length - 1, projection.layers.length - 1);
    scene.place = isSame ? Math.min(scene.place, projection.updates.length - 1) : projection.updates.length - 1;
    if (!isSame) {
      Object.assign(state, { chosen: mostFrequent(projection.points), query: "", pair: ["", ""], found: [], only: false });
      scene.selected = -1;
    }
    if (state.colour === "cluster" && !projection.hasClusters) state.colour = "label";
    if (state.colour === "correct" && !projection.hasPredictions) state.colour = "label";
    drawControls();
    recolour();
  }

  /** The same points by another method, at the update and layer that are nearest to those shown. */
  function project(method) {
    playing.stop();
    const [at, layer] = [view.projection.updates[updateOf(view)], view.projection.layers[scene.layer]];
    const projection = view.projection.view(method);
    view.projection = projection;
    state.method = method;
    scene.projection = projection;
    scene.flat = scene.flat || projection.axes < 3;
    scene.layer = projection.layers.includes(layer) ? projection.layers.indexOf(layer) : projection.layers.length - 1;
    const away = projection.updates.map((one) => Math.abs(one - at));
    scene.place = away.indexOf(Math.min(...away));
    Object.assign(scene, { zoom: 1, shift: [0, 0] });
    drawControls();
    recolour();
    const chosen = top.querySelector("[data-control=Projection] input:checked");
    if (chosen) chosen.focus();
  }

  function drawControls() {
    const { layers } = view.projection;
    const layer = layers.length > 1 ? slider({
      name: "Layer", values: layers, value: layers[scene.layer],
      onChange: (value) => {
        scene.layer = layers.indexOf(value);
        margin.drawPair();
        recolour();
        describe();
      },
    }) : null;
    replace(top, settingsOf(view, project));
    replace(time, playing.controls(), layer);
    replace(side, search.box(), margin.box(), about.box());
    describe();
  }

  function recolour() {
    colourPoints(view);
    margin.place();
    replace(key, keyOf(view));
    margin.draw();
    draw();
  }

  function describe() {
    about.draw();
  }

  function select(point) {
    scene.selected = point;
    describe();
    draw();
  }

  function draw() {
    const { projection } = view;
    if (!projection) return;
    painter.draw();
    canvas.dataset.update = String(projection.updates[updateOf(view)]);
    canvas.dataset.layer = String(projection.layers[scene.layer]);
    canvas.dataset.points = String(projection.n);
    if (!state.playing) told.textContent = `${saidOf(projection, scene).join("; ")}.`;
  }

  listen(view, rubber, (points) => search.take(points));
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    const height = tall ? Math.floor(entry.contentRect.height) : Math.round(Math.min(width * 0.72, 34 * em(), window.innerHeight * 0.8));
    if (width < 1 || height < 1) return;
    if (!tall) canvas.style.height = `${height}px`;
    painter.resize(width, height);
    draw();
  }).observe(stage);

  canvas.places = () => painter.places();
  return {
    node, open,
    restyle() {
      painter.forget();
      if (view.projection) recolour();
    },
  };
}

/**
 * The labels with most points: as many as there are colours.
 *
 * @param {import("./data.js").PointList} points
 */
function mostFrequent(points) {
  const counts = new Map();
  for (const label of points.label) counts.set(label, (counts.get(label) || 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, CATEGORIES).map(([label]) => points.labels[label]);
}

/**
 * What the picture shows, and what must not be read from it, in words.
 *
 * @param {import("./data.js").Projection} projection
 * @param {import("./painter.js").Scene} scene
 */
function saidOf(projection, scene) {
  const shown = scene.hidden ? scene.hidden.reduce((sum, hidden) => sum + (hidden ? 0 : 1), 0) : projection.n;
  const variance = projection.variance(scene.layer);
  const axes = scene.flat ? 2 : 3;
  const said = [`${plural(shown, "point")} of ${projection.metadata[EXPLORER_METADATA.task]}, filled: training, rings: test`];
  if (!projection.keepsDistances) {
    if (projection.missing) said.push(`${projection.text} was computed for ${count(projection.held)} of ${plural(projection.n, "point")}`);
    said.push(`a ${projection.text} map shows which points are neighbours: its distances, sizes and axes mean nothing`);
  }
  if (variance) said.push(`the ${axes} axes hold ${percent(variance.slice(0, axes).reduce((sum, share) => sum + share, 0), 0)} of the variance`);
  if (scene.hulls && scene.flat) said.push("hulls that overlap here may be apart in the full space");
  return said;
}
