// The table of encoders by tasks; a click on a row shows its run.

import { el } from "../core/dom.js";
import { fixed, percent, number } from "../core/format.js";

const COLUMNS = [
  { key: "accuracy", name: "Accuracy", form: (value) => percent(value), better: 1 },
  { key: "clusters", name: "Clusters", form: (value) => fixed(value, value % 1 ? 1 : 0), better: -1 },
  { key: "linear", name: "Linear", form: (value) => (value ? "yes" : "no") },
  { key: "gap", name: "Distance to nearest label", form: (value) => number(value) },
  { key: "scaledGap", name: "… over the space's scale", form: (value) => number(value) },
  { key: "trainTest", name: "Similarity training–test", form: (value) => fixed(value, 2) },
  { key: "toStart", name: "Similarity to the start", form: (value) => fixed(value, 2) },
];

/** Encoders by tasks, before and after. */
export function draw(_, app) {
  const { runs } = app.data;
  const columns = COLUMNS.filter((column) => runs.some((run) => run.sections.summary && run.sections.summary[column.key]));
  if (!columns.length) return null;
  const isCross = runs.some((run) => run.tunedOn && run.tunedOn !== run.task);
  const rows = runs.map((run, index) => {
    const here = index === app.store.get("run");
    const cells = columns.map((column) => el("td", { class: "number" }, pair((run.sections.summary || {})[column.key], column)));
    return el("tr", { "aria-current": here ? "true" : null, on: { click: () => app.store.set({ run: index }) } },
      el("th", { scope: "row" }, el("button", { type: "button", class: "link", data: { run: index } }, run.encoder)),
      el("td", null, run.task), isCross ? el("td", null, run.tunedOn || "–") : null, cells);
  });
  return {
    lead: "Before → after fine-tuning, in the last layer; in square brackets the 95 % interval of the mean, in round ones the least and the greatest of fewer than five runs. A row shows its run.",
    body: el("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": "Encoders and tasks" },
      el("table", { class: "runs" },
        el("thead", null, el("tr", null, el("th", { scope: "col" }, "Encoder"), el("th", { scope: "col" }, "Probed on"),
          isCross ? el("th", { scope: "col" }, "Tuned on") : null,
          columns.map((column) => el("th", { scope: "col", class: "number" }, column.name)))),
        el("tbody", null, rows))),
  };
}

function pair(sides, column) {
  if (!sides) return "–";
  const isPlain = column.key === "linear";
  const value = (side) => (side === null || side === undefined ? null : isPlain ? side : side.mean);
  const [before, after] = sides.map(value);
  const spread = !isPlain && sides[1] && sides[1].low !== null ? [sides[1].low, sides[1].high].map(column.form) : null;
  return [
    before === null ? null : el("span", { class: "before" }, column.form(before)),
    before === null || after === null ? null : el("span", { class: "arrow", "aria-label": "to" }, " → "),
    after === null ? null : el("span", { class: "after" }, column.form(after)),
    spread === null ? null : el("span", { class: "half" }, sides[1].isInterval ? ` [${spread.join(", ")}]` : ` (${spread.join(" to ")})`),
  ];
}
