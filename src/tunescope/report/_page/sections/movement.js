// Where labels go: paths of their centroids, arrows from start to end, lengths over layers.

import { category, dash } from "../core/colours.js";
import { labelPicker, segments } from "../core/controls.js";
import { el, svg } from "../core/dom.js";
import { figure } from "../core/figure.js";
import { number } from "../core/format.js";
import { mean } from "../core/scale.js";
import { drawLines } from "../charts/lines.js";
import { along, placeNames, plane, pointAt } from "../charts/map.js";

/** Paths, arrows and lengths of the labels' movement. */
export function draw({ run }, app) {
  const maps = [pathsFigure(app, run.paths), arrowsFigure(app, run.movement)].filter((part) => part !== null);
  const lengths = lengthsFigure(app, run.movement);
  if (!maps.length && !lengths) return null;
  return {
    lead: "Each layer and seed has its own principal axes, shared by all updates: directions can be compared within a picture, not between pictures.",
    body: [el("div", { class: maps.length > 1 ? "pair" : null }, maps.map((part) => part.node)), lengths && lengths.node],
  };
}

function bySeed(app, entries) {
  const seed = app.store.get("seed");
  const found = seed !== "all" && entries[seed] ? seed : Object.keys(entries)[0];
  return { seed: Number(found), entry: entries[found] };
}

function pathsFigure(app, all) {
  if (!all) return null;
  const local = app.localOf("paths", { chosen: null });
  const here = () => bySeed(app, all[app.nearestLayer(all)]);
  // The labels that start closest in the last layer are the paper's example, and the hardest to part.
  function closest() {
    const layers = Object.keys(all);
    const { entry } = bySeed(app, all[layers[layers.length - 1]]);
    return entry.closest.map((index) => entry.labels[index]);
  }
  const chosen = () => (local.chosen || closest()).filter((name) => here().entry.labels.includes(name));
  const picker = labelPicker({
    name: "Labels", labels: here().entry.labels, chosen: chosen(), colour: (name) => category(chosen().indexOf(name)),
    presets: [{ name: "closest three", labels: closest }, { name: "all", labels: () => here().entry.labels }],
    onChange: (next) => {
      local.chosen = next;
      picker.setChosen(chosen());
      main.redraw();
    },
  });
  const main = figure({
    id: "paths-figure",
    title: "Paths of the labels' centroids",
    note: "Open rings are starts, filled dots ends; the picture zooms to the chosen labels.",
    controls: [picker],
    draw(host, width, readout) {
      const { entry } = here();
      const names = chosen();
      const labels = names.map((name) => entry.labels.indexOf(name));
      const points = (labels.length ? labels : entry.labels.map((_, index) => index)).flatMap((label) => entry.x[label].map((x, at) => [x, entry.y[label][at]]));
      const frame = plane(host, width, { points, label: "Paths of centroids in two principal axes; arrow keys move along the paths" });
      const places = [];
      const ends = [];
      const trail = [];
      labels.forEach((label, order) => {
        const colour = category(order);
        const known = entry.updates.map((_, at) => at).filter((at) => entry.x[label][at] !== null);
        if (!known.length) return;
        const at = known.map((index) => [frame.toX(entry.x[label][index]), frame.toY(entry.y[label][index])]);
        frame.root.append(svg("path", {
          class: "path", stroke: colour, "stroke-dasharray": dash(order) || null, d: `M${at.map((point) => point.map((value) => value.toFixed(1)).join(",")).join("L")}`,
          data: { name: entry.labels[label] },
        }));
        at.forEach(([x, y], index) => {
          const isStart = index === 0;
          const isEnd = index === at.length - 1;
          frame.root.append(svg("circle", {
            cx: x, cy: y, r: (isStart || isEnd ? 5 : 1.8) * frame.unit, class: isStart ? "origin" : "stop", stroke: isStart ? colour : null, fill: isStart ? null : colour,
          }));
          if (index) trail.push(...along(...at[index - 1], x, y));
          places.push({ x, y, told: [entry.labels[label], `update ${entry.updates[known[index]]}`] });
        });
        const [x, y] = at[at.length - 1];
        ends.push({ x, y, text: entry.labels[label], colour, strong: true, outward: [x - at[0][0], y - at[0][1]] });
      });
      placeNames(frame, ends, trail);
      pointAt(frame, places, readout);
    },
    table() {
      const { entry } = here();
      const last = entry.updates.length - 1;
      return {
        head: ["label", "start x", "start y", "end x", "end y"],
        rows: entry.labels.map((label, index) => [label, number(entry.x[index][0]), number(entry.y[index][0]), number(entry.x[index][last]), number(entry.y[index][last])]),
      };
    },
    say: () => `Paths of ${chosen().join(", ")} in layer ${app.nearestLayer(all)}, seed ${here().seed}.`,
  });
  app.on(["layer", "seed"], () => {
    picker.setChosen(chosen());
    main.redraw();
  });
  return main;
}

