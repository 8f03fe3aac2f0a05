// What the numbers rest on: settings, seeds, versions.

import { el } from "../core/dom.js";
import { tableOf } from "../core/figure.js";

/** Settings, seeds and versions. */
export function draw({ study }, app) {
  const seeds = [...new Set(app.data.runs.flatMap((run) => run.seeds))].sort((a, b) => a - b);
  const rows = [
    ["seeds", seeds.length ? seeds.join(", ") : "none"],
    ...(study.settings || []),
  ];
  const versions = study.versions ? Object.entries(study.versions) : [];
  return {
    lead: app.data.note,
    body: [
      study.notes && study.notes.length ? el("ul", { class: "notes", id: "notes" }, study.notes.map((text) => el("li", null, text))) : null,
      el("div", { class: "settings" },
        tableOf({ caption: "Settings", head: ["setting", "value"], rows }),
        versions.length ? tableOf({ caption: "Versions", head: ["software", "version"], rows: versions.map(([name, version]) => [name, String(version)]) }) : null),
    ],
  };
}
