// Places in two dimensions: paths of labels, or arrows from one origin; names that keep out of each other's way.

import { em, fitted, svg, textWidth } from "../core/dom.js";
import { linear, ticks, tickTexts } from "../core/scale.js";
import { hideTip, showTip } from "../core/tip.js";

/** Limits of both axes with one scale for both, so that distances can be compared in all directions. */
export function squareLimits(points, width, height, share = 0.1) {
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of points) {
    if (x === null || y === null || !Number.isFinite(x) || !Number.isFinite(y)) continue;
    x0 = Math.min(x0, x);
    x1 = Math.max(x1, x);
    y0 = Math.min(y0, y);
    y1 = Math.max(y1, y);
  }
  if (!Number.isFinite(x0)) return { x: [-1, 1], y: [-1, 1] };
  const span = Math.max((x1 - x0) / width, (y1 - y0) / height) * (1 + 2 * share) || 1 / Math.min(width, height);
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return { x: [cx - (span * width) / 2, cx + (span * width) / 2], y: [cy - (span * height) / 2, cy + (span * height) / 2] };
}

/**
 * A plane with both axes on one scale; returns the scales and the SVG root to draw into.
 *
 * @param {HTMLElement} host
 * @param {number} width
 * @param {{ points: number[][], height?: number, label: string, share?: number }} options
 */
export function plane(host, width, { points, height, label, share = 0.12 }) {
  const unit = em() / 16;
  const tall = (height || Math.min(520, Math.max(300, (width / unit) * 0.62))) * unit;
  const [left, right, top, bottom] = [44, 12, 10, 26].map((side) => side * unit);
  const limits = squareLimits(points, width - left - right, tall - top - bottom, share);
  const toX = linear(...limits.x, left, width - right);
  const toY = linear(...limits.y, tall - bottom, top);
  const root = svg("svg", {
    width, height: tall, viewBox: `0 0 ${width} ${tall}`, role: "application", tabindex: 0, class: "plane", "aria-label": label,
  });
  const across = ticks(...limits.x, Math.max(3, width / (110 * unit)));
  const down = ticks(...limits.y, Math.max(3, tall / (80 * unit)));
  const kind = (value) => (value === 0 ? "grid zero" : "grid");
  across.forEach((value, index) => root.append(
    svg("line", { class: kind(value), x1: toX(value), x2: toX(value), y1: top, y2: tall - bottom }),
    svg("text", { class: "tick", x: toX(value), y: tall - 8 * unit, "text-anchor": "middle" }, tickTexts(across)[index]),
  ));
  down.forEach((value, index) => root.append(
    svg("line", { class: kind(value), x1: left, x2: width - right, y1: toY(value), y2: toY(value) }),
    svg("text", { class: "tick", x: left - 7 * unit, y: toY(value), dy: "0.35em", "text-anchor": "end" }, tickTexts(down)[index]),
  ));
  host.append(root);
  return { root, toX, toY, unit, width, tall, left, right, top, bottom };
}

/** Points along a line from one pixel to another, near enough to each other that no name fits between. */
export function along(x0, y0, x1, y1, step = 6) {
  const n = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / step));
  return Array.from({ length: n + 1 }, (_, index) => [x0 + ((x1 - x0) * index) / n, y0 + ((y1 - y0) * index) / n]);
}

/**
 * Write names beside places, the important ones first, and leave out those that would lie on another name, on
 * a mark, or on one of the `obstacles` ([x, y] each). `entries` are {x, y, text, colour, strong, outward} in
 * pixels; returns how many were left out.
 */
