// The frame of a figure: title, controls, the drawing at the width there is, and the same data as a table.

import { el, replace } from "./dom.js";

/**
 * A figure. `draw(host, width)` draws into an empty element; `table()` gives {head, rows} of what is drawn;
 * `say()` puts the drawing into a sentence for those who do not see it.
 *
 * @param {{ id: string, title: string, note?: string, controls?: any[], wide?: boolean,
 *   draw: (host: HTMLElement, width: number, readout: HTMLElement) => void,
 *   table?: () => { head: string[], rows: any[][] }, say?: () => string }} options
 */
export function figure({ id, title, note, controls = [], draw, table, say, wide = false }) {
  const host = el("div", { class: "drawing" });
  const spoken = el("p", { class: "unseen", id: `${id}-said` });
  const readout = el("p", { class: "readout", "aria-live": "polite" });
  const body = el("div", { class: "table-body" });
  const details = el("details", { class: "as-table" }, el("summary", null, "Show the numbers"), body);
  const caption = note ? el("p", { class: "note" }, note) : null;
  const node = el(
    "figure", { id, class: wide ? "wide" : null, "aria-describedby": `${id}-said` },
    el("figcaption", null, el("h3", null, title), caption),
    controls.length ? el("div", { class: "controls" }, controls) : null,
    host, spoken, table ? details : null,
  );
  let width = 0;
  function redraw() {
    if (!width) return;
    host.replaceChildren();
    draw(host, width, readout);
    if (say) spoken.textContent = say();
    if (details.open) fillTable();
  }
  function fillTable() {
    if (table) replace(body, tableOf(table()));
  }
  if (table) details.addEventListener("toggle", () => details.open && fillTable());
  const watcher = new ResizeObserver(([entry]) => {
    const next = Math.floor(entry.contentRect.width);
    if (next !== width && next > 0) {
      width = next;
      redraw();
    }
  });
  watcher.observe(host);
  return { node, redraw };
}

/**
 * A table that can be scrolled sideways on its own.
 *
 * @param {{ head: string[], rows: any[][], caption?: string }} options
 */
export function tableOf({ head, rows, caption }) {
  const numeric = head.map((_, column) => rows.every((row) => typeof row[column] !== "string" || /^[+−–\d. %→\u202f\u00a0]*$/.test(row[column])));
  return el("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": caption || "Table of the numbers" },
    el("table", null,
      caption ? el("caption", { class: "unseen" }, caption) : null,
      el("thead", null, el("tr", null, head.map((name, column) => el("th", { scope: "col", class: numeric[column] ? "number" : null }, name)))),
      el("tbody", null, rows.map((row) => el("tr", null, row.map((cell, column) =>
        column ? el("td", { class: numeric[column] ? "number" : null }, cell) : el("th", { scope: "row" }, cell)))))));
}

/** A section of the page. */
export function section(id, title, lead, ...children) {
  return el("section", { id, "aria-labelledby": `${id}-title` },
    el("h2", { id: `${id}-title` }, title), lead ? el("p", { class: "lead" }, lead) : null, children);
}
