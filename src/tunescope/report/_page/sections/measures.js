// Any measure that the study has: layers by updates, a layer over updates, before and after, beside chance.

import { drawDots } from "../charts/bars.js";
import { drawGrid } from "../charts/grid.js";
import { drawLines } from "../charts/lines.js";
import { choice } from "../core/controls.js";
import { el, replace } from "../core/dom.js";
import { figure } from "../core/figure.js";
import { count, fixed, number } from "../core/format.js";

/** A measure is chosen at the top; pictures follow. */
export function draw({ run, study }, app) {
  if (!run) return null;
  const local = app.localOf("measures", { name: run[0].name });
  const here = () => run.find((one) => one.name === local.name) || run[0];
  const parts = [gridFigure(app, here), linesFigure(app, here), endsFigure(app, here)];
  const about = el("p", { class: "note" });
  const tell = () => replace(about, aboutOf(here()));
  tell();
  const groups = new Set(run.map((one) => one.group));
  const pick = run.length > 1 ? choice({
    name: "Measure", value: here().name, options: run.map((one) => ({ value: one.name, text: one.name, ...(groups.size > 1 ? { group: one.group || "spaces" } : {}) })),
    onChange: (name) => {
      local.name = name;
      tell();
      parts.forEach((part) => part.redraw());
    },
  }) : el("p", { class: "control" }, here().name);
  const agreement = study ? agreementFigure(study) : null;
  return {
    lead: "Each measure asks of a space, or of two spaces of the same points, in a way of its own. Grey: no more than chance gives, where chance was drawn.",
    body: [pick, about, parts.map((part) => part.node), agreement && agreement.node],
  };
}

function aboutOf(one) {
  const way = { up: `larger: ${one.towards}`, down: `smaller: ${one.towards}` }[one.direction];
  return [way && one.towards ? way : null, one.n ? `${count(one.n)} points` : null, one.nullLow ? "chance: 2.5 to 97.5 % of what it gives" : "no chance was drawn", one.source || null].filter(Boolean).join(" · ");
}

/** The position of the chosen layer, or of the one nearest to it. */
function rowOf(app, one) {
  const wanted = app.store.get("layer");
  const away = one.layers.map((layer) => Math.abs(layer - wanted));
  return away.indexOf(Math.min(...away));
}

function cell(one, row, column) {
  const at = (values) => (values ? values[row][column] : null);
  const [low, high, nullLow, nullHigh] = [one.low, one.high, one.nullLow, one.nullHigh].map(at);
  return [
    `layer ${one.layers[row]}, update ${one.updates[column]}`,
    number(at(one.value)),
    low === null || high === null ? null : `${one.seeds.length > 1 ? "seeds" : "95 % interval"} ${number(low)} to ${number(high)}`,
    nullLow === null || nullHigh === null ? null : `chance ${number(nullLow)} to ${number(nullHigh)}${one.isChance[row][column] ? ": no more than chance" : ""}`,
  ].filter((text) => text !== null);
}

function gridFigure(app, here) {
  const main = figure({
    id: "measures-grid",
    title: "By layer and update",
    note: "A click on a row chooses its layer for the whole page.",
    wide: true,
    draw(host, width, readout) {
      const one = here();
      const hasBoth = one.value.some((row) => row.some((value) => value < 0)) && one.value.some((row) => row.some((value) => value > 0));
      drawGrid(host, width, {
        rows: one.layers.map((layer) => `layer ${layer}`), columns: one.updates.map(String), values: one.value, grey: one.isChance, title: one.name,
        columnName: "updates", told: (row, column) => cell(one, row, column), chosen: rowOf(app, one), readout, signed: hasBoth,
        onPick: (row) => app.store.set({ layer: one.layers[row] }),
      });
    },
    table() {
      const one = here();
      return { head: ["layer", ...one.updates.map((update) => `update ${update}`)], rows: one.layers.map((layer, row) => [String(layer), ...one.value[row].map((value) => number(value))]) };
    },
    say() {
      const one = here();
      const row = rowOf(app, one);
      const last = one.updates.length - 1;
      return `${one.name}, layer ${one.layers[row]}: ${number(one.value[row][0])} at update ${one.updates[0]}, ${number(one.value[row][last])} at update ${one.updates[last]}.`;
    },
  });
  app.on(["layer", "dark"], () => main.redraw());
  return main;
}

