// Lines over updates, epochs or layers, named at their right ends, with a cursor for pointer and keys.

import { em, fitted, svg, textWidth } from "../core/dom.js";
import { number, percent } from "../core/format.js";
import { extent, linear, spread, ticks, tickTexts, wholeTicks } from "../core/scale.js";
import { hideTip, showTip } from "../core/tip.js";

/**
 * Draw lines into `host`. `x` are the places of all series; a series is {name, values, low, high, colour, dash,
 * quiet, end}: quiet ones are thin, grey and unnamed. `end` is the text at the line's end (the name by default).
 *
 * @typedef {{ name: string, values: (number | null)[], low?: (number | null)[] | null, high?: (number | null)[] | null,
 *   colour?: string, dash?: string, quiet?: boolean, end?: string }} Series
 * @param {HTMLElement} host
 * @param {number} width
 * @param {{ x: number[], series: Series[], xName: string, yName: string, from?: number, to?: number, height?: number,
 *   told?: (line: any, index: number) => string[], onPick?: (name: string) => void, isPercent?: boolean,
 *   readout?: HTMLElement }} options
 */
export function drawLines(host, width, { x, series, xName, yName, from, to, height, told, onPick, isPercent = false, readout }) {
  const unit = em() / 16;
  const size = 12.5 * unit;
  const tall = (height || Math.min(420, Math.max(250, (width / unit) * 0.5))) * unit;
  const named = series.filter((one) => !one.quiet);
  const widest = Math.max(0, ...named.map((one) => textWidth(one.end || one.name, size, 600)));
  const yRange = extent(series.map((one) => [one.values, one.low || [], one.high || []]));
  const low = from !== undefined ? from : yRange[0];
  let high = to !== undefined ? to : yRange[1];
  if (!(high > low)) high = low + (Math.abs(low) || 1);
  if (to === undefined) high += (high - low) * 0.04;
  const yTicks = ticks(low, high, Math.max(3, Math.floor(tall / (58 * unit))));
  const yTexts = tickTexts(yTicks, isPercent);
  const left = Math.max(...yTexts.map((text) => textWidth(text, size))) + 14 * unit;
  const right = Math.min(widest + 22 * unit, width * 0.36);
  const top = 24 * unit;
  const bottom = 40 * unit;
  const toX = linear(x[0], x[x.length - 1], left, width - right);
  const toY = linear(low, high, tall - bottom, top);

  const root = svg("svg", {
    width, height: tall, viewBox: `0 0 ${width} ${tall}`, role: "application", tabindex: 0, class: "lines",
    "aria-label": `${yName} over ${xName}; arrow keys move through the values`,
  });
  yTicks.forEach((value, index) => root.append(
    svg("line", { class: "grid", x1: left, x2: width - right, y1: toY(value), y2: toY(value) }),
    svg("text", { class: "tick", x: left - 8 * unit, y: toY(value), dy: "0.35em", "text-anchor": "end" }, yTexts[index]),
  ));
  const whole = x.every(Number.isInteger);
  const xTicks = (whole ? wholeTicks : ticks)(x[0], x[x.length - 1], Math.max(2, Math.floor((width - left - right) / (70 * unit))));
  for (const value of xTicks) {
    root.append(svg("text", { class: "tick", x: toX(value), y: tall - bottom + 18 * unit, "text-anchor": "middle" }, String(value)));
  }
  root.append(
    svg("text", { class: "axis", x: 0, y: 11 * unit }, yName),
    svg("text", { class: "axis", x: width - right, y: tall - 5 * unit, "text-anchor": "end" }, xName),
  );

  const ordered = [...series].sort((a, b) => Number(!a.quiet) - Number(!b.quiet));
  for (const one of ordered) {
    if (!one.quiet && one.low && one.high) root.append(svg("path", { class: "band", d: band(one, x, toX, toY), fill: one.colour }));
  }
  const paths = new Map();
  for (const one of ordered) {
    const path = svg("path", {
      class: one.quiet ? "line quiet" : "line", d: line(one.values, x, toX, toY), data: { name: one.name },
      "stroke-dasharray": one.dash || null,
    });
    if (!one.quiet) path.setAttribute("stroke", one.colour);
    paths.set(one, path);
    root.append(path);
  }
  const ends = named.map((one) => ({ one, y: toY(lastOf(one.values) ?? low), x: toX(x[lastIndex(one.values)]) }));
  const places = spread(ends.map((end) => end.y), size * 1.25, top, tall - bottom);
  ends.forEach((end, index) => {
    root.append(
      svg("path", { class: "leader", stroke: end.one.colour, d: `M${end.x + 3 * unit},${end.y}L${width - right + 11 * unit},${places[index]}` }),
      svg("text", { class: "end", x: width - right + 14 * unit, y: places[index], dy: "0.35em", style: { fill: end.one.colour } },
        svg("title", null, end.one.name), fitted(end.one.end || end.one.name, right - 16 * unit, size, 600)),
    );
  });

  const cursor = svg("line", { class: "cursor", y1: top, y2: tall - bottom, visibility: "hidden" });
  const dot = svg("circle", { class: "dot", r: 4.5 * unit, visibility: "hidden" });
  root.append(cursor, dot);
  let at = { series: named.length ? series.indexOf(named[0]) : 0, index: x.length - 1 };
  function point(next, where) {
    if (at.lit) at.lit.classList.remove("lit");
    at = next;
    const one = series[at.series];
    const value = one.values[at.index];
    at.lit = paths.get(one);
    at.lit.classList.add("lit");
    const px = toX(x[at.index]);
    cursor.setAttribute("x1", px);
    cursor.setAttribute("x2", px);
    cursor.setAttribute("visibility", "visible");
    if (value !== null && value !== undefined) {
      dot.setAttribute("cx", px);
      dot.setAttribute("cy", toY(value));
      dot.setAttribute("fill", one.quiet ? "var(--ink-2)" : one.colour);
      dot.setAttribute("visibility", "visible");
    }
    const said = told ? told(one, at.index) : [one.name, `${xName} ${x[at.index]}: ${isPercent ? percent(value) : number(value)}`];
    const box = root.getBoundingClientRect();
    showTip(where ? where.x : box.left + px, where ? where.y : box.top + toY(value ?? low), said);
    if (readout && !where) readout.textContent = said.join("; ");
  }
  function leave() {
    if (at.lit) at.lit.classList.remove("lit");
    cursor.setAttribute("visibility", "hidden");
    dot.setAttribute("visibility", "hidden");
    hideTip();
  }
  function nearest(event) {
    const box = root.getBoundingClientRect();
    const px = ((event.clientX - box.left) / box.width) * width;
    const py = ((event.clientY - box.top) / box.height) * tall;
    let index = 0;
    for (let other = 1; other < x.length; other += 1) if (Math.abs(toX(x[other]) - px) < Math.abs(toX(x[index]) - px)) index = other;
    let best = -1;
    let gap = Infinity;
    series.forEach((one, position) => {
      const value = one.values[index];
      if (value === null || value === undefined) return;
      // A quiet line must be nearer than a named one to be meant.
      const away = Math.abs(toY(value) - py) + (one.quiet ? 3 * unit : 0);
      if (away < gap) [gap, best] = [away, position];
    });
    return best < 0 ? null : { series: best, index };
  }
  root.addEventListener("pointermove", (event) => {
    const found = nearest(event);
    if (found) point(found, { x: event.clientX, y: event.clientY });
  });
  root.addEventListener("pointerleave", leave);
  root.addEventListener("blur", leave);
  root.addEventListener("click", (event) => {
    const found = nearest(event);
    if (found && onPick) onPick(series[found.series].name);
  });
  root.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (step) {
      event.preventDefault();
      point({
        ...at,
        series: (at.series + step[0] + series.length) % series.length,
        index: Math.min(Math.max(at.index + step[1], 0), x.length - 1),
      });
    } else if ((event.key === "Enter" || event.key === " ") && onPick) {
      event.preventDefault();
      onPick(series[at.series].name);
    } else if (event.key === "Escape") leave();
  });
  host.append(root);
  if (readout) host.append(readout);
}

function line(values, x, toX, toY) {
  let d = "";
  let pen = "M";
  values.forEach((value, index) => {
    if (value === null || value === undefined) {
      pen = "M";
      return;
    }
    d += `${pen}${toX(x[index]).toFixed(1)},${toY(value).toFixed(1)}`;
    pen = "L";
  });
  return d;
}

function band(one, x, toX, toY) {
  const here = x.map((_, index) => index).filter((index) => one.low[index] !== null && one.high[index] !== null);
  if (here.length < 2) return "";
  const upper = here.map((index) => `${toX(x[index]).toFixed(1)},${toY(one.high[index]).toFixed(1)}`);
  const lower = here.reverse().map((index) => `${toX(x[index]).toFixed(1)},${toY(one.low[index]).toFixed(1)}`);
  return `M${[...upper, ...lower].join("L")}Z`;
}

function lastIndex(values) {
  for (let index = values.length - 1; index >= 0; index -= 1) if (values[index] !== null && values[index] !== undefined) return index;
  return values.length - 1;
}

function lastOf(values) {
  return values[lastIndex(values)];
}
