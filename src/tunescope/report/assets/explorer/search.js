// The search for a word, and the points of a selection.

import { button } from "../core/controls.js";
import { el, replace } from "../core/dom.js";
import { count, plural } from "../core/format.js";
import { listOf } from "./sentence.js";

/** Points of a selection that are listed; more are counted. */
const MOST = 40;

/**
 * Points whose own words hold the text, in any case; of points without words of their own, those whose sentence does.
 *
 * @param {import("./data.js").Projection} projection
 * @param {string} text
 * @returns {number[]} Their numbers; none for an empty text.
 */
export function findWord(projection, text) {
  const wanted = text.trim().toLowerCase();
  /** @type {number[]} */
  const found = [];
  if (!wanted) return found;
  const inSentence = projection.points.sentences.map((words) => words.map((word) => word.toLowerCase().includes(wanted)));
  for (let point = 0; point < projection.n; point += 1) {
    const hits = inSentence[projection.points.sentence[point]];
    const target = projection.target(point);
    if (target.length ? target.some((position) => hits[position]) : hits.includes(true)) found.push(point);
  }
  return found;
}

/**
 * The field, and what it found.
 *
 * @param {import("./shared.js").View} view
 */
export function createSearch(view) {
  const matches = el("div", { class: "matches", "aria-live": "polite" });
  /** @type {any} */
  let input = null;

  function take(points, query = "") {
    view.state.query = query;
    view.state.found = points;
    draw();
    view.recolour();
  }

  function draw() {
    const { found, query } = view.state;
    const clear = button({ name: "Forget the selection", text: "clear", onClick: () => {
      input.value = "";
      take([]);
    } });
    replace(matches,
      query || found.length ? el("p", { class: "note" }, plural(found.length, "point"), found.length ? clear : null) : null,
      found.length ? listOf(view, found.slice(0, MOST)) : null,
      found.length > MOST ? el("p", { class: "note" }, `and ${count(found.length - MOST)} more`) : null);
  }

  return {
    /** The search afresh, for new points. */
    box() {
      input = el("input", {
        type: "search", value: view.state.query, placeholder: "a word", "aria-label": "Search for a word", data: { control: "Search" },
        on: { input: () => take(findWord(view.projection, input.value), input.value.trim()) },
      });
      draw();
      return el("div", { class: "explorer-box" }, el("h4", null, "Search"), input, matches);
    },
    /** Select points that were not searched for. */
    take,
  };
}
