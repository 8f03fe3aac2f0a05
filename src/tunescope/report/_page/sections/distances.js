// Distances between all pairs of labels: before, after, and the change.

import { segments } from "../core/controls.js";
import { figure } from "../core/figure.js";
import { number, signed } from "../core/format.js";
import { extent } from "../core/scale.js";
import { drawMatrix, square } from "../charts/matrix.js";
import { el } from "../core/dom.js";

/** Which labels are near which, and which of these distances changed. */
export function draw({ run: all }, app) {
  const local = app.localOf("distances", { panel: "all" });
  const here = () => all[app.nearestLayer(all)];
  function matrices() {
    const one = here();
    const k = one.labels.length;
    const before = one.before && square(one.before, k);
    const after = one.after && square(one.after, k);
    const change = before && after && before.map((row, i) => row.map((value, j) => (value === null || after[i][j] === null ? null : after[i][j] - value)));
    return { before, after, change };
  }
  const names = { before: "Before", after: "After", change: "Change" };
  const shown = () => Object.entries(matrices()).filter(([name, values]) => values && (local.panel === "all" || local.panel === name));
  const main = figure({
    id: "distances-figure",
    title: "Distance between each two labels",
    note: "Labels stand in the order of a hierarchical clustering of the distances after fine-tuning, so that neighbours in space are neighbours here. Before and after share one scale.",
    wide: true,
    controls: [segments({
      name: "Matrix", value: local.panel,
      options: [{ value: "all", text: "all three" }, ...Object.entries(names).map(([value, text]) => ({ value, text: text.toLowerCase() }))],
      onChange: (panel) => {
        local.panel = panel;
        main.redraw();
      },
    })],
    draw(host, width, readout) {
      const one = here();
      const found = matrices();
      const panels = shown();
      const em = parseFloat(getComputedStyle(document.documentElement).fontSize);
      // Side by side as long as every name keeps a line of its own.
      const gap = 1.6 * em;
      const least = Math.max(19, 6 + 0.72 * one.labels.length) * em;
      const columns = Math.max(1, Math.min(panels.length, Math.floor((width + gap) / (least + gap))));
      const each = Math.min((width - gap * (columns - 1)) / columns, 46 * em);
      const reach = Math.max(0, extent([found.before || [], found.after || []])[1]);
      const changed = found.change ? Math.max(...extent(found.change).map(Math.abs)) : 0;
      const row = el("div", { class: "matrices" });
      host.append(row);
      for (const [name, values] of panels) {
        const panel = el("div", { class: "matrix-panel", data: { matrix: name } }, el("h4", null, names[name]));
        panel.style.width = `${each}px`;
        row.append(panel);
        drawMatrix(panel, each, {
          labels: one.labels, values, kind: name === "change" ? "diverging" : "sequential", reach: name === "change" ? changed : reach,
          title: `${names[name]}: distances between labels`,
          told: (i, j) => (i === j ? [one.labels[i]] : [
            `${one.labels[i]} – ${one.labels[j]}`,
            found.before ? `before ${number(found.before[i][j])}` : null,
            found.after ? `after ${number(found.after[i][j])}` : null,
            found.change ? `change ${signed(found.change[i][j])}` : null,
          ].filter(Boolean)),
        });
      }
      host.append(readout);
    },
    table() {
      const one = here();
      const { before, after, change } = matrices();
      const rows = [];
      for (let i = 0; i < one.labels.length; i += 1) {
        for (let j = i + 1; j < one.labels.length; j += 1) {
          rows.push([one.labels[i], one.labels[j], before ? number(before[i][j]) : "–", after ? number(after[i][j]) : "–", change ? signed(change[i][j]) : "–"]);
        }
      }
      return { head: ["label", "other label", "before", "after", "change"], rows };
    },
    say() {
      const { change } = matrices();
      const one = here();
      if (!change) return `Distances between ${one.labels.length} labels in layer ${app.nearestLayer(all)}.`;
      let best = [0, 1];
      let up = 0;
      let n = 0;
      change.forEach((row, i) => row.forEach((value, j) => {
        if (j <= i || value === null) return;
        n += 1;
        up += value > 0 ? 1 : 0;
        if (value > (change[best[0]][best[1]] ?? -Infinity)) best = [i, j];
      }));
      return `In layer ${app.nearestLayer(all)}, ${up} of ${n} distances between labels rose, most that of ${one.labels[best[0]]} and ${one.labels[best[1]]}.`;
    },
  });
  app.on(["layer", "dark"], () => main.redraw());
  return { body: main.node };
}
