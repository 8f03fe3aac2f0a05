// A label by label matrix: one image pixel a cell, names around it, a cursor for pointer and keys.

import { el, em, fitted, svg, textWidth } from "../core/dom.js";
import { ramp } from "../core/colours.js";
import { number } from "../core/format.js";
import { hideTip, showTip } from "../core/tip.js";

/** The full symmetric matrix of an upper triangle; null on the diagonal. */
export function square(upper, k) {
  const rows = Array.from({ length: k }, () => new Array(k).fill(null));
  let at = 0;
  for (let i = 0; i < k; i += 1) {
    for (let j = i + 1; j < k; j += 1) {
      rows[i][j] = rows[j][i] = upper[at];
      at += 1;
    }
  }
  return rows;
}

/**
 * Draw a matrix. `kind` is "sequential" (values in [0, reach]) or "diverging" ([-reach, reach]).
 * `told(i, j)` gives the lines of the tip, `names` whether the rows are named.
 *
 * @param {HTMLElement} host
 * @param {number} width
 * @param {{ labels: string[], values: (number | null)[][], kind: "sequential" | "diverging", reach: number,
 *   told: (i: number, j: number) => string[], title: string, readout?: HTMLElement }} options
 */
export function drawMatrix(host, width, { labels, values, kind, reach, told, title, readout }) {
  const unit = em() / 16;
  const k = labels.length;
  const wanted = 11.5 * unit;
  const longest = Math.min(Math.max(...labels.map((label) => textWidth(label, wanted))), width * 0.24);
  const room = longest + 8 * unit;
  const cell = (width - room) / k;
  // Names smaller than this cannot be read; beyond it every second, third, … one is written.
  const size = Math.min(wanted, Math.max(cell * 0.86, 8.5 * unit));
  const every = Math.max(1, Math.ceil((size * 1.02) / cell));
  const side = cell * k;
  const tall = side + room;
  const colours = ramp(kind);

  const canvas = el("canvas", { width: k, height: k, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  const image = context.createImageData(k, k);
  for (let i = 0; i < k; i += 1) {
    for (let j = 0; j < k; j += 1) {
      const value = values[i][j];
      const at = 4 * (i * k + j);
      if (value === null || value === undefined) continue;
      const share = kind === "diverging" ? 0.5 + value / (2 * reach || 1) : value / (reach || 1);
      const [red, green, blue] = colours(share);
      image.data.set([red, green, blue, 255], at);
    }
  }
  context.putImageData(image, 0, 0);
  Object.assign(canvas.style, { left: `${room}px`, top: "0px", width: `${side}px`, height: `${side}px` });

  const root = svg("svg", {
    width, height: tall, viewBox: `0 0 ${width} ${tall}`, role: "application", tabindex: 0,
    "aria-label": `${title}; arrow keys move from cell to cell`,
  });
  labels.forEach((label, index) => {
    if (index % every) return;
    const middle = (index + 0.5) * cell;
    const text = fitted(label, longest, size);
    root.append(
      svg("text", { class: "name", style: { "font-size": `${size}px` }, x: room - 5 * unit, y: middle, dy: "0.35em", "text-anchor": "end" }, text),
      svg("text", { class: "name", style: { "font-size": `${size}px` }, transform: `translate(${room + middle},${side + 5 * unit}) rotate(-90)`, dy: "0.35em", "text-anchor": "end" }, text),
    );
  });
  const frame = svg("rect", { class: "cell", width: cell, height: cell, visibility: "hidden" });
  root.append(frame);

  let at = [0, Math.min(1, k - 1)];
  function point(i, j, where) {
    at = [i, j];
    frame.setAttribute("x", room + j * cell);
    frame.setAttribute("y", i * cell);
    frame.setAttribute("visibility", "visible");
    const said = told(i, j);
    const box = root.getBoundingClientRect();
    showTip(where ? where.x : box.left + room + (j + 1) * cell, where ? where.y : box.top + (i + 1) * cell, said);
    if (!where && readout) readout.textContent = said.join("; ");
  }
  function leave() {
    frame.setAttribute("visibility", "hidden");
    hideTip();
  }
  root.addEventListener("pointermove", (event) => {
    const box = root.getBoundingClientRect();
    const j = Math.floor((((event.clientX - box.left) / box.width) * width - room) / cell);
    const i = Math.floor((((event.clientY - box.top) / box.height) * tall) / cell);
    if (i >= 0 && j >= 0 && i < k && j < k) point(i, j, { x: event.clientX, y: event.clientY });
    else leave();
  });
  root.addEventListener("pointerleave", leave);
  root.addEventListener("blur", leave);
  root.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (step) {
      event.preventDefault();
      point(...at.map((place, axis) => Math.min(Math.max(place + step[axis], 0), k - 1)));
    } else if (event.key === "Escape") leave();
  });
  host.append(el("div", { class: "matrix" }, canvas, root), key(kind, reach, colours));
  if (readout) host.append(readout);
}

/** What the colours mean. */
function key(kind, reach, colours) {
  const bar = el("span", { class: "key-bar", "aria-hidden": "true" });
  const stops = Array.from({ length: 9 }, (_, index) => `rgb(${colours(index / 8).join(",")})`);
  bar.style.background = `linear-gradient(90deg, ${stops.join(",")})`;
  const low = kind === "diverging" ? number(-reach, 2) : "0";
  const high = (kind === "diverging" ? "+" : "") + number(reach, 2);
  return el("p", { class: "key" }, low, bar, high);
}
