// The labelled points of the probed task.

import { el } from "../core/dom.js";
import { figure } from "../core/figure.js";
import { count, plural } from "../core/format.js";
import { drawBars } from "../charts/bars.js";

/** The labelled points of the probed task. */
export function draw({ study: tasks }, app) {
  const task = tasks[app.run.task];
  if (!task) return null;
  const splits = Object.keys(task.splits);
  const labels = [...new Set(splits.flatMap((split) => Object.keys(task.splits[split])))];
  const n = (split, label) => task.splits[split][label] || 0;
  labels.sort((a, b) => n(splits[0], b) - n(splits[0], a));
  const total = (split) => labels.reduce((sum, label) => sum + n(split, label), 0);
  const main = figure({
    id: "task-figure",
    title: "Points of each label",
    draw(host, width) {
      drawBars(host, width, {
        xName: "points", most: Math.max(...labels.map((label) => splits.reduce((sum, split) => sum + n(split, label), 0))), label: "Points of each label",
        rows: labels.map((label) => ({
          name: label,
          parts: splits.map((split, index) => ({ value: n(split, label), colour: index ? "var(--c1)" : "var(--calm)", told: [label, `${split}: ${plural(n(split, label), "point")}`] })).filter((part) => part.value),
        })),
      });
    },
    table: () => ({ head: ["label", ...splits], rows: labels.map((label) => [label, ...splits.map((split) => count(n(split, label)))]) }),
    say: () => `${labels.length} labels; the most frequent is ${labels[0]}.`,
  });
  const swatch = (index) => el("span", { class: "swatch", "aria-hidden": "true", style: { background: index ? "var(--c1)" : "var(--calm)" } });
  const key = el("p", { class: "key" }, splits.map((split, index) => [swatch(index), `${split}: ${plural(total(split), "point")}`]));
  return {
    title: `The task: ${app.run.task}`,
    lead: task.description || null,
    body: [
      task.source ? el("p", { class: "note" }, task.source) : null,
      task.notes ? el("ul", { class: "notes" }, task.notes.map((note) => el("li", null, note))) : null,
      key, main.node,
    ],
  };
}
