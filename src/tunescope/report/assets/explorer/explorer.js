// The explorer: the points of one projection, their snapshots, and what is known of each.

import { CATEGORIES } from "../core/colours.js";
import { button, choice, labelPicker, segments, slider, toggle } from "../core/controls.js";
import { el, em, replace } from "../core/dom.js";
import { count, number, percent, plural } from "../core/format.js";
import { createPainter } from "./painter.js";

/**
 * An explorer in an element. `open(projection, run)` shows a projection; `run` (an entry of the report's data) tells
 * distances between labels where there are any.
 */
export function createExplorer({ tall = false } = {}) {
  const canvas = el("canvas", { role: "application", tabindex: 0, "aria-label": "Points in projection; arrow keys turn or shift, plus and minus zoom, Enter takes the point in the middle" });
  const stage = el("div", { class: tall ? "explorer-stage tall" : "explorer-stage" }, canvas);
  const box = el("div", { class: "rubber", hidden: true });
  stage.append(box);
  const top = el("div", { class: "controls explorer-top" });
  const time = el("div", { class: "controls explorer-time" });
  const key = el("p", { class: "note explorer-key" });
  const told = el("p", { class: "note explorer-told", "aria-live": "polite" });
  const side = el("aside", { class: "explorer-side", "aria-label": "About the points" });
  const node = el("div", { class: "explorer" }, el("div", { class: "explorer-main" }, top, stage, time, key, told), side);
  const painter = createPainter(canvas);
  const { scene } = painter;
  const state = { colour: "label", chosen: [], only: false, query: "", pair: ["", ""], found: [], playing: 0, view: "flat", method: "projection" };
  let projection = null;
  let run = null;
  let playButton = null;
  let updateSlider = null;

  function open(next, nextRun) {
    stop();
    const isSame = projection && projection.points === next.points;
    next = next.view(next.methods.some((one) => one.value === state.method) ? state.method : "projection");
    projection = next;
    run = nextRun || null;
    scene.projection = next;
    scene.flat = scene.flat || next.axes < 3;
    scene.layer = Math.min(isSame ? scene.layer : next.layers.length - 1, next.layers.length - 1);
    scene.place = isSame ? Math.min(scene.place, next.updates.length - 1) : next.updates.length - 1;
    if (!isSame) {
      const counts = new Map();
      for (const label of next.points.label) counts.set(label, (counts.get(label) || 0) + 1);
      state.chosen = [...counts].sort((a, b) => b[1] - a[1]).slice(0, CATEGORIES).map(([label]) => next.points.labels[label]);
      Object.assign(state, { query: "", pair: ["", ""], found: [], only: false });
      scene.selected = -1;
    }
    if (state.colour === "cluster" && !next.hasClusters) state.colour = "label";
    if (state.colour === "correct" && !next.hasPredictions) state.colour = "label";
    drawControls();
    recolour();
  }

  /** The same points by another method, at the update and layer that are nearest to those shown. */
  function project(method) {
    stop();
    const [at, layer] = [projection.updates[update()], projection.layers[scene.layer]];
    projection = projection.view(method);
    state.method = method;
    scene.projection = projection;
    scene.flat = scene.flat || projection.axes < 3;
    scene.layer = projection.layers.includes(layer) ? projection.layers.indexOf(layer) : projection.layers.length - 1;
    const away = projection.updates.map((one) => Math.abs(one - at));
    scene.place = away.indexOf(Math.min(...away));
    Object.assign(scene, { zoom: 1, shift: [0, 0] });
    drawControls();
    recolour();
    top.querySelector("[data-control=Projection] input:checked").focus();
  }

  function update() {
    return Math.round(scene.place);
  }

  // Colours: at most eight, for what is chosen; the rest is grey and named at its place.
  function recolour() {
    const style = getComputedStyle(canvas);
    const palette = Array.from({ length: CATEGORIES }, (_, index) => style.getPropertyValue(`--c${index}`).trim());
    const { n, points } = projection;
    const colourOf = new Int16Array(n).fill(-1);
    const labelColour = points.labels.map((label) => (state.chosen.includes(label) ? state.chosen.indexOf(label) % CATEGORIES : -1));
    let name = (point) => points.labels[points.label[point]];
    scene.colours = palette;
    scene.front = -1;
    if (state.colour === "label") for (let point = 0; point < n; point += 1) colourOf[point] = labelColour[points.label[point]];
    if (state.colour === "split") {
      for (let point = 0; point < n; point += 1) colourOf[point] = points.split[point] % CATEGORIES;
      name = (point) => points.splits[points.split[point]];
    }
    if (state.colour === "cluster") {
      const clusters = projection.cluster(nearestMeasured(), scene.layer);
      if (clusters) {
        const sizes = new Map();
        for (const cluster of clusters) if (cluster >= 0) sizes.set(cluster, (sizes.get(cluster) || 0) + 1);
        const rank = new Map([...sizes].sort((a, b) => b[1] - a[1]).map(([cluster], index) => [cluster, index]));
        for (let point = 0; point < n; point += 1) colourOf[point] = clusters[point] < 0 ? -1 : rank.get(clusters[point]) % CATEGORIES;
        name = (point) => (clusters[point] < 0 || sizes.get(clusters[point]) < 3 ? null : `${points.labels[points.label[point]]} · ${clusters[point]}`);
      }
    }
    if (state.colour === "correct") {
      const predicted = projection.predicted(nearestMeasured(), scene.layer);
      for (let point = 0; predicted && point < n; point += 1) {
        colourOf[point] = predicted[point] < 0 ? -1 : projection.names[predicted[point]] === points.labels[points.label[point]] ? 0 : 1;
      }
      name = () => null;
      scene.front = 1;
    }
    scene.colourOf = colourOf;
    scene.nameOf = name;
    const pair = state.pair[0] && state.pair[1] && state.pair[0] !== state.pair[1] ? state.pair : null;
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
    margin(pair);
    drawKey();
    drawMargin();
    draw();
  }

  /** What colours mean where no names in the picture say it. */
  function drawKey() {
    const { colourOf, colours, hidden } = scene;
    const entry = (colour, name) => {
      let size = 0;
      for (let point = 0; point < projection.n; point += 1) size += colourOf[point] === colour && !(hidden && hidden[point]) ? 1 : 0;
      const swatch = el("span", { class: "swatch", "aria-hidden": "true" });
      swatch.style.background = colour < 0 ? "var(--quiet)" : colours[colour];
      return size ? el("span", { class: "key-entry" }, swatch, `${name}: ${count(size)}`) : null;
    };
    const when = `at update ${projection.updates[nearestMeasured()]}`;
    if (state.colour === "split") replace(key, projection.points.splits.map((name, index) => entry(index % CATEGORIES, name)));
    else if (state.colour === "correct") replace(key, el("span", null, `The classifier probe ${when}:`), entry(0, "right"), entry(1, "wrong"), entry(-1, "not asked"));
    else if (state.colour === "cluster") {
      const clusters = projection.cluster(nearestMeasured(), scene.layer);
      const n = clusters ? new Set(clusters.filter((cluster) => cluster >= 0)).size : 0;
      replace(key, n ? [`${plural(n, "cluster")} of DirectProbe ${when}`, n > CATEGORIES ? `, in ${CATEGORIES} colours that repeat` : "", "; grey: points of test, which it does not cluster"] : "No clusters were computed in this layer.");
    } else replace(key);
  }

  /** Clusters and predictions are stored before and after; in between the nearer one is shown. */
  function nearestMeasured() {
    const at = update();
    const last = projection.updates.length - 1;
    const has = (index) => (state.colour === "correct" ? projection.predicted(index, scene.layer) : projection.cluster(index, scene.layer));
    for (let away = 0; away <= last; away += 1) {
      for (const index of [at - away, at + away]) if (index >= 0 && index <= last && has(index)) return index;
    }
    return at;
  }

  function margin(pair) {
    scene.margin = null;
    scene.ringed = null;
    if (!pair || state.view !== "margin") return;
    const { points, n } = projection;
    const sides = pair.map((_, index) => projection.margins(update(), scene.layer, pair[1 - index]));
    if (!sides[0] || !sides[1]) return;
    const signed = new Float32Array(n).fill(NaN);
    const least = [Infinity, Infinity];
    // The hulls are those of the training points; points of test may lie anywhere, and hold no margin.
    const train = points.splits.indexOf("train");
    const holds = (point) => train < 0 || points.split[point] === train;
    pair.forEach((label, index) => {
      const at = points.labels.indexOf(label);
      for (let point = 0; point < n; point += 1) {
        if (points.label[point] !== at || sides[index].steps[point] === -32768) continue;
        const value = sides[index].steps[point] * sides[index].scale;
        signed[point] = index ? value : -value;
        if (holds(point)) least[index] = Math.min(least[index], value);
      }
    });
    if (!Number.isFinite(least[0]) || !Number.isFinite(least[1])) return;
    const gap = least[0] + least[1];
    // Points on the margin: those that hold it, up to the step in which distances are stored.
    const near = [];
    for (let point = 0; point < n; point += 1) {
      const index = points.labels[points.label[point]] === pair[0] ? 0 : 1;
      if (holds(point) && !Number.isNaN(signed[point]) && Math.abs(signed[point]) <= least[index] + 2 * sides[index].scale) near.push(point);
    }
    scene.margin = { signed, gap };
    scene.ringed = near;
  }

  function drawControls() {
    const colours = [{ value: "label", text: "label" }, { value: "split", text: "split" }];
    if (projection.hasClusters) colours.push({ value: "cluster", text: "cluster" });
    if (projection.hasPredictions) colours.push({ value: "correct", text: "correct" });
    const names = projection.points.labels;
    const picker = labelPicker({
      name: "Labels", labels: [...names].sort(), chosen: state.chosen, colour: (name) => `var(--c${state.chosen.indexOf(name) % CATEGORIES})`,
      presets: [{ name: "all", labels: () => [...names].sort() }],
      onChange: (next) => {
        state.chosen = next;
        picker.setChosen(next);
        recolour();
      },
    });
    replace(top,
      projection.methods.length > 1 ? segments({ name: "Projection", value: projection.method, options: projection.methods, onChange: project }) : null,
      projection.axes < 3 ? null : segments({ name: "Dimensions", value: scene.flat, options: [{ value: true, text: "2-D" }, { value: false, text: "3-D" }], onChange: (flat) => {
        scene.flat = flat;
        draw();
      } }),
      el("span", { class: "control" }, el("span", { class: "control-name" }, "Colour"), segments({ name: "Colour", value: state.colour, options: colours, onChange: (colour) => {
        state.colour = colour;
        recolour();
      } })),
      picker,
      toggle({ name: "only these", value: state.only, onChange: (only) => {
        state.only = only;
        recolour();
      } }),
      toggle({ name: "hulls", value: scene.hulls, onChange: (hulls) => {
        scene.hulls = hulls;
        draw();
      } }),
      toggle({ name: "names", value: scene.names, onChange: (shown) => {
        scene.names = shown;
        draw();
      } }),
      button({ name: "Reset the view", text: "reset", onClick: () => {
        Object.assign(scene, { zoom: 1, shift: [0, 0], yaw: 0.6, pitch: 0.35 });
        draw();
      } }));
    playButton = button({ name: "Play fine-tuning", text: "▶ Play", onClick: () => (state.playing ? stop() : play()) });
    const steps = projection.updates.map((_, index) => index);
    updateSlider = steps.length > 1 ? slider({
      name: "Update", values: steps, value: update(), tell: (index) => `${projection.updates[index]} of ${projection.updates[steps.length - 1]}`,
      onChange: (index) => {
        stop();
        moveTo(index);
        describe();
      },
    }) : null;
    const layer = projection.layers.length > 1 ? slider({
      name: "Layer", values: projection.layers, value: projection.layers[scene.layer],
      onChange: (value) => {
        scene.layer = projection.layers.indexOf(value);
        drawPair();
        recolour();
        describe();
      },
    }) : null;
    replace(time, steps.length > 1 ? playButton : null, updateSlider, layer);
    const search = el("input", {
      type: "search", value: state.query, placeholder: "a word", "aria-label": "Search for a word", data: { control: "Search" },
      on: { input: () => find(search.value) },
    });
    const options = [{ value: "", text: "–" }, ...[...names].sort().map((name) => ({ value: name, text: name }))];
    const pairChoice = (index, name) => choice({ name, value: state.pair[index], options, hideName: true, onChange: (value) => {
      state.pair[index] = value;
      drawPair();
      recolour();
    } });
    replace(side,
      el("div", { class: "explorer-box" }, el("h4", null, "Search"), search, matches),
      el("div", { class: "explorer-box" }, el("h4", null, "Two labels"), el("div", { class: "controls" }, pairChoice(0, "First label"), pairChoice(1, "Second label")), pairBox),
      el("div", { class: "explorer-box" }, el("h4", null, "The point"), about));
    drawPair();
    drawMatches();
    describe();
  }

  const matches = el("div", { class: "matches", "aria-live": "polite" });
  const pairBox = el("div", { class: "pair-box" });
  const about = el("div", { class: "about", "aria-live": "polite" });

  // A word: its own points first, then sentences that hold it.
  function find(query) {
    state.query = query.trim();
    const wanted = state.query.toLowerCase();
    state.found = [];
    if (wanted) {
      const inSentence = projection.points.sentences.map((words) => words.map((word) => word.toLowerCase().includes(wanted)));
      for (let point = 0; point < projection.n; point += 1) {
        const hits = inSentence[projection.points.sentence[point]];
        const target = projection.target(point);
        if (target.length ? target.some((position) => hits[position]) : hits.includes(true)) state.found.push(point);
      }
    }
    drawMatches();
    recolour();
  }

  function drawMatches() {
    const most = 40;
    replace(matches, state.query || state.found.length ? el("p", { class: "note" }, plural(state.found.length, "point"),
      state.found.length ? button({ name: "Forget the selection", text: "clear", onClick: () => {
        state.query = "";
        state.found = [];
        const input = side.querySelector("[data-control=Search]");
        input.value = "";
        drawMatches();
        recolour();
      } }) : null) : null,
    state.found.length ? el("ul", null, state.found.slice(0, most).map((point) => el("li", null, el("button", { type: "button", class: "link match", data: { point }, on: { click: () => select(point) } },
      el("strong", null, projection.label(point)), " ", short(point))))) : null,
    state.found.length > most ? el("p", { class: "note" }, `and ${count(state.found.length - most)} more`) : null);
  }

  /** The target with a few words around it. */
  function short(point) {
    const words = projection.sentence(point);
    const target = projection.target(point);
    const from = target.length ? Math.max(0, Math.min(...target) - 3) : 0;
    const to = target.length ? Math.min(words.length, Math.max(...target) + 4) : Math.min(words.length, 9);
    return [from ? "… " : "", marked(words, target, from, to), to < words.length ? " …" : ""];
  }

  function marked(words, target, from = 0, to = words.length) {
    const parts = [];
    for (let index = from; index < to; index += 1) {
      if (index > from) parts.push(" ");
      parts.push(target.includes(index) ? el("mark", null, words[index]) : words[index]);
    }
    return parts;
  }

  function select(point) {
    scene.selected = point;
    describe();
    draw();
  }

  function describe() {
    const point = scene.selected;
    if (point < 0) {
      replace(about, el("p", { class: "note" }, "Click a point, or drag with Shift to take all points of a rectangle."));
      return;
    }
    const label = projection.label(point);
    const facts = [["label", label], ["split", projection.split(point)]];
    const last = projection.updates.length - 1;
    const stages = [...new Set([0, update(), last])];
    const clusters = stages.map((index) => projection.cluster(index, scene.layer)).map((found, index) => {
      if (!found || found[point] < 0) return null;
      let size = 0;
      for (const cluster of found) size += cluster === found[point] ? 1 : 0;
      return `update ${projection.updates[stages[index]]}: ${found[point]}, of ${plural(size, "point")}`;
    }).filter(Boolean);
    if (clusters.length) facts.push(["cluster", clusters.join("; ")]);
    const predicted = projection.predicted(nearestMeasured(), scene.layer);
    if (predicted && predicted[point] >= 0) facts.push(["taken for", projection.names[predicted[point]]]);
    const gaps = stages.map((index) => gapOf(label, projection.updates[index])).filter(Boolean);
    if (gaps.length) facts.push(["nearest other label", gaps.map((gap) => `update ${gap.update}: ${gap.nearest}, ${number(gap.distance)} away`).join("; ")]);
    if (projection.keepsDistances) facts.push(["moved", `${number(moved(point))} in this projection`]);
    else if (projection.missing && projection.missing[point]) facts.push([projection.text, "not among the points of this map"]);
    replace(about,
      el("p", { class: "sentence" }, marked(projection.sentence(point), projection.target(point))),
      el("dl", null, facts.map(([name, value]) => [el("dt", null, name), el("dd", null, value)])),
      button({ name: "Forget the point", text: "clear", onClick: () => select(-1) }));
  }

  function moved(point) {
    const scale = projection.scale(scene.layer);
    const ends = [0, projection.updates.length - 1].map((index) => projection.coordinates(index, scene.layer));
    return scale * Math.hypot(...[0, 1, 2].map((axis) => ends[1][3 * point + axis] - ends[0][3 * point + axis]));
  }

  /** A label's nearest other label at an update, from the study's own distances. */
  function gapOf(label, wanted) {
    const gaps = run && run.sections.gaps && run.sections.gaps[projection.layers[scene.layer]];
    if (!gaps || !gaps.labels.includes(label)) return null;
    const at = gaps.updates.indexOf(wanted);
    const index = gaps.labels.indexOf(label);
    const seed = Math.max(0, gaps.seeds.map(String).indexOf(String(projection.metadata.seed)));
    if (at < 0 || gaps.nearest[seed][index][at] < 0) return null;
    return { update: wanted, nearest: gaps.labels[gaps.nearest[seed][index][at]], distance: gaps.distance[seed][index][at] };
  }

  function drawPair() {
    const [a, b] = state.pair;
    if (!a || !b || a === b) {
      replace(pairBox, el("p", { class: "note" }, "Choose two labels to see them alone."));
      return;
    }
    const found = run && run.sections.distances && run.sections.distances[projection.layers[scene.layer]];
    let facts = null;
    if (found && found.labels.includes(a) && found.labels.includes(b)) {
      const k = found.labels.length;
      const [i, j] = [found.labels.indexOf(a), found.labels.indexOf(b)].sort((one, other) => one - other);
      const at = i * k - (i * (i + 1)) / 2 + (j - i - 1);
      facts = el("p", null, `Distance between their hulls: ${found.before ? number(found.before[at]) : "–"} before, ${found.after ? number(found.after[at]) : "–"} after.`);
    }
    const isStored = marginUpdates().length > 0;
    if (!isStored) state.view = "flat";
    replace(pairBox, facts,
      isStored ? segments({ name: "View of two labels", value: state.view, options: [{ value: "flat", text: "projection" }, { value: "margin", text: "across the margin" }], onChange: (view) => {
        state.view = view;
        recolour();
      } }) : null,
      marginBox);
  }

  /** The updates, by place, at which margins between the two labels are stored in this layer. */
  function marginUpdates() {
    const [a, b] = state.pair;
    if (!projection.keepsDistances || !a || !b || a === b) return [];
    return projection.updates.map((_, index) => index).filter((index) => projection.margins(index, scene.layer, a) && projection.margins(index, scene.layer, b));
  }

  const marginBox = el("div", { class: "margin-box" });

  function drawMargin() {
    const stored = state.view === "margin" ? marginUpdates() : [];
    if (!scene.margin) {
      const said = stored.includes(update()) ? "Their hulls meet here: no direction separates them."
        : `The separating direction is stored at ${stored.length > 1 ? "updates" : "update"} ${stored.map((index) => projection.updates[index]).join(" and ")}.`;
      replace(marginBox, stored.length ? el("p", { class: "note" }, said) : null);
      return;
    }
    replace(marginBox, el("p", { class: "note" }, `${plural(scene.ringed.length, "point")} on the margin, ${number(scene.margin.gap)} apart across the separating direction:`),
      el("ul", { class: "matches" }, scene.ringed.slice(0, 20).map((point) => el("li", null, el("button", { type: "button", class: "link match", data: { point }, on: { click: () => select(point) } },
        el("strong", null, projection.label(point)), " ", short(point))))));
  }

  function play() {
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      // Without motion: step by step, half a second each.
      const step = () => {
        if (!state.playing || !node.isConnected) return;
        moveTo(Math.min(update() + 1, projection.updates.length - 1));
        if (update() < projection.updates.length - 1) state.playing = window.setTimeout(step, 500);
        else stop();
      };
      scene.place = scene.place >= projection.updates.length - 1 ? 0 : update();
      moveTo(scene.place);
      state.playing = window.setTimeout(step, 500);
    } else {
      const length = Math.max(3500, projection.updates.length * 260);
      const from = scene.place >= projection.updates.length - 1 ? 0 : scene.place;
      let start = null;
      const tick = (now) => {
        if (!state.playing || !node.isConnected) return;
        start = start === null ? now : start;
        const last = projection.updates.length - 1;
        moveTo(Math.min(from + ((now - start) / length) * last, last));
        if (scene.place < last) state.playing = requestAnimationFrame(tick);
        else stop();
      };
      state.playing = requestAnimationFrame(tick);
    }
    playButton.textContent = "❚❚ Pause";
  }

  function stop() {
    cancelAnimationFrame(state.playing);
    clearTimeout(state.playing);
    state.playing = 0;
    if (playButton) playButton.textContent = "▶ Play";
    if (projection) describe();
  }

  function moveTo(place) {
    const was = update();
    scene.place = place;
    if (updateSlider && update() !== was) updateSlider.setValue(update());
    if (update() !== was && (state.colour === "cluster" || state.colour === "correct" || state.view === "margin")) recolour();
    else draw();
  }

  function draw() {
    if (!projection) return;
    painter.draw();
    canvas.dataset.update = String(projection.updates[update()]);
    canvas.dataset.layer = String(projection.layers[scene.layer]);
    canvas.dataset.points = String(projection.n);
    const shown = scene.hidden ? scene.hidden.reduce((sum, hidden) => sum + (hidden ? 0 : 1), 0) : projection.n;
    const variance = projection.variance(scene.layer);
    const axes = scene.flat ? 2 : 3;
    const said = [`${plural(shown, "point")} of ${projection.metadata.task}, filled: training, rings: test`];
    if (!projection.keepsDistances) {
      if (projection.missing) said.push(`${projection.text} was computed for ${count(projection.held)} of ${plural(projection.n, "point")}`);
      said.push(`a ${projection.text} map shows which points are neighbours: its distances, sizes and axes mean nothing`);
    }
    if (variance) said.push(`the ${axes} axes hold ${percent(variance.slice(0, axes).reduce((sum, share) => sum + share, 0), 0)} of the variance`);
    if (scene.hulls && scene.flat) said.push("hulls that overlap here may be apart in the full space");
    if (!state.playing) told.textContent = `${said.join("; ")}.`;
  }

  // Pointer and keys.
  let drag = null;
  const place = (event) => {
    const area = canvas.getBoundingClientRect();
    return [event.clientX - area.left, event.clientY - area.top];
  };
  canvas.addEventListener("pointerdown", (event) => {
    drag = { from: place(event), last: place(event), far: 0, box: event.shiftKey };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [px, py] = place(event);
    drag.far = Math.max(drag.far, Math.hypot(px - drag.from[0], py - drag.from[1]));
    if (drag.box) {
      box.hidden = false;
      Object.assign(box.style, {
        left: `${Math.min(px, drag.from[0])}px`, top: `${Math.min(py, drag.from[1])}px`,
        width: `${Math.abs(px - drag.from[0])}px`, height: `${Math.abs(py - drag.from[1])}px`,
      });
    } else if (drag.far > 4) {
      if (scene.flat) scene.shift = [scene.shift[0] + px - drag.last[0], scene.shift[1] + py - drag.last[1]];
      else {
        scene.yaw += (px - drag.last[0]) * 0.008;
        scene.pitch = Math.min(1.5, Math.max(-1.5, scene.pitch + (py - drag.last[1]) * 0.008));
      }
      draw();
    }
    drag.last = [px, py];
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const [px, py] = place(event);
    if (drag.box && drag.far > 4) {
      state.query = "";
      state.found = painter.inside(Math.min(px, drag.from[0]), Math.min(py, drag.from[1]), Math.max(px, drag.from[0]), Math.max(py, drag.from[1]));
      drawMatches();
      recolour();
    } else if (drag.far <= 4) select(painter.nearest(px, py));
    box.hidden = true;
    drag = null;
  });
  canvas.addEventListener("pointercancel", () => {
    drag = null;
    box.hidden = true;
  });
  canvas.addEventListener("wheel", (event) => {
    // Only with Ctrl (as browsers zoom) or in the large explorer, so that a page can be scrolled past.
    if (!tall && !event.ctrlKey) return;
    event.preventDefault();
    zoomAt(place(event), Math.exp(-event.deltaY * 0.0015));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const middle = [canvas.clientWidth / 2, canvas.clientHeight / 2];
    const step = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (step) {
      if (scene.flat) scene.shift = [scene.shift[0] + 30 * step[0], scene.shift[1] + 30 * step[1]];
      else {
        scene.yaw -= step[0] * 0.12;
        scene.pitch = Math.min(1.5, Math.max(-1.5, scene.pitch - step[1] * 0.12));
      }
      draw();
    } else if (event.key === "+" || event.key === "=") zoomAt(middle, 1.25);
    else if (event.key === "-") zoomAt(middle, 0.8);
    else if (event.key === "Enter") select(painter.nearest(...middle, Infinity));
    else if (event.key === "Escape") select(-1);
    else return;
    event.preventDefault();
  });
  function zoomAt([px, py], factor) {
    const next = Math.min(60, Math.max(0.4, scene.zoom * factor));
    const grown = next / scene.zoom;
    const [cx, cy] = [canvas.clientWidth / 2, canvas.clientHeight / 2];
    scene.shift = [px - cx - (px - cx - scene.shift[0]) * grown, py - cy - (py - cy - scene.shift[1]) * grown];
    scene.zoom = next;
    draw();
  }

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
      if (projection) recolour();
    },
  };
}
