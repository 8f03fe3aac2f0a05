// Minimum distances of labels over updates.

import { category, dash } from "../core/colours.js";
import { labelPicker, segments } from "../core/controls.js";
import { figure } from "../core/figure.js";
import { number, signed } from "../core/format.js";
import { mean } from "../core/scale.js";
import { drawLines } from "../charts/lines.js";

/** How far each label is from its nearest other label, as fine-tuning goes on. */
export function draw({ run: all }, app) {
  const local = app.localOf("gaps", { scaled: false, chosen: null });
  const here = () => all[app.nearestLayer(all)];
  const values = () => (local.scaled && here().scaled ? here().scaled : here().distance);
  const hasScaled = Object.values(all).some((gaps) => gaps.scaled);
  if (!hasScaled) local.scaled = false;

  function lineOf(label) {
    const gaps = here();
    const seed = app.store.get("seed");
    const only = seed === "all" ? -1 : gaps.seeds.indexOf(Number(seed));
    const rows = only >= 0 ? [values()[only][label]] : values().map((ofSeed) => ofSeed[label]);
    const at = (index) => rows.map((row) => row[index]).filter((value) => value !== null);
    const several = rows.length > 1;
    return {
      name: gaps.labels[label],
      values: gaps.updates.map((_, index) => mean(at(index))),
      low: several ? gaps.updates.map((_, index) => (at(index).length ? Math.min(...at(index)) : null)) : null,
      high: several ? gaps.updates.map((_, index) => (at(index).length ? Math.max(...at(index)) : null)) : null,
    };
  }
  function rise(one) {
    return one.values[one.values.length - 1] - one.values[0];
  }
  function ranked() {
    return here().labels.map((_, label) => lineOf(label)).filter((one) => Number.isFinite(rise(one))).sort((a, b) => rise(b) - rise(a)).map((one) => one.name);
  }
  function extremes() {
    const names = ranked();
    const most = names.slice(0, Math.min(3, Math.ceil(names.length / 2)));
    return [...most, ...names.slice(Math.max(most.length, names.length - 3))];
  }
  function chosen() {
    const names = here().labels;
    return (local.chosen || extremes()).filter((name) => names.includes(name));
  }
  function colour(name) {
    return category(chosen().indexOf(name));
  }
  function choose(next) {
    local.chosen = next;
    picker.setChosen(chosen());
    main.redraw();
  }

  const picker = labelPicker({
    name: "Labels", labels: here().labels, chosen: chosen(), colour, onChange: choose,
    presets: [
      { name: "most and least", labels: extremes },
      { name: "rise most", labels: () => ranked().slice(0, 6) },
      { name: "rise least", labels: () => ranked().slice(-6) },
      { name: "all", labels: () => here().labels },
    ],
  });
  const unit = hasScaled ? segments({
    name: "Distance", value: local.scaled,
    options: [{ value: false, text: "raw" }, { value: true, text: "over the space's scale" }],
    onChange: (scaled) => {
      local.scaled = scaled;
      picker.setChosen(chosen());
      main.redraw();
    },
  }) : null;

  function tell(one, index) {
    const gaps = here();
    const label = gaps.labels.indexOf(one.name);
    const near = gaps.nearest[0][label][index];
    return [
      one.name,
      `update ${gaps.updates[index]}: ${number(one.values[index])}`,
      one.low ? `seeds from ${number(one.low[index])} to ${number(one.high[index])}` : null,
      near >= 0 ? `nearest: ${gaps.labels[near]}` : null,
      gaps.counts[label] ? `${gaps.counts[label]} points` : null,
    ].filter(Boolean);
  }
  const main = figure({
    id: "gaps-figure",
    title: "Minimum distance of each label",
    note: "The distance between a label's convex hull and the nearest other label's. Bands reach from the least to the largest seed; a click on a grey line names it.",
    controls: [unit, picker].filter(Boolean),
    draw(host, width, readout) {
      const gaps = here();
      if (gaps.updates.length < 2) return;
      const names = chosen();
      const series = gaps.labels.map((_, label) => lineOf(label)).map((one) => {
        const place = names.indexOf(one.name);
        return place < 0 ? { ...one, quiet: true, low: null, high: null } : { ...one, colour: category(place), dash: dash(place) };
      });
      drawLines(host, width, {
        x: gaps.updates, series, xName: "updates", yName: local.scaled ? "distance / scale" : "distance", from: 0, told: tell, readout,
        onPick: (name) => choose(names.includes(name) ? names.filter((other) => other !== name) : [...names, name]),
      });
    },
    table() {
      const gaps = here();
      const rows = gaps.labels.map((_, label) => lineOf(label)).sort((a, b) => rise(b) - rise(a));
      return {
        head: ["label", "points", "first", "last", "change", "nearest at the end"],
        rows: rows.map((one) => {
          const label = gaps.labels.indexOf(one.name);
          const near = gaps.nearest[0][label][gaps.updates.length - 1];
          const last = one.values[one.values.length - 1];
          return [one.name, gaps.counts[label] || "–", number(one.values[0]), number(last), signed(rise(one)), near >= 0 ? gaps.labels[near] : "–"];
        }),
      };
    },
    say() {
      const lines = here().labels.map((_, label) => lineOf(label));
      const up = lines.filter((one) => rise(one) > 0).length;
      const [first] = ranked();
      return `In layer ${app.nearestLayer(all)}, the ${local.scaled ? "scaled" : "raw"} minimum distance rose for ${up} of ${lines.length} labels, most for ${first}.`;
    },
  });
  app.on(["layer", "seed"], () => {
    picker.setChosen(chosen());
    main.redraw();
  });
  return { lead: "Each line follows one label through fine-tuning. Distances have no unit: a space that merely grows shows larger ones, so they can also be divided by its scale.", body: main.node };
}
