// The way through the updates: by a slider, or played.

import { button, slider } from "../core/controls.js";
import { updateOf } from "./shared.js";

/** Milliseconds an update takes, and all of them at least; without motion, a step. */
const AN_UPDATE = 260;
const AT_LEAST = 3500;
const A_STEP = 500;

/**
 * Play button and slider of the updates.
 *
 * @param {import("./shared.js").View} view
 */
export function createPlaying(view) {
  const play = button({ name: "Play fine-tuning", text: "▶ Play", onClick: () => (view.state.playing ? stop() : start()) });
  /** @type {any} */
  let steps = null;

  const last = () => view.projection.updates.length - 1;

  function start() {
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) step();
    else run();
    play.textContent = "❚❚ Pause";
  }

  /** Without motion: step by step. */
  function step() {
    const { scene, state } = view;
    const next = () => {
      if (!state.playing || !view.canvas.isConnected) return;
      moveTo(Math.min(updateOf(view) + 1, last()));
      if (updateOf(view) < last()) state.playing = window.setTimeout(next, A_STEP);
      else stop();
    };
    scene.place = scene.place >= last() ? 0 : updateOf(view);
    moveTo(scene.place);
    state.playing = window.setTimeout(next, A_STEP);
  }

  function run() {
    const { scene, state } = view;
    const length = Math.max(AT_LEAST, view.projection.updates.length * AN_UPDATE);
    const from = scene.place >= last() ? 0 : scene.place;
    let began = NaN;
    const tick = (now) => {
      if (!state.playing || !view.canvas.isConnected) return;
      if (Number.isNaN(began)) began = now;
      moveTo(Math.min(from + ((now - began) / length) * last(), last()));
      if (scene.place < last()) state.playing = requestAnimationFrame(tick);
      else stop();
    };
    state.playing = requestAnimationFrame(tick);
  }

  function stop() {
    const { state } = view;
    cancelAnimationFrame(state.playing);
    clearTimeout(state.playing);
    state.playing = 0;
    play.textContent = "▶ Play";
    if (view.projection) view.describe();
  }

  function moveTo(place) {
    const { scene, state } = view;
    const was = updateOf(view);
    scene.place = place;
    const isOther = updateOf(view) !== was;
    if (steps && isOther) steps.setValue(updateOf(view));
    if (isOther && (state.colour === "cluster" || state.colour === "correct" || state.view === "margin")) view.recolour();
    else view.draw();
  }

  return {
    stop,
    /** Button and slider afresh, for the updates there are; nothing for a single one. */
    controls() {
      const { updates } = view.projection;
      steps = updates.length > 1 ? slider({
        name: "Update", values: updates.map((_, index) => index), value: updateOf(view), tell: (index) => `${updates[index]} of ${updates[last()]}`,
        onChange: (index) => {
          stop();
          moveTo(index);
          view.describe();
        },
      }) : null;
      return steps ? [play, steps] : [];
    },
  };
}
