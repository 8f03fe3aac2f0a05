// Spatial similarity: to the start, per layer over updates; without each label; of training and test points.

import { ordered } from "../core/colours.js";
import { segments } from "../core/controls.js";
import { figure } from "../core/figure.js";
import { fixed } from "../core/format.js";
import { CONVENTIONS } from "../core/names.js";
import { mean } from "../core/scale.js";
import { drawDots } from "../charts/bars.js";
import { drawLines } from "../charts/lines.js";

/** How much of the original layout is left, in which layer. */
export function draw({ run: all }, app) {
  const local = app.localOf("similarity", { convention: Object.keys(all)[0], kind: "pearson" });
  if (!all[local.convention]) local.convention = Object.keys(all)[0];
  const parts = [curvesFigure(app, all, local), leftOutFigure(app, all, local), trainTestFigure(app, all, local)].filter((part) => part !== null);
  if (!parts.length) return null;
  const switches = Object.keys(all).length > 1 ? segments({
    name: "Convention", value: local.convention,
    options: Object.keys(all).map((name) => ({ value: name, text: name === CONVENTIONS.all ? "every label pair" : name === CONVENTIONS.published ? "as published" : name })),
    onChange: (next) => {
      local.convention = next;
      parts.forEach((part) => part.redraw());
    },
  }) : null;
  return { lead: "Spatial similarity is the correlation of the distances between all labels in two spaces: 1 means that the layout is the same up to scale.", body: [switches, parts.map((part) => part.node)] };
}

function curvesFigure(app, all, local) {
  if (!Object.values(all).some((entry) => Object.keys(entry.curves).length)) return null;
  const curves = () => all[local.convention].curves;
  const layers = () => Object.keys(curves()).map(Number).sort((a, b) => a - b);
  const hasRanks = Object.values(all).some((entry) => Object.values(entry.curves).some((curve) => curve.spearman));
  function lineOf(layer) {
    const curve = curves()[layer];
    const rows = (local.kind === "spearman" && curve.spearman) || curve.pearson;
    const seed = app.store.get("seed");
    const only = seed === "all" ? -1 : curve.seeds.indexOf(Number(seed));
    const used = only >= 0 ? [rows[only]] : rows;
    const at = (index) => used.map((row) => row[index]).filter((value) => value !== null);
    const several = used.length > 1;
    return {
      name: `layer ${layer}`,
      layer,
      values: curve.updates.map((_, index) => mean(at(index))),
      low: several ? curve.updates.map((_, index) => (at(index).length ? Math.min(...at(index)) : null)) : null,
      high: several ? curve.updates.map((_, index) => (at(index).length ? Math.max(...at(index)) : null)) : null,
    };
  }
  const main = figure({
    id: "similarity-figure",
    title: "Similarity to the start, layer by layer",
    note: "Every line is a layer, light below and dark above; the chosen layer is thick. Bands reach from the least to the largest seed.",
    controls: hasRanks ? [segments({
      name: "Correlation", value: local.kind,
      options: [{ value: "pearson", text: "Pearson" }, { value: "spearman", text: "Spearman (ranks)" }],
      onChange: (kind) => {
        local.kind = kind;
        main.redraw();
      },
    })] : [],
    draw(host, width, readout) {
      const list = layers();
      if (!list.length) return;
      const x = curves()[list[0]].updates;
      // With many layers every name would not fit: every second, third, … line is named, the last always.
      const step = Math.ceil(list.length / 9);
      const series = list.map((layer, index) => ({
        ...lineOf(layer), colour: ordered(index, list.length), end: (list.length - 1 - index) % step ? " " : `layer ${layer}`,
      }));
      const lows = series.flatMap((one) => one.low || one.values).filter((value) => value !== null);
      drawLines(host, width, {
        x, series, xName: "updates", yName: "similarity to the start", from: Math.min(0.9, ...lows) - 0.03, to: 1.01, readout,
        onPick: (name) => app.store.set({ layer: Number(name.split(" ")[1]) }),
      });
      const lit = [...host.querySelectorAll(".line")].find((path) => path.getAttribute("data-name") === `layer ${app.store.get("layer")}`);
      if (lit) lit.classList.add("chosen");
    },
    table() {
      const list = layers();
      const x = curves()[list[0]].updates;
      return { head: ["layer", ...x.map((update) => `update ${update}`)], rows: list.map((layer) => [String(layer), ...lineOf(layer).values.map((value) => fixed(value, 3))]) };
    },
    say() {
      const list = layers();
      const ends = [list[0], list[list.length - 1]].map((layer) => lineOf(layer).values.slice(-1)[0]);
      return `At the end layer ${list[0]} has a similarity of ${fixed(ends[0], 2)} to its start and layer ${list[list.length - 1]} of ${fixed(ends[1], 2)}.`;
    },
  });
  app.on(["layer", "seed"], () => main.redraw());
  return main;
}

