// The study beside the paper: published numbers next to the measured ones.

import { besideTable, PAPER, rangesTable, signed, spread, value } from "../charts/beside.js";
import { el } from "../core/dom.js";

/** The paper's value, ours, and the difference, for its own encoders and tasks. */
export function draw({ run: found }, app) {
  const others = found.rows.filter((row) => !row.same);
  return {
    lead: `What ${PAPER} report for ${app.run.encoder} on ${app.run.task}, and what was measured here. ± is the standard deviation over runs of the probe, or over seeds.`,
    body: [
      besideTable("Published beside measured", ["Published", "Here", "Difference"], found.rows.filter((row) => row.same), (row) => [
        [row.readOff ? "about " : null, value(row, row.low), spread(row, row.std)],
        [value(row, row.measured.mean), spread(row, row.measured.std)],
        signed(row, row.difference),
      ]),
      others.length ? el("div", { class: "secondary" }, el("h3", null, "Published for other encoders"), rangesTable(others)) : null,
    ],
  };
}