function linesFigure(app, here) {
  const main = figure({
    id: "measures-lines",
    title: "One layer over updates",
    note: "The grey line and band are what chance gives; the other band reaches over seeds, or over the interval with one seed.",
    draw(host, width, readout) {
      const one = here();
      if (one.updates.length < 2) return;
      const row = rowOf(app, one);
      const of = (values) => (values ? values[row] : null);
      const chance = one.nullLow && one.nullHigh ? [{ name: "chance", values: (one.null || one.nullLow)[row], low: of(one.nullLow), high: of(one.nullHigh), colour: "var(--ink-3)", dash: "3 3" }] : [];
      drawLines(host, width, {
        x: one.updates, xName: "updates", yName: one.name, readout,
        told: (line, index) => (line.name === "chance" ? [`chance, layer ${one.layers[row]}`, `update ${one.updates[index]}: ${number(line.values[index])}`] : cell(one, row, index)),
        series: [...chance, { name: `layer ${one.layers[row]}`, values: one.value[row], low: of(one.low), high: of(one.high), colour: "var(--after)" }],
      });
    },
    table() {
      const one = here();
      const row = rowOf(app, one);
      const of = (values, index) => number(values ? values[row][index] : null);
      return { head: ["update", "value", "from", "to", "chance from", "chance to"], rows: one.updates.map((update, index) => [String(update), ...[one.value, one.low, one.high, one.nullLow, one.nullHigh].map((values) => of(values, index))]) };
    },
  });
  app.on(["layer"], () => main.redraw());
  return main;
}

function endsFigure(app, here) {
  const main = figure({
    id: "measures-ends",
    title: "Before and after, layer by layer",
    note: "Ring: first update; dot: last; whiskers: over seeds, or the interval with one seed. Grey: no more than chance.",
    draw(host, width) {
      const one = here();
      const last = one.updates.length - 1;
      const dot = (row, index) => ({
        mean: one.value[row][index], low: one.low ? one.low[row][index] : null, high: one.high ? one.high[row][index] : null, hollow: index === 0 && last > 0,
        colour: one.isChance[row][index] ? "var(--quiet)" : index ? "var(--after)" : "var(--before)", told: cell(one, row, index),
      });
      const rows = one.layers.map((layer, row) => ({
        name: `layer ${layer}`, dots: [...new Set([0, last])].map((index) => dot(row, index)).filter((side) => side.mean !== null),
      }));
      const values = rows.flatMap((row) => row.dots.flatMap((side) => [side.mean, side.low ?? side.mean, side.high ?? side.mean]));
      if (!values.length) return;
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const room = (high - low || Math.abs(high) || 1) * 0.08;
      drawDots(host, width, { rows, from: low - room, to: high + room, xName: one.name, label: `${one.name} before and after` });
    },
    table() {
      const one = here();
      const last = one.updates.length - 1;
      return { head: ["layer", "first", "last", "no more than chance"], rows: one.layers.map((layer, row) => [String(layer), number(one.value[row][0]), number(one.value[row][last]), one.isChance[row][last] ? "yes" : one.nullLow ? "no" : "–"]) };
    },
  });
  return main;
}

/** Which measures order runs, seeds and layers alike. */
function agreementFigure({ names, correlation, n }) {
  return figure({
    id: "measures-agreement",
    title: "Which measures agree?",
    note: "Rank correlation, over all runs, seeds and layers, of what two measures say of fine-tuning: how much they changed from first to last, or, of comparisons with the start, what they are at the end. Blue: they rise together; orange: one falls where the other rises.",
    wide: true,
    draw(host, width, readout) {
      const order = [...names.keys()].reverse();
      drawGrid(host, width, {
        rows: order.map((at) => `${at + 1} ${names[at]}`), columns: names.map((_, at) => String(at + 1)), values: order.map((row) => correlation[row].map((value, at) => (at === row ? null : value))),
        grey: [], title: "Rank correlations of measures", columnName: "measure", signed: true, readout,
        told: (row, column) => [`${names[order[row]]} – ${names[column]}`, `ρ = ${fixed(correlation[order[row]][column], 2)}`, `${n[order[row]][column]} spaces`],
      });
    },
    table: () => ({
      head: ["measure", "other measure", "rank correlation", "spaces"],
      rows: names.flatMap((name, row) => names.slice(row + 1).map((other, at) => [name, other, fixed(correlation[row][row + 1 + at], 2), String(n[row][row + 1 + at])])),
    }),
  });
}
