// Tables of what the paper reports beside what was measured here.

import { el } from "../core/dom.js";
import { fixed } from "../core/format.js";
import { STAGE_WORDS } from "../core/stages.js";

export const PAPER = "Zhou and Srikumar (2022)";

/** Ranges of published values, and where this run lies. */
export function rangesTable(rows) {
  return besideTable("Ranges of published values", ["Published", "Here", "Which is"], rows, (row) => [
    [row.readOff ? "about " : null, row.low === row.high ? value(row, row.low) : [value(row, row.low), " to ", value(row, row.high)],
      el("span", { class: "spread of" }, row.of)],
    value(row, row.measured.mean),
    row.standing,
  ]);
}

/** A table of published numbers beside measured ones; `cells(row)` are those after its name. */
export function besideTable(label, heads, rows, cells) {
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
  return STAGE_WORDS[row.stage] ? `${what}, ${STAGE_WORDS[row.stage]}` : what;
}

function decimals(row, number) {
  if (row.quantity === "clusters") return number % 1 ? 1 : 0;
  return row.quantity === "minimum distance" || row.quantity === "labels that rose" ? 1 : 2;
}

/** A number of a row, in its unit and with its decimals. */
export function value(row, number) {
  return fixed(number, decimals(row, number)) + (row.unit ? `\u00a0${row.unit}` : "");
}

/** Its standard deviation, where there is one. */
export function spread(row, std) {
  return std === null || std === undefined ? null : el("span", { class: "spread" }, ` ±${fixed(std, decimals(row, std))}`);
}

/** A difference with its sign. */
export function signed(row, number) {
  const text = fixed(number, decimals(row, number));
  return number > 0 && Number(text) !== 0 ? `+${text}` : text;
}