function arrowsFigure(app, all) {
  if (!all) return null;
  const here = () => bySeed(app, all[app.nearestLayer(all)]);
  const main = figure({
    id: "arrows-figure",
    title: "Movement of each label",
    note: "Arrows lead from a label's centroid before to the one after, all drawn from one origin, in the two principal axes of the movements.",
    draw(host, width, readout) {
      const { entry } = here();
      const points = [[0, 0], ...entry.labels.map((_, index) => [entry.dx[index], entry.dy[index]])];
      const frame = plane(host, width, { points, label: "Movement of labels; arrow keys go from arrow to arrow", share: 0.2 });
      const [ox, oy] = [frame.toX(0), frame.toY(0)];
      const order = entry.labels.map((_, index) => index).sort((a, b) => entry.length[b] - entry.length[a]);
      const places = [];
      for (const index of [...order].reverse()) {
        const [x, y] = [frame.toX(entry.dx[index]), frame.toY(entry.dy[index])];
        const strong = order.indexOf(index) < 6;
        const colour = strong ? category(order.indexOf(index)) : "var(--ink-3)";
        frame.root.append(
          svg("line", { class: "shaft", x1: ox, y1: oy, x2: x, y2: y, stroke: colour, data: { name: entry.labels[index] } }),
          head(ox, oy, x, y, 7 * frame.unit, colour),
        );
        places.push({ x, y, told: [entry.labels[index], `length ${number(entry.length[index])} in all dimensions`] });
      }
      placeNames(frame, order.map((index, rank) => ({
        x: frame.toX(entry.dx[index]), y: frame.toY(entry.dy[index]), text: entry.labels[index],
        colour: rank < 6 ? category(rank) : null, strong: rank < 6, outward: [entry.dx[index], entry.dy[index]],
      })), order.flatMap((index) => along(ox, oy, frame.toX(entry.dx[index]), frame.toY(entry.dy[index]))));
      pointAt(frame, places, readout);
    },
    table() {
      const { entry } = here();
      return {
        head: ["label", "first axis", "second axis", "length"],
        rows: entry.labels.map((label, index) => [label, number(entry.dx[index]), number(entry.dy[index]), number(entry.length[index])]),
      };
    },
    say() {
      const { entry, seed } = here();
      const longest = entry.length.indexOf(Math.max(...entry.length));
      return `In layer ${app.nearestLayer(all)}, seed ${seed}, ${entry.labels[longest]} moved farthest: ${number(entry.length[longest])}.`;
    },
  });
  app.on(["layer", "seed"], () => main.redraw());
  return main;
}

function head(x0, y0, x1, y1, size, colour) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  if (Math.hypot(x1 - x0, y1 - y0) < size / 2) return svg("circle", { cx: x1, cy: y1, r: 2, fill: colour });
  const corner = (turn) => `${(x1 - size * Math.cos(angle + turn)).toFixed(1)},${(y1 - size * Math.sin(angle + turn)).toFixed(1)}`;
  return svg("path", { d: `M${x1.toFixed(1)},${y1.toFixed(1)}L${corner(0.42)}L${corner(-0.42)}Z`, fill: colour });
}

function lengthsFigure(app, all) {
  if (!all) return null;
  const layers = Object.keys(all).map(Number).sort((a, b) => a - b);
  if (layers.length < 2) return null;
  const local = app.localOf("lengths", { mean: "labels" });
  const labels = [...new Set(layers.flatMap((layer) => Object.values(all[layer]).flatMap((entry) => entry.labels)))].sort();
  function lineOf(label) {
    const seed = app.store.get("seed");
    return {
      name: label,
      values: layers.map((layer) => {
        const entries = seed !== "all" && all[layer][seed] ? [all[layer][seed]] : Object.values(all[layer]);
        return mean(entries.map((entry) => entry.length[entry.labels.indexOf(label)]));
      }),
    };
  }
  const main = figure({
    id: "lengths-figure",
    title: "Length of the movement, layer by layer",
    note: "How far a label's centroid moved in all dimensions of each layer.",
    controls: [segments({
      name: "Lines", value: local.mean,
      options: [{ value: "labels", text: "the longest" }, { value: "mean", text: "mean of all labels" }],
      onChange: (next) => {
        local.mean = next;
        main.redraw();
      },
    })],
    draw(host, width, readout) {
      const lines = labels.map(lineOf).sort((a, b) => (b.values[b.values.length - 1] ?? 0) - (a.values[a.values.length - 1] ?? 0));
      let series = lines.map((one, rank) => (rank < 5 && local.mean === "labels" ? { ...one, colour: category(rank) } : { ...one, quiet: true }));
      if (local.mean === "mean") series = [...series, { name: "mean", values: layers.map((_, index) => mean(lines.map((one) => one.values[index]))), colour: "var(--after)" }];
      drawLines(host, width, { x: layers, series, xName: "layer", yName: "length", from: 0, readout });
    },
    table: () => ({ head: ["label", ...layers.map((layer) => `layer ${layer}`)], rows: labels.map(lineOf).map((one) => [one.name, ...one.values.map((value) => number(value))]) }),
    say() {
      const last = layers.length - 1;
      const means = [0, last].map((index) => mean(labels.map(lineOf).map((one) => one.values[index])));
      return `On average labels moved ${number(means[0])} in layer ${layers[0]} and ${number(means[1])} in layer ${layers[last]}.`;
    },
  });
  app.on(["seed"], () => main.redraw());
  return main;
}