export function placeNames(frame, entries, obstacles = []) {
  const size = 12 * frame.unit;
  const square = (x, y, half) => [x - half, y - half, x + half, y + half];
  const taken = [...entries.map(({ x, y }) => square(x, y, 5 * frame.unit)), ...obstacles.map(([x, y]) => square(x, y, 1.5 * frame.unit))];
  let left = 0;
  for (const [index, entry] of entries.entries()) {
    const text = fitted(entry.text, 150 * frame.unit, size, entry.strong ? 650 : 450);
    const wide = textWidth(text, size, entry.strong ? 650 : 450);
    const gap = 8 * frame.unit;
    const options = [
      [entry.x + gap, entry.y + size * 0.35, "start"],
      [entry.x - gap, entry.y + size * 0.35, "end"],
      [entry.x, entry.y - gap, "middle"],
      [entry.x, entry.y + gap + size * 0.75, "middle"],
    ];
    for (const reach of [0.8, 1.6]) {
      for (const [down, right] of [[-1, 1], [-1, -1], [1, 1], [1, -1]]) {
        options.push([entry.x + right * gap * reach, entry.y + (down < 0 ? -gap * reach * 0.7 : gap * reach * 0.7 + size * 0.75), right > 0 ? "start" : "end"]);
      }
    }
    if (entry.outward && entry.outward[0] < 0) options.unshift(options.splice(1, 1)[0]);
    const found = options.find(([x, y, anchor]) => {
      const x0 = anchor === "start" ? x : anchor === "end" ? x - wide : x - wide / 2;
      const box = [x0 - 2, y - size, x0 + wide + 2, y + size * 0.3];
      const inside = box[0] >= (frame.left || 2) && box[2] <= frame.width - 2 && box[1] >= 0 && box[3] <= frame.tall - frame.bottom;
      const free = taken.every((other, position) => position === index || box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);
      if (inside && free) taken.push(box);
      return inside && free;
    });
    if (!found) {
      left += 1;
      continue;
    }
    frame.root.append(svg("text", {
      class: entry.strong ? "place strong" : "place", x: found[0], y: found[1], "text-anchor": found[2], style: entry.colour ? { fill: entry.colour } : null,
    }, text));
  }
  return left;
}

/** Make the nearest of `places` ({x, y, told}) answer to pointer and keys. */
export function pointAt(frame, places, readout, onPick) {
  const ring = svg("circle", { class: "ring", r: 8 * frame.unit, visibility: "hidden" });
  frame.root.append(ring);
  let at = -1;
  function show(index, where) {
    at = index;
    const place = places[at];
    ring.setAttribute("cx", place.x);
    ring.setAttribute("cy", place.y);
    ring.setAttribute("visibility", "visible");
    const box = frame.root.getBoundingClientRect();
    showTip(where ? where.x : box.left + place.x, where ? where.y : box.top + place.y, place.told);
    if (!where && readout) readout.textContent = place.told.join("; ");
  }
  function leave() {
    ring.setAttribute("visibility", "hidden");
    hideTip();
  }
  function nearest(event) {
    const box = frame.root.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * frame.width;
    const y = ((event.clientY - box.top) / box.height) * frame.tall;
    let best = -1;
    let least = (28 * frame.unit) ** 2;
    places.forEach((place, index) => {
      const away = (place.x - x) ** 2 + (place.y - y) ** 2;
      if (away < least) [least, best] = [away, index];
    });
    return best;
  }
  frame.root.addEventListener("pointermove", (event) => {
    const found = nearest(event);
    if (found < 0) leave();
    else show(found, { x: event.clientX, y: event.clientY });
  });
  frame.root.addEventListener("pointerleave", leave);
  frame.root.addEventListener("blur", leave);
  frame.root.addEventListener("click", (event) => {
    const found = nearest(event);
    if (found >= 0 && onPick) onPick(places[found]);
  });
  frame.root.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (step && places.length) {
      event.preventDefault();
      show((at + step + places.length) % places.length);
    } else if ((event.key === "Enter" || event.key === " ") && at >= 0 && onPick) {
      event.preventDefault();
      onPick(places[at]);
    } else if (event.key === "Escape") leave();
  });
  if (readout) frame.root.after(readout);
}