function leftOutFigure(app, all, local) {
  const found = () => all[local.convention].leftOut[app.store.get("layer")];
  if (!Object.values(all).some((entry) => Object.keys(entry.leftOut).length)) return null;
  const whole = () => {
    const curve = all[local.convention].curves[app.store.get("layer")];
    return curve ? mean(curve.pearson.map((row) => row[row.length - 1])) : null;
  };
  const most = 14;
  const main = figure({
    id: "left-out-figure",
    title: "Does one label decide it?",
    note: `Similarity to the start at the end, without one label at a time; the line is with all labels. The ${most} labels that matter most.`,
    draw(host, width) {
      const entry = found();
      if (!entry) {
        host.textContent = `Not measured in layer ${app.store.get("layer")}.`;
        return;
      }
      const rows = entry.labels.slice(0, most).map((label, index) => ({
        name: `without ${label}`,
        dots: [{ mean: entry.pearson[index], colour: "var(--after)", told: [`without ${label}`, `r = ${fixed(entry.pearson[index], 3)}`] }],
      }));
      const values = [...entry.pearson.slice(0, most), whole()].filter((value) => value !== null);
      const low = Math.min(...values);
      const room = Math.max(0.02, (Math.max(...values) - low) * 0.15);
      drawDots(host, width, {
        rows, from: Math.max(-1, low - room), to: Math.min(1, Math.max(...values) + room), line: whole() ?? undefined, xName: "similarity (r)",
        label: "Similarity without each label",
      });
    },
    table() {
      const entry = found() || { labels: [], pearson: [] };
      return { head: ["left out", "r"], rows: entry.labels.map((label, index) => [label, fixed(entry.pearson[index], 3)]) };
    },
    say() {
      const entry = found();
      return entry ? `With all labels ${fixed(whole(), 2)}; without ${entry.labels[0]} ${fixed(entry.pearson[0], 2)}.` : "";
    },
  });
  app.on(["layer"], () => main.redraw());
  return main;
}

function trainTestFigure(app, all, local) {
  if (!Object.values(all).some((entry) => Object.keys(entry.trainTest).length)) return null;
  const layers = () => Object.keys(all[local.convention].trainTest).map(Number).sort((a, b) => a - b);
  function side(layer, index) {
    const runs = all[local.convention].trainTest[layer][index];
    if (!runs.length) return null;
    const value = mean(runs.map((one) => one.pearson));
    const single = runs.length === 1;
    return {
      mean: value,
      low: single ? runs[0].low : Math.min(...runs.map((one) => one.pearson)),
      high: single ? runs[0].high : Math.max(...runs.map((one) => one.pearson)),
      n: runs.length, ranks: mean(runs.map((one) => one.spearman)),
    };
  }
  const main = figure({
    id: "train-test-figure",
    title: "Do training and test points keep the same layout?",
    note: "Ring: before; dot: after. Whiskers reach from the least to the largest seed, or over the interval of the correlation with one seed.",
    draw(host, width) {
      const rows = layers().map((layer) => ({
        name: `layer ${layer}`,
        dots: [0, 1].flatMap((index) => {
          const one = side(layer, index);
          return one ? [{
            ...one, hollow: index === 0, colour: index ? "var(--after)" : "var(--before)",
            told: [`layer ${layer}, ${index ? "after" : "before"}`, `r = ${fixed(one.mean, 3)}`, `by ranks ${fixed(one.ranks, 3)}`],
          }] : [];
        }),
      }));
      const values = rows.flatMap((row) => row.dots.flatMap((dot) => [dot.mean, dot.low ?? dot.mean]));
      const low = Math.min(...values);
      drawDots(host, width, {
        rows, from: low - Math.max((1 - low) * 0.12, 0.02), to: 1, xName: "similarity of training and test (r)",
        label: "Similarity of training and test points by layer",
      });
    },
    table: () => ({
      head: ["layer", "before", "after", "before, ranks", "after, ranks"],
      rows: layers().map((layer) => {
        const [before, after] = [side(layer, 0), side(layer, 1)];
        return [String(layer), fixed(before && before.mean, 3), fixed(after && after.mean, 3), fixed(before && before.ranks, 3), fixed(after && after.ranks, 3)];
      }),
    }),
    say() {
      const list = layers();
      const layer = list[list.length - 1];
      const [before, after] = [side(layer, 0), side(layer, 1)];
      return `In layer ${layer} the similarity of training and test points was ${fixed(before && before.mean, 2)} before and is ${fixed(after && after.mean, 2)} after.`;
    },
  });
  return main;
}
