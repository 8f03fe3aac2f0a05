// The study beside the paper: published numbers next to the measured ones, and its claims over all runs.

import { el } from "../core/dom.js";
import { fixed } from "../core/format.js";
import { section } from "../core/figure.js";

/** One sign for each outcome of a claim. */
export const MARKS = { holds: "✓", "does not hold": "✗", partly: "◐", open: "?" };

const PAPER = "Zhou and Srikumar (2022)";
const STAGES = { original: "before", "fine-tuned": "after", change: null };
/** Runs that are named where a claim does not hold; more are counted. */
const MOST_NAMED = 5;

/** The paper's value, ours, and the difference, for its own encoders and tasks. */
export function publishedSection(app) {
  const found = app.run.published;
  if (!found || !found.rows.some((row) => row.same)) return null;
  const others = found.rows.filter((row) => !row.same);
  return section("published", "Published beside measured", `What ${PAPER} report for ${app.run.encoder} on ${app.run.task}, and what was measured here. ± is the standard deviation over runs of the probe, or over seeds.`,
    table("Published beside measured", ["Published", "Here", "Difference"], found.rows.filter((row) => row.same), (row) => [
      [row.readOff ? "about " : null, value(row, row.low), spread(row, row.std)],
      [value(row, row.measured.mean), spread(row, row.measured.std)],
      signed(row, row.difference),
    ]),
    others.length ? el("div", { class: "secondary" }, el("h3", null, "Published for other encoders"), ranges(others)) : null);
}

/** What the paper has of something like it: whether a measurement lies in the world of the paper. */
export function rangesSection(app) {
  const found = app.run.published;
  if (!found || found.rows.some((row) => row.same)) return null;
  const why = found.different.join("; ");
  return section("published", "In the world of the paper?", `${PAPER} have no value of the very same thing (${why}). For orientation: what they report for their own encoders, from the least to the greatest, and where this run lies.`,
    el("div", { class: "secondary" }, ranges(found.rows)));
}

function ranges(rows) {
  return table("Ranges of published values", ["Published", "Here", "Which is"], rows, (row) => [
    [row.readOff ? "about " : null, row.low === row.high ? value(row, row.low) : [value(row, row.low), " to ", value(row, row.high)],
      el("span", { class: "spread of" }, row.of)],
    value(row, row.measured.mean),
    row.standing,
  ]);
}

function table(label, heads, rows, cells) {
  // What is to be borne in mind is said once, below, and marked at each number that it concerns.
  const notes = [...new Set(rows.flatMap((row) => row.note.split("; ").filter(Boolean)))];
  const marks = (row) => row.note.split("; ").filter(Boolean).map((note) => notes.indexOf(note) + 1).sort((a, b) => a - b).join(", ");
  return [
    el("div", { class: "table-scroll beside", tabindex: 0, role: "region", "aria-label": label },
      el("table", null,
        el("thead", null, el("tr", null, el("th", { scope: "col" }, "Quantity"),
          heads.map((head) => el("th", { scope: "col", class: "number" }, head)), el("th", { scope: "col" }, "In the paper"))),
        el("tbody", null, rows.map((row) => el("tr", { data: { quantity: row.quantity, stage: row.stage, layer: row.layer, label: row.label } },
          el("th", { scope: "row" }, name(row), row.note ? el("sup", null, ` ${marks(row)}`) : null),
          cells(row).map((cell) => el("td", { class: "number" }, cell)), el("td", null, row.source)))))),
    notes.length ? el("ol", { class: "notes" }, notes.map((note) => el("li", null, note))) : null,
  ];
}

function name(row) {
  const what = row.quantity.charAt(0).toUpperCase() + row.quantity.slice(1) + (row.label ? ` of ${row.label}` : "");
  if (row.quantity === "similarity to the start") return `${what}, layer ${row.layer}`;
  return STAGES[row.stage] ? `${what}, ${STAGES[row.stage]}` : what;
}

function decimals(row, number) {
  if (row.quantity === "clusters") return number % 1 ? 1 : 0;
  return row.quantity === "minimum distance" || row.quantity === "labels that rose" ? 1 : 2;
}

function value(row, number) {
  return fixed(number, decimals(row, number)) + (row.unit ? `\u00a0${row.unit}` : "");
}

function spread(row, std) {
  return std === null || std === undefined ? null : el("span", { class: "spread" }, ` ±${fixed(std, decimals(row, std))}`);
}

function signed(row, number) {
  const text = fixed(number, decimals(row, number));
  return number > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** For how many runs each claim holds, and where it does not. */
export function tallySection(app) {
  const found = app.data.tally;
  if (!found || !found.length) return null;
  const hasPaper = found.some((one) => one.paper);
  return section("tally", "Which of the paper's claims hold?", `What ${PAPER} say of fine-tuning, over all runs of this study that could be asked. Named are the runs for which a claim holds partly (◐), does not hold (✗), or stays open (?): the interval includes both answers.`,
    el("div", { class: "table-scroll tally", tabindex: 0, role: "region", "aria-label": "Claims over all runs" },
      el("table", null,
        el("thead", null, el("tr", null, el("th", { scope: "col" }, "Claim"), el("th", { scope: "col" }, "Holds here for"),
          hasPaper ? el("th", { scope: "col" }, "In the paper for") : null)),
        el("tbody", null, found.map((one) => el("tr", { data: { claim: one.name } },
          el("th", { scope: "row" }, one.text), el("td", null, el("span", { class: "told" }, one.told), elsewhere(app, one)),
          hasPaper ? el("td", null, one.paper || "–") : null))))));
}

function elsewhere(app, one) {
  const others = one.outcomes.filter(([, outcome]) => outcome !== "holds");
  const named = others.slice(0, others.length > MOST_NAMED + 1 ? MOST_NAMED : others.length);
  return [
    named.map(([run, outcome]) => el("span", { class: "outcome", data: { outcome } },
      el("span", { "aria-hidden": "true" }, `${MARKS[outcome]} `),
      el("button", { type: "button", class: "link", on: { click: () => app.store.set({ run }) } }, app.data.runs[run].title),
      el("span", { class: "unseen" }, `: ${outcome}`))),
    others.length > named.length ? el("span", { class: "note" }, `and ${others.length - named.length} more`) : null,
  ];
}
