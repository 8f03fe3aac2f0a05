// The controls above the picture: what is projected, how, and in which colours.

import { CATEGORIES } from "../core/colours.js";
import { button, labelPicker, segments, toggle } from "../core/controls.js";
import { el } from "../core/dom.js";

/**
 * The controls for a projection. `project(method)` shows the same points by another method.
 *
 * @param {import("./shared.js").View} view
 * @param {(method: string) => void} project
 */
export function settingsOf(view, project) {
  const { projection, scene, state } = view;
  const names = [...projection.points.labels].sort();
  const set = (object, key, then) => (value) => {
    object[key] = value;
    then();
  };
  const colours = [
    { value: "label", text: "label" }, { value: "split", text: "split" },
    projection.hasClusters ? { value: "cluster", text: "cluster" } : null,
    projection.hasPredictions ? { value: "correct", text: "correct" } : null,
  ].filter(Boolean);
  const picker = labelPicker({
    name: "Labels", labels: names, chosen: state.chosen, colour: (name) => `var(--c${state.chosen.indexOf(name) % CATEGORIES})`,
    presets: [{ name: "all", labels: () => names }],
    onChange: (next) => {
      state.chosen = next;
      picker.setChosen(next);
      view.recolour();
    },
  });
  return [
    projection.methods.length > 1 ? segments({ name: "Projection", value: projection.method, options: projection.methods, onChange: project }) : null,
    projection.axes < 3 ? null : segments({ name: "Dimensions", value: scene.flat, options: [{ value: true, text: "2-D" }, { value: false, text: "3-D" }], onChange: set(scene, "flat", view.draw) }),
    el("span", { class: "control" }, el("span", { class: "control-name" }, "Colour"), segments({ name: "Colour", value: state.colour, options: colours, onChange: set(state, "colour", view.recolour) })),
    picker,
    toggle({ name: "only these", value: state.only, onChange: set(state, "only", view.recolour) }),
    toggle({ name: "hulls", value: scene.hulls, onChange: set(scene, "hulls", view.draw) }),
    toggle({ name: "names", value: scene.names, onChange: set(scene, "names", view.draw) }),
    button({ name: "Reset the view", text: "reset", onClick: () => {
      Object.assign(scene, { zoom: 1, shift: [0, 0], yaw: 0.6, pitch: 0.35 });
      view.draw();
    } }),
  ];
}
