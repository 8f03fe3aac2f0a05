// What the numbers rest on: the data of the task, settings, seeds, versions.

import { el } from "../core/dom.js";
import { figure, section, tableOf } from "../core/figure.js";
import { count, plural } from "../core/format.js";
import { drawBars } from "../charts/bars.js";

/** The labelled points of the probed task. */
export function taskSection(app) {
  const task = (app.data.tasks || {})[app.run.task];
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
  return section("task", `The task: ${app.run.task}`, task.description || null,
    task.source ? el("p", { class: "note" }, task.source) : null,
    task.notes ? el("ul", { class: "notes" }, task.notes.map((note) => el("li", null, note))) : null, key, main.node);
}

/** Settings, seeds and versions. */
export function settingsSection(app) {
  const { study, note } = app.data;
  const seeds = [...new Set(app.data.runs.flatMap((run) => run.seeds))].sort((a, b) => a - b);
  const rows = [
    ["seeds", seeds.length ? seeds.join(", ") : "none"],
    ...(study.settings || []),
  ];
  const versions = study.versions ? Object.entries(study.versions) : [];
  return section("settings", "Settings, seeds and versions", note,
    study.notes && study.notes.length ? el("ul", { class: "notes", id: "notes" }, study.notes.map((text) => el("li", null, text))) : null,
    el("div", { class: "settings" },
      tableOf({ caption: "Settings", head: ["setting", "value"], rows }),
      versions.length ? tableOf({ caption: "Versions", head: ["software", "version"], rows: versions.map(([name, version]) => [name, String(version)]) }) : null));
}
