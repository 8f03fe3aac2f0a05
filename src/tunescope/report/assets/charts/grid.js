// A grid of values: rows by columns, one cell a value; what is no more than chance is grey.

import { ramp } from "../core/colours.js";
import { el, em, fitted, svg, textWidth } from "../core/dom.js";
import { number } from "../core/format.js";
import { extent } from "../core/scale.js";
import { hideTip, showTip } from "../core/tip.js";

/**
 * Draw a grid. `values[row][column]` may be null, `grey[row][column]` says which cells are grey; the first row is the
 * lowest. `onPick(row)` is called with the row of a cell that is clicked or entered.
 *
 * @param {HTMLElement} host
 * @param {number} width
 * @param {{ rows: string[], columns: string[], values: (number | null)[][], grey: boolean[][], title: string,
 *   told: (row: number, column: number) => string[], chosen?: number, readout?: HTMLElement,
 *   columnName: string, onPick?: (row: number) => void, signed?: boolean }} options
 */
export function drawGrid(host, width, { rows, columns, values, grey, title, told, chosen = -1, readout, columnName, onPick, signed = false }) {
  const unit = em() / 16;
  const size = 12 * unit;
  const left = Math.min(Math.max(...rows.map((name) => textWidth(name, size))) + 12 * unit, width * 0.42);
  const bottom = 36 * unit;
  const wide = (width - left) / columns.length;
  const high = Math.max(16 * unit, Math.min(30 * unit, wide, (380 * unit) / rows.length));
  const tall = high * rows.length + bottom;
  const [least, most] = extent(values);
  const reach = Math.max(Math.abs(least), Math.abs(most));
  const colours = ramp(signed ? "diverging" : "sequential");
  const share = (value) => (signed ? 0.5 + value / (2 * reach || 1) : most > least ? 0.08 + (0.92 * (value - least)) / (most - least) : 0.5);
  const toY = (row) => (rows.length - 1 - row) * high;

  const root = svg("svg", {
    width, height: tall, viewBox: `0 0 ${width} ${tall}`, role: "application", tabindex: 0, class: "grid-chart",
    "aria-label": `${title}; arrow keys move from cell to cell`,
  });
  rows.forEach((name, row) => root.append(svg("text", { class: row === chosen ? "tick chosen" : "tick", x: left - 7 * unit, y: toY(row) + high / 2, dy: "0.35em", "text-anchor": "end" },
    svg("title", null, name), fitted(name, left - 10 * unit, size))));
  const every = Math.max(1, Math.ceil((Math.max(...columns.map((name) => textWidth(name, size))) + 8 * unit) / wide));
  columns.forEach((name, column) => {
    if (column % every && column !== columns.length - 1) return;
    if (column === columns.length - 1 && column % every && column % every < every / 2) return;
    root.append(svg("text", { class: "tick", x: left + (column + 0.5) * wide, y: tall - bottom + 15 * unit, "text-anchor": "middle" }, name));
  });
  root.append(svg("text", { class: "axis", x: width, y: tall - 4 * unit, "text-anchor": "end" }, columnName));
  values.forEach((line, row) => line.forEach((value, column) => {
    if (value === null || value === undefined) return;
    const isGrey = Boolean(grey[row] && grey[row][column]);
    root.append(svg("rect", {
      class: isGrey ? "cell-fill chance" : "cell-fill", x: left + column * wide, y: toY(row), width: Math.max(wide - 1, 0.5), height: Math.max(high - 1, 0.5),
      style: isGrey ? null : { fill: `rgb(${colours(share(value)).join(", ")})` }, data: { row, column, chance: isGrey },
    }));
  }));
  const frame = svg("rect", { class: "cell", width: wide, height: high, visibility: "hidden" });
  root.append(frame);

  let at = [rows.length - 1, columns.length - 1];
  function point(row, column, where) {
    at = [row, column];
    frame.setAttribute("x", left + column * wide);
    frame.setAttribute("y", toY(row));
    frame.setAttribute("visibility", "visible");
    const said = told(row, column);
    const box = root.getBoundingClientRect();
    showTip(where ? where.x : box.left + left + (column + 1) * wide, where ? where.y : box.top + toY(row) + high, said);
    if (!where && readout) readout.textContent = said.join("; ");
  }
  function leave() {
    frame.setAttribute("visibility", "hidden");
    hideTip();
  }
  function cellOf(event) {
    const box = root.getBoundingClientRect();
    const column = Math.floor((((event.clientX - box.left) / box.width) * width - left) / wide);
    const row = rows.length - 1 - Math.floor((((event.clientY - box.top) / box.height) * tall) / high);
    return row >= 0 && row < rows.length && column >= 0 && column < columns.length ? [row, column] : null;
  }
  root.addEventListener("pointermove", (event) => {
    const found = cellOf(event);
    if (found) point(found[0], found[1], { x: event.clientX, y: event.clientY });
    else leave();
  });
  root.addEventListener("pointerleave", leave);
  root.addEventListener("blur", leave);
  root.addEventListener("click", (event) => {
    const found = cellOf(event);
    if (found && onPick) onPick(found[0]);
  });
  root.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 0], ArrowDown: [-1, 0] }[event.key];
    if (step) {
      event.preventDefault();
      point(Math.min(Math.max(at[0] + step[0], 0), rows.length - 1), Math.min(Math.max(at[1] + step[1], 0), columns.length - 1));
    } else if (event.key === "Enter" && onPick) onPick(at[0]);
    else if (event.key === "Escape") leave();
  });
  host.append(root, keyOf({ signed, least, most, reach, colours, share, hasGrey: grey.some((line) => line.some(Boolean)) }));
  if (readout) host.append(readout);
}

/** What the colours mean. */
function keyOf({ signed, least, most, reach, colours, share, hasGrey }) {
  const [low, high] = signed ? [-reach, reach] : [least, most];
  const stops = Array.from({ length: 9 }, (_, index) => `rgb(${colours(share(low + ((high - low) * index) / 8)).join(",")})`);
  const bar = el("span", { class: "key-bar", "aria-hidden": "true", style: { background: `linear-gradient(90deg, ${stops.join(",")})` } });
  return el("p", { class: "key" }, number(low), bar, number(high),
    hasGrey ? [el("span", { class: "swatch chance", "aria-hidden": "true" }), "no more than chance gives"] : null);
}
