// Draws the points: where they are between two snapshots, seen from where the reader stands.

import { em } from "../core/dom.js";
import { densest } from "./densest.js";
import { convexHull } from "./hull.js";

/**
 * What is drawn. A colour is a position in `colours`, -1 for grey; `hidden` and `dim` are 1 for the points of which it
 * is so; `place` is an update by place, between two of them while playing.
 *
 * @typedef {object} Scene
 * @property {import("./data.js").Projection} projection
 * @property {number} layer
 * @property {number} place
 * @property {boolean} flat
 * @property {number} zoom
 * @property {number[]} shift
 * @property {number} yaw
 * @property {number} pitch
 * @property {string[]} colours
 * @property {Int16Array} colourOf
 * @property {Uint8Array | null} hidden
 * @property {Uint8Array | null} dim
 * @property {number} selected
 * @property {boolean} hulls
 * @property {boolean} names
 * @property {(point: number) => string | null} nameOf
 * @property {{ signed: Float32Array, gap: number } | null} margin
 * @property {number[] | null} ringed
 * @property {number} front
 */

/** @typedef {ReturnType<typeof createPainter>} Painter */

/**
 * A painter on a canvas. What it draws is in `scene`, which the explorer changes before it calls `draw`.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function createPainter(canvas) {
  // Points are blended pixel by pixel, which the browser does best on a canvas that stays in memory.
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  /** @type {Scene} */
  const scene = {
    projection: /** @type {any} */ (null), layer: 0, place: 0, flat: true, zoom: 1, shift: [0, 0], yaw: 0.6, pitch: 0.35,
    colours: [], colourOf: new Int16Array(0), hidden: null, dim: null, selected: -1, hulls: false, names: true, nameOf: () => null, margin: null, ringed: null, front: -1,
  };
  let x = new Float32Array(0);
  let y = new Float32Array(0);
  let depth = new Float32Array(0);
  let width = 0;
  let height = 0;
  let ratio = 1;
  /** @type {ImageData | null} */
  let image = null;
  /** @type {{ found: Map<string, number[]>, nameOf: Scene["nameOf"], hidden: Scene["hidden"] } | null} */
  let grouped = null;
  const masks = new Map();

  function resize(nextWidth, nextHeight) {
    ratio = Math.min(window.devicePixelRatio || 1, 2);
    width = nextWidth;
    height = nextHeight;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    image = null;
  }

  /** Where every point is on the canvas, in CSS pixels. */
  function locate() {
    const { projection, layer } = scene;
    if (x.length !== projection.n) [x, y, depth] = [0, 0, 0].map(() => new Float32Array(projection.n));
    if (scene.margin) return locateMargin(scene.margin);
    const low = Math.floor(scene.place);
    const high = Math.min(low + 1, projection.updates.length - 1);
    const share = scene.place - low;
    const a = projection.coordinates(low, layer);
    const b = projection.coordinates(high, layer);
    const limits = projection.limits(layer);
    const middle = [0, 1, 2].map((axis) => (limits.low[axis] + limits.high[axis]) / 2);
    const spans = [0, 1, 2].map((axis) => limits.high[axis] - limits.low[axis] || 1);
    const room = 0.9;
    const fit = scene.flat
      ? Math.min((width * room) / spans[0], (height * room) / spans[1])
      : (Math.min(width, height) * room) / (2 * limits.reach || 1);
    const size = fit * scene.zoom;
    const [cx, cy] = [width / 2 + scene.shift[0], height / 2 + scene.shift[1]];
    const [cosYaw, sinYaw, cosPitch, sinPitch] = [Math.cos(scene.yaw), Math.sin(scene.yaw), Math.cos(scene.pitch), Math.sin(scene.pitch)];
    for (let point = 0, at = 0; point < projection.n; point += 1, at += 3) {
      const px = a[at] + (b[at] - a[at]) * share - middle[0];
      const py = a[at + 1] + (b[at + 1] - a[at + 1]) * share - middle[1];
      if (scene.flat) {
        x[point] = cx + px * size;
        y[point] = cy - py * size;
        depth[point] = 0;
      } else {
        const pz = a[at + 2] + (b[at + 2] - a[at + 2]) * share - middle[2];
        const turned = px * sinYaw + pz * cosYaw;
        x[point] = cx + (px * cosYaw - pz * sinYaw) * size;
        y[point] = cy - (py * cosPitch - turned * sinPitch) * size;
        depth[point] = py * sinPitch + turned * cosPitch;
      }
    }
    return null;
  }

  /** Across: signed distance to the plane between two labels. Up: the first principal axis. */
  function locateMargin(margin) {
    const { projection, layer } = scene;
    const values = projection.coordinates(Math.round(scene.place), layer);
    let reach = 1e-12;
    let [low, high] = [Infinity, -Infinity];
    for (let point = 0; point < projection.n; point += 1) {
      if (Number.isNaN(margin.signed[point])) continue;
      reach = Math.max(reach, Math.abs(margin.signed[point]));
      low = Math.min(low, values[3 * point]);
      high = Math.max(high, values[3 * point]);
    }
    const size = ((width * 0.46) / reach) * scene.zoom;
    for (let point = 0; point < projection.n; point += 1) {
      x[point] = width / 2 + scene.shift[0] + margin.signed[point] * size;
      y[point] = height * 0.9 - ((values[3 * point] - low) / (high - low || 1)) * height * 0.8;
      depth[point] = 0;
    }
    return size;
  }

  /** How much of each pixel a dot or ring of a radius covers, row by row. */
  function mask(radius, isRing) {
    const key = `${radius.toFixed(2)} ${isRing}`;
    if (!masks.has(key)) {
      const size = radius * ratio;
      const half = Math.ceil(size + 0.5);
      const side = 2 * half + 1;
      const cover = new Float32Array(side * side);
      const inner = size - Math.max(1.1, size * 0.42);
      for (let row = 0; row < side; row += 1) {
        for (let column = 0; column < side; column += 1) {
          const away = Math.hypot(row - half, column - half);
          const share = Math.min(1, Math.max(0, size + 0.5 - away));
          cover[row * side + column] = isRing ? share * Math.min(1, Math.max(0, away - inner + 0.5)) : share;
        }
      }
      masks.set(key, { cover, half, side });
    }
    return masks.get(key);
  }

  /** A CSS colour as [red, green, blue]. */
  function channels(colour) {
    context.fillStyle = "#000000";
    context.fillStyle = colour.trim();
    const text = String(context.fillStyle);
    return [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
  }

  /**
   * Lay a mark over the pixels of the image.
   *
   * @param {Uint8ClampedArray} pixels
   * @param {number} point
   * @param {number[]} colour
   * @param {{ cover: Float32Array, half: number, side: number }} mark
   * @param {number} alpha
   */
  function stamp(pixels, point, [red, green, blue], { cover, half, side }, alpha) {
    const left = Math.round(x[point] * ratio) - half;
    const top = Math.round(y[point] * ratio) - half;
    const [w, h] = [canvas.width, canvas.height];
    for (let row = Math.max(0, -top); row < side && top + row < h; row += 1) {
      let at = 4 * ((top + row) * w + Math.max(left, 0));
      for (let column = Math.max(0, -left); column < side && left + column < w; column += 1, at += 4) {
        const share = cover[row * side + column] * alpha;
        if (share === 0) continue;
        pixels[at] += (red - pixels[at]) * share;
        pixels[at + 1] += (green - pixels[at + 1]) * share;
        pixels[at + 2] += (blue - pixels[at + 2]) * share;
      }
    }
  }

  function draw() {
    const start = performance.now();
    if (!scene.projection || !width) return;
    const style = getComputedStyle(canvas);
    const [ink, grey, paper] = ["--ink", "--quiet", "--card"].map((name) => style.getPropertyValue(name));
    const marginSize = locate();
    if (!image) image = context.createImageData(canvas.width, canvas.height);
    const [red, green, blue] = channels(paper);
    new Uint32Array(image.data.buffer).fill((255 << 24) | (blue << 16) | (green << 8) | red);
    const base = Math.max(1.5, Math.min(4.2, 150 / Math.sqrt(scene.projection.held))) * Math.max(0.8, em() / 16);
    stampPoints(image.data, base, channels(grey));
    const isSeen = stampRings(image.data, base, channels(ink));
    context.putImageData(image, 0, 0);
    context.globalAlpha = 1;
    if (scene.margin) drawMargin(scene.margin.gap * (marginSize || 0), grey);
    if (scene.hulls && scene.flat && !scene.margin) drawHulls();
    context.globalAlpha = 1;
    if (isSeen && scene.flat && !scene.margin) drawTrail(scene.selected, ink);
    if (scene.names) drawNames(paper);
    canvas.dataset.ms = (performance.now() - start).toFixed(1);
  }

  /** What is dimmed lies below, then grey, then what is coloured, then the one colour that must not be covered. */
  function layerOf(point) {
    if (scene.dim && scene.dim[point]) return 0;
    const colour = scene.colourOf[point];
    return colour < 0 ? 1 : colour === scene.front ? 3 : 2;
  }

  function stampPoints(pixels, base, quiet) {
    const { hidden, dim, colourOf } = scene;
    const { n, points } = scene.projection;
    const test = points.splits.indexOf("test");
    // What was searched for is larger than what is dimmed.
    const marks = [false, true].map((isRing) => mask(dim ? base * 1.6 : base, isRing));
    const small = [false, true].map((isRing) => mask(base, isRing));
    const palette = scene.colours.map(channels);
    const order = paintOrder(n);
    for (const pass of scene.front < 0 ? [0, 1, 2] : [0, 1, 2, 3]) {
      for (let index = 0; index < n; index += 1) {
        const point = order ? order[index] : index;
        if ((hidden && hidden[point]) || layerOf(point) !== pass) continue;
        const colour = pass ? colourOf[point] : -1;
        stamp(pixels, point, colour < 0 ? quiet : palette[colour], (pass ? marks : small)[points.split[point] === test ? 1 : 0], [0.3, 0.55, 0.85, 0.85][pass]);
      }
    }
  }

  /** Rings around the points on the margin and the selected one; whether that is in sight. */
  function stampRings(pixels, base, ink) {
    const { hidden } = scene;
    const isShown = (point) => point >= 0 && !(hidden && hidden[point]);
    for (const point of scene.ringed || []) if (isShown(point)) stamp(pixels, point, ink, mask(base * 1.9, true), 1);
    const isSeen = isShown(scene.selected);
    if (isSeen) stamp(pixels, scene.selected, ink, mask(base * 2.4, true), 1);
    return isSeen;
  }

  /** In three dimensions far points first, in coarse steps of depth. */
  function paintOrder(n) {
    if (scene.flat || scene.margin) return null;
    let [low, high] = [Infinity, -Infinity];
    for (let point = 0; point < n; point += 1) {
      if (depth[point] < low) low = depth[point];
      if (depth[point] > high) high = depth[point];
    }
    const steps = 64;
    const counts = new Uint32Array(steps + 1);
    const step = new Uint8Array(n);
    for (let point = 0; point < n; point += 1) {
      step[point] = Math.min(steps - 1, Math.floor(((depth[point] - low) / (high - low || 1)) * steps));
      counts[step[point] + 1] += 1;
    }
    for (let index = 0; index < steps; index += 1) counts[index + 1] += counts[index];
    const order = new Uint32Array(n);
    for (let point = 0; point < n; point += 1) {
      order[counts[step[point]]] = point;
      counts[step[point]] += 1;
    }
    return order;
  }

  /** Shown points by name; kept until names change. */
  function groups() {
    if (grouped && grouped.nameOf === scene.nameOf && grouped.hidden === scene.hidden) return grouped.found;
    const found = new Map();
    for (let point = 0; point < scene.projection.n; point += 1) {
      if (scene.hidden && scene.hidden[point]) continue;
      const name = scene.nameOf(point);
      if (name === null) continue;
      if (!found.has(name)) found.set(name, []);
      found.get(name).push(point);
    }
    grouped = { found, nameOf: scene.nameOf, hidden: scene.hidden };
    return found;
  }

  function drawHulls() {
    // Hulls are those of the training points, as DirectProbe builds them; of grey groups none is drawn.
    const { split, splits } = scene.projection.points;
    const train = splits.indexOf("train");
    for (const group of groups().values()) {
      const members = train < 0 ? group : group.filter((point) => split[point] === train);
      if (!members.length || scene.colourOf[members[0]] < 0) continue;
      const corners = convexHull(members, x, y);
      if (corners.length < 3) continue;
      context.beginPath();
      corners.forEach((point, index) => context[index ? "lineTo" : "moveTo"](x[point] * ratio, y[point] * ratio));
      context.closePath();
      const colour = scene.colours[scene.colourOf[members[0]]];
      context.fillStyle = colour;
      context.strokeStyle = colour;
      context.globalAlpha = 0.1;
      context.fill();
      context.globalAlpha = 0.7;
      context.lineWidth = 1.4 * ratio;
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  function drawNames(paper) {
    const quiet = getComputedStyle(canvas).getPropertyValue("--ink-3");
    const size = 12 * (em() / 16) * ratio;
    const family = getComputedStyle(document.body).fontFamily;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const taken = [];
    const isLit = (members) => scene.colourOf[members[0]] >= 0;
    const names = [...groups()].sort((a, b) => Number(isLit(b[1])) - Number(isLit(a[1])) || b[1].length - a[1].length);
    for (const [name, members] of names) {
      const at = densest(members, x, y, Math.min(width, height) / 40);
      context.font = `${isLit(members) ? 680 : 450} ${size}px ${family}`;
      const wide = context.measureText(name).width;
      const px = Math.min(Math.max(x[at] * ratio, wide / 2 + 4), canvas.width - wide / 2 - 4);
      const py = Math.min(Math.max(y[at] * ratio, size), canvas.height - size);
      const box = [px - wide / 2 - 3, py - size * 0.7, px + wide / 2 + 3, py + size * 0.7];
      if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      taken.push(box);
      context.strokeStyle = paper;
      context.lineWidth = 4 * ratio;
      context.strokeText(name, px, py);
      context.fillStyle = isLit(members) ? scene.colours[scene.colourOf[members[0]]] : quiet;
      context.fillText(name, px, py);
    }
  }

  /** The way of the selected point through all snapshots. */
  function drawTrail(point, ink) {
    context.beginPath();
    for (let update = 0; update < scene.projection.updates.length; update += 1) {
      const [px, py] = placeAt(point, update);
      context[update ? "lineTo" : "moveTo"](px * ratio, py * ratio);
    }
    context.strokeStyle = ink;
    context.globalAlpha = 0.5;
    context.lineWidth = 1.5 * ratio;
    context.stroke();
    context.globalAlpha = 1;
  }

  /** Where one point is at one snapshot, in the plane. */
  function placeAt(point, update) {
    const { projection, layer } = scene;
    const limits = projection.limits(layer);
    const values = projection.coordinates(update, layer);
    const fit = Math.min((width * 0.9) / (limits.high[0] - limits.low[0] || 1), (height * 0.9) / (limits.high[1] - limits.low[1] || 1)) * scene.zoom;
    return [
      width / 2 + scene.shift[0] + (values[3 * point] - (limits.low[0] + limits.high[0]) / 2) * fit,
      height / 2 + scene.shift[1] - (values[3 * point + 1] - (limits.low[1] + limits.high[1]) / 2) * fit,
    ];
  }

  /** The gap between two hulls, so many pixels wide. */
  function drawMargin(gap, grey) {
    const middle = (width / 2 + scene.shift[0]) * ratio;
    const half = (gap / 2) * ratio;
    context.fillStyle = grey;
    context.globalAlpha = 0.25;
    context.fillRect(middle - half, 0, 2 * half, canvas.height);
    context.globalAlpha = 0.9;
    context.fillRect(middle - ratio / 2, 0, ratio, canvas.height);
    context.globalAlpha = 1;
  }

  /** The shown point nearest to a place on the canvas, within reach; -1 for none. */
  function nearest(px, py, reach = 14) {
    let best = -1;
    let least = reach * reach;
    for (let point = 0; point < scene.projection.n; point += 1) {
      if (scene.hidden && scene.hidden[point]) continue;
      const away = (x[point] - px) ** 2 + (y[point] - py) ** 2;
      if (away < least) [least, best] = [away, point];
    }
    return best;
  }

  /** The shown points in a rectangle of the canvas. */
  function inside(x0, y0, x1, y1) {
    const found = [];
    for (let point = 0; point < scene.projection.n; point += 1) {
      if (scene.hidden && scene.hidden[point]) continue;
      if (x[point] >= x0 && x[point] <= x1 && y[point] >= y0 && y[point] <= y1) found.push(point);
    }
    return found;
  }

  return { scene, resize, draw, nearest, inside, places: () => ({ x, y }), forget: () => masks.clear() };
}
