// Horizontal marks, one row a name: bars in parts, or dots with intervals.

import { em, fitted, svg, textWidth } from "../core/dom.js";
import { linear, ticks, tickTexts } from "../core/scale.js";
import { hideTip, showTip } from "../core/tip.js";

/** Rows of bars; a row is {name, parts: [{value, colour, told}]}. Parts lie one after the other. */
export function drawBars(host, width, { rows, xName, most, label }) {
  const frame = rowFrame(host, width, { rows, from: 0, to: most, xName, label });
  rows.forEach((row, index) => {
    let at = 0;
    for (const part of row.parts) {
      const x = frame.toX(at);
      const wide = Math.max(frame.toX(at + part.value) - x - 1, 0.75);
      const bar = svg("rect", {
        class: "bar", x, y: frame.middle(index) - frame.step * 0.34, width: wide, height: frame.step * 0.68, fill: part.colour,
        data: { name: row.name, value: part.value },
      });
      tell(bar, part.told);
      frame.root.append(bar);
      at += part.value;
    }
  });
}

/**
 * Rows of dots with intervals; a row is {name, dots: [{mean, low, high, colour, told, hollow}]}.
 *
 * @param {HTMLElement} host
 * @param {number} width
 * @param {{ rows: { name: string, dots: any[] }[], xName: string, from: number, to: number, isPercent?: boolean,
 *   label: string, line?: number }} options
 */
export function drawDots(host, width, { rows, xName, from, to, isPercent = false, label, line }) {
  const frame = rowFrame(host, width, { rows, from, to, xName, isPercent, label });
  if (line !== undefined && line >= from && line <= to) {
    frame.root.append(svg("line", { class: "mark-line", x1: frame.toX(line), x2: frame.toX(line), y1: frame.top, y2: frame.base }));
  }
  rows.forEach((row, index) => {
    const y = frame.middle(index);
    const known = row.dots.filter((dot) => dot.mean !== null);
    if (known.length > 1) {
      frame.root.append(svg("line", { class: "span", x1: frame.toX(known[0].mean), x2: frame.toX(known[known.length - 1].mean), y1: y, y2: y }));
    }
    for (const dot of known) {
      if (dot.low !== null && dot.low !== undefined) {
        frame.root.append(svg("line", {
          class: "whisker", stroke: dot.colour, x1: frame.toX(Math.max(dot.low, from)), x2: frame.toX(Math.min(dot.high, to)), y1: y, y2: y,
        }));
      }
      const mark = svg("circle", {
        class: dot.hollow ? "dot hollow" : "dot", cx: frame.toX(dot.mean), cy: y, r: 5.5 * frame.unit, data: { name: row.name, value: dot.mean },
        fill: dot.hollow ? "var(--paper)" : dot.colour, stroke: dot.colour,
      });
      tell(mark, dot.told);
      frame.root.append(mark);
    }
  });
}

function rowFrame(host, width, { rows, from, to, xName, isPercent = false, label }) {
  const unit = em() / 16;
  const size = 12.5 * unit;
  const step = 25 * unit;
  const left = Math.min(Math.max(...rows.map((row) => textWidth(row.name, size))) + 14 * unit, width * 0.36);
  const right = 22 * unit;
  const top = 4 * unit;
  const base = top + rows.length * step;
  const tall = base + 42 * unit;
  const toX = linear(from, to, left, width - right);
  const root = svg("svg", { width, height: tall, viewBox: `0 0 ${width} ${tall}`, role: "img", "aria-label": label });
  const values = ticks(from, to, Math.max(2, Math.floor((width - left) / (90 * unit))));
  const texts = tickTexts(values, isPercent);
  values.forEach((value, index) => root.append(
    svg("line", { class: "grid", x1: toX(value), x2: toX(value), y1: top, y2: base }),
    svg("text", { class: "tick", x: toX(value), y: base + 17 * unit, "text-anchor": "middle" }, texts[index]),
  ));
  root.append(svg("text", { class: "axis", x: width - right, y: tall - 4 * unit, "text-anchor": "end" }, xName));
  const middle = (index) => top + (index + 0.5) * step;
  rows.forEach((row, index) => {
    root.append(svg("text", { class: "row-name", x: left - 9 * unit, y: middle(index), dy: "0.35em", "text-anchor": "end" },
      svg("title", null, row.name), fitted(row.name, left - 10 * unit, size)));
  });
  host.append(root);
  return { root, toX, middle, step, unit, top, base };
}

function tell(node, told) {
  if (!told) return;
  node.addEventListener("pointermove", (event) => showTip(event.clientX, event.clientY, told));
  node.addEventListener("pointerleave", hideTip);
}
