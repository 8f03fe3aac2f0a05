// What the paper has of something like this run.

import { PAPER, rangesTable } from "../charts/beside.js";
import { el } from "../core/dom.js";

/** What the paper has of something like it: whether a measurement lies in the world of the paper. */
export function draw({ run: found }) {
  const why = found.different.join("; ");
  return {
    lead: `${PAPER} have no value of the very same thing (${why}). For orientation: what they report for their own encoders, from the least to the greatest, and where this run lies.`,
    body: el("div", { class: "secondary" }, rangesTable(found.rows)),
  };
}
