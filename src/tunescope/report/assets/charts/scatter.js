// Points in the plane with their runs beside them, named; a line joins those that no other beats.

import { em, svg, textWidth } from "../core/dom.js";
import { linear, ticks, tickTexts } from "../core/scale.js";
import { hideTip, showTip } from "../core/tip.js";

/**
 * Named points. A point is {name, x, y, colour, runs: [[x, y]], spanX, spanY, onFront, told}: `runs` are drawn small,
 * spans ([low, high] or null) as whiskers.
 *
 * @param {HTMLElement} host
 * @param {number} width
 * @param {{ points: any[], xName: string, yName: string, isPercentX?: boolean, isPercentY?: boolean, label: string,
 *   mark?: [number | null, number | null] }} options
 */
export function drawScatter(host, width, { points, xName, yName, isPercentX = false, isPercentY = false, label, mark = [null, null] }) {
  const unit = em() / 16;
  const tall = Math.min(width * 0.72, 420 * unit);
  const [left, right, top, base] = [62 * unit, width - 18 * unit, 24 * unit, tall - 44 * unit];
  const all = (place) => points.flatMap((point) => [point[place ? "y" : "x"], ...point.runs.map((run) => run[place]), ...((place ? point.spanY : point.spanX) || [])]);
  const range = (values) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const room = Math.max((high - low) * 0.1, 0.002);
    return [low - room, high + room];
  };
  const toX = linear(...range([...all(0), ...(mark[0] === null ? [] : [mark[0]])]), left, right);
  const toY = linear(...range([...all(1), ...(mark[1] === null ? [] : [mark[1]])]), base, top);
  const root = svg("svg", { width, height: tall, viewBox: `0 0 ${width} ${tall}`, role: "img", "aria-label": label });
  const xs = ticks(toX.from, toX.to, Math.max(2, Math.floor((right - left) / (90 * unit))));
  const ys = ticks(toY.from, toY.to, 5);
  tickTexts(xs, isPercentX).forEach((text, index) => root.append(
    svg("line", { class: "grid", x1: toX(xs[index]), x2: toX(xs[index]), y1: top, y2: base }),
    svg("text", { class: "tick", x: toX(xs[index]), y: base + 17 * unit, "text-anchor": "middle" }, text),
  ));
  tickTexts(ys, isPercentY).forEach((text, index) => root.append(
    svg("line", { class: "grid", x1: left, x2: right, y1: toY(ys[index]), y2: toY(ys[index]) }),
    svg("text", { class: "tick", x: left - 8 * unit, y: toY(ys[index]), dy: "0.35em", "text-anchor": "end" }, text),
  ));
  root.append(
    svg("text", { class: "axis", x: right, y: tall - 6 * unit, "text-anchor": "end" }, xName),
    svg("text", { class: "axis", x: left, y: 12 * unit, "text-anchor": "start" }, yName),
  );
  if (mark[1] !== null) root.append(svg("line", { class: "mark-line", x1: left, x2: right, y1: toY(mark[1]), y2: toY(mark[1]) }));
  if (mark[0] !== null) root.append(svg("line", { class: "mark-line", x1: toX(mark[0]), x2: toX(mark[0]), y1: top, y2: base }));
  const front = points.filter((point) => point.onFront).sort((a, b) => a.x - b.x);
  if (front.length > 1) {
    root.append(svg("polyline", { class: "span", fill: "none", points: front.map((point) => `${toX(point.x)},${toY(point.y)}`).join(" ") }));
  }
  for (const point of points) {
    const [x, y] = [toX(point.x), toY(point.y)];
    for (const run of point.runs) {
      root.append(svg("circle", { class: "run", cx: toX(run[0]), cy: toY(run[1]), r: 2.5 * unit, fill: point.colour, opacity: 0.45 }));
    }
    if (point.spanX) root.append(svg("line", { class: "whisker", stroke: point.colour, x1: toX(point.spanX[0]), x2: toX(point.spanX[1]), y1: y, y2: y }));
    if (point.spanY) root.append(svg("line", { class: "whisker", stroke: point.colour, x1: x, x2: x, y1: toY(point.spanY[0]), y2: toY(point.spanY[1]) }));
    const dot = svg("circle", {
      class: point.onFront ? "dot" : "dot hollow", cx: x, cy: y, r: 5.5 * unit, fill: point.onFront ? point.colour : "var(--paper)", stroke: point.colour,
      data: { name: point.name, front: point.onFront },
    });
    dot.addEventListener("pointermove", (event) => showTip(event.clientX, event.clientY, point.told));
    dot.addEventListener("pointerleave", hideTip);
    root.append(dot);
  }
  nameAll(root, points, toX, toY, { left, right, top, base, unit });
  host.append(root);
}

/** A name at every point, at the first of eight places where it covers no point and no other name. */
function nameAll(root, points, toX, toY, { left, right, top, base, unit }) {
  const size = 12 * unit;
  const dots = points.map((point) => [toX(point.x), toY(point.y)]);
  const taken = dots.map(([x, y]) => [x - 6 * unit, y - 6 * unit, x + 6 * unit, y + 6 * unit]);
  points.forEach((point, index) => {
    const [x, y] = dots[index];
    const wide = textWidth(point.name, size);
    const gap = 9 * unit;
    const places = [[gap, 0], [-gap - wide, 0], [-wide / 2, -gap - size / 2], [-wide / 2, gap + size / 2], [gap, -gap - size / 2], [gap, gap + size / 2], [-gap - wide, -gap - size / 2], [-gap - wide, gap + size / 2], [gap, -2.4 * size], [gap, 2.4 * size]];
    const boxes = places.map(([dx, dy]) => [x + dx, y + dy - size / 2, x + dx + wide, y + dy + size / 2]);
    const fits = (box) => box[0] >= left && box[2] <= right + 14 * unit && box[1] >= top && box[3] <= base
      && taken.every((other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);
    const box = boxes.find(fits);
    if (!box) return; // the table and the pointer name it
    taken.push(box);
    root.append(svg("text", { class: "row-name", x: box[0], y: (box[1] + box[3]) / 2, dy: "0.35em", "text-anchor": "start", fill: point.colour }, point.name));
  });
}
