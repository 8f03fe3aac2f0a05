// The sentence of a point, with the words that it stands for marked.

import { el } from "../core/dom.js";

/** Words around the target shown of a long sentence; of one without a target, so many from its beginning. */
const AROUND = 3;
const FIRST = 9;

/**
 * The words of a sentence from one to another, those of the target marked.
 *
 * @param {string[]} words
 * @param {number[]} target
 * @param {number} [from]
 * @param {number} [to]
 */
export function marked(words, target, from = 0, to = words.length) {
  const parts = [];
  for (let index = from; index < to; index += 1) {
    if (index > from) parts.push(" ");
    parts.push(target.includes(index) ? el("mark", null, words[index]) : words[index]);
  }
  return parts;
}

/**
 * Which words of a sentence are shown where there is room for a few: from one up to, but not, another.
 *
 * @param {number} length
 * @param {number[]} target
 */
export function excerpt(length, target) {
  if (!target.length) return [0, Math.min(length, FIRST)];
  return [Math.max(0, Math.min(...target) - AROUND), Math.min(length, Math.max(...target) + AROUND + 1)];
}

/**
 * The target of a point with a few words around it.
 *
 * @param {import("./data.js").Projection} projection
 * @param {number} point
 */
export function short(projection, point) {
  const words = projection.sentence(point);
  const target = projection.target(point);
  const [from, to] = excerpt(words.length, target);
  return [from ? "… " : "", marked(words, target, from, to), to < words.length ? " …" : ""];
}

/**
 * A list of points to choose from.
 *
 * @param {import("./shared.js").View} view
 * @param {number[]} points
 */
export function listOf(view, points) {
  const { projection } = view;
  return el("ul", null, points.map((point) => el("li", null, el("button", { type: "button", class: "link match", data: { point }, on: { click: () => view.select(point) } },
    el("strong", null, projection.label(point)), " ", short(projection, point)))));
}
