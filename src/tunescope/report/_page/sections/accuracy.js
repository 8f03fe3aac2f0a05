// Accuracy of the classifier probe, before and after, by layer and split.

import { figure } from "../core/figure.js";
import { percent } from "../core/format.js";
import { drawDots } from "../charts/bars.js";

/** What a classifier finds in the vectors. */
export function draw({ run: found }) {
  const several = new Set(found.map((one) => one.layer)).size > 1;
  const probes = new Set(found.map((one) => one.probe)).size > 1;
  const name = (one) => [probes ? one.probe : null, several ? `layer ${one.layer}` : null, one.split].filter(Boolean).join(", ");
  const dot = (one, side, hollow) => ({
    mean: side.mean, low: side.low, high: side.high, hollow, colour: hollow ? "var(--before)" : "var(--after)",
    told: [`${name(one)}, ${hollow ? "before" : "after"}`, percent(side.mean, 2),
      side.low === null ? "one run" : `${side.isInterval ? "95 % interval" : "from"} ${percent(side.low, 2)} to ${percent(side.high, 2)}`,
      `${side.n} ${hollow || one.over === "initialisations" ? "initialisations" : "seeds"}`],
  });
  const main = figure({
    id: "accuracy-figure",
    title: "Accuracy of the classifier probe",
    note: "Ring: before; dot: after; whiskers: 95 % interval of the mean over seeds, or over the probe's initialisations where there is one seed; of fewer than five runs, the least and the greatest.",
    draw(host, width) {
      const rows = found.map((one) => ({
        name: name(one),
        dots: [one.before && dot(one, one.before, true), one.after && dot(one, one.after, false)].filter(Boolean),
      }));
      const values = rows.flatMap((row) => row.dots.flatMap((one) => [one.low ?? one.mean, one.high ?? one.mean]));
      const low = Math.min(...values);
      const high = Math.max(...values);
      const room = Math.max((high - low) * 0.12, 0.01);
      drawDots(host, width, {
        rows, from: Math.max(0, low - room), to: Math.min(1, high + room), xName: "accuracy", isPercent: true,
        label: "Accuracy before and after",
      });
    },
    table: () => ({
      head: ["probe", "layer", "split", "before", "after", "runs after"],
      rows: found.map((one) => [one.probe, String(one.layer), one.split, percent(one.before && one.before.mean, 2), percent(one.after && one.after.mean, 2), String(one.runsAfter.length)]),
    }),
    say: () => found.map((one) => `${name(one)}: ${percent(one.before && one.before.mean)} before, ${percent(one.after && one.after.mean)} after`).join("; "),
  });
  return { body: main.node };
}
