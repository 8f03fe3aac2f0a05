// The report page: one run at a time, chosen at the top, shown section by section.

import { choice, segments, slider } from "./core/controls.js";
import { isDark } from "./core/colours.js";
import { byId, el, replace } from "./core/dom.js";
import { section } from "./core/figure.js";
import { messageOf } from "./core/format.js";
import { createStore, readAddress, writeAddress } from "./core/store.js";
import { SECTIONS } from "./sections.js";

const data = JSON.parse(byId("data").textContent || "");
const asked = readAddress();
const first = Math.min(Math.max(Number.parseInt(asked.run, 10) || 0, 0), data.runs.length - 1);
const store = createStore({ run: first, layer: layerFor(data.runs[first], asked.layer), seed: seedFor(data.runs[first], asked.seed), theme: "", dark: isDark() });
let watches = [];

const app = {
  data,
  store,
  run: data.runs[first],
  local: {},
  /** Choices of one section, which outlive a change of the run. */
  localOf(name, initial) {
    this.local[name] = this.local[name] || initial;
    return this.local[name];
  },
  /** Of the layers that `entries` has, the one nearest to the chosen one. */
  nearestLayer(entries) {
    const wanted = store.get("layer");
    return Object.keys(entries).map(Number).sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0];
  },
  /** Call `listener` on changes for as long as this run is shown. */
  on(names, listener) {
    watches.push(store.watch(names, listener));
  },
};

function layerFor(run, wanted) {
  const layer = Number(wanted);
  return wanted !== undefined && run.layers.includes(layer) ? layer : run.layer;
}

function seedFor(run, wanted) {
  return run.seeds.map(String).includes(wanted) ? wanted : "all";
}

function drawRun() {
  watches.forEach((stop) => stop());
  watches = [];
  const sections = SECTIONS.map(drawSection).filter(Boolean);
  replace(byId("report"), sections);
  const links = sections.filter((one) => one.id !== "answer").map((one) => {
    const title = one.querySelector("h2").textContent;
    return el("li", null, el("a", { href: `#${one.id}`, on: { click: (event) => {
      event.preventDefault();
      one.scrollIntoView({ behavior: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
      one.setAttribute("tabindex", "-1");
      one.focus({ preventScroll: true });
    } } }, title));
  });
  replace(byId("contents"), el("ol", null, links));
}

/** A section of this run in its frame; null where neither the run nor the study has data of it. */
function drawSection({ name, title, draw }) {
  const found = { run: app.run.sections[name] ?? null, study: data.sections[name] ?? null };
  if (found.run === null && found.study === null) return null;
  try {
    const drawn = draw(found, app);
    if (!drawn || drawn instanceof Node) return drawn;
    return section(name, drawn.title || title, drawn.lead, drawn.body);
  } catch (error) {
    // One section that fails takes no other with it, and says so.
    console.error(error);
    return section(name, title, null, el("p", { class: "note" }, `This section could not be drawn: ${messageOf(error)}`));
  }
}

function drawBar() {
  const { run } = app;
  const runs = data.runs.map((one, index) => ({ value: index, text: one.title, group: one.encoder }));
  const isGrouped = new Set(data.runs.map((one) => one.encoder)).size > 1;
  if (!isGrouped) runs.forEach((option) => delete option.group);
  const controls = [
    data.runs.length > 1 ? choice({ name: "Run", options: runs, value: store.get("run"), onChange: (value) => store.set({ run: Number(value) }) }) : el("span", { class: "control" }, run.title),
    run.seeds.length > 1 ? choice({
      name: "Seed", value: store.get("seed"), options: [{ value: "all", text: `mean of ${run.seeds.length}` }, ...run.seeds.map((seed) => ({ value: seed, text: String(seed) }))],
      onChange: (seed) => store.set({ seed }),
    }) : null,
  ];
  if (run.layers.length > 1) {
    layerSlider = slider({ name: "Layer", values: run.layers, value: store.get("layer"), onChange: (layer) => store.set({ layer }) });
    controls.push(layerSlider);
  } else layerSlider = null;
  replace(byId("bar"), el("div", { class: "bar", role: "group", "aria-label": "What to look at" }, controls));
}

let layerSlider = null;

function drawTheme() {
  replace(byId("theme"), segments({
    name: "Theme", value: store.get("theme"),
    options: [{ value: "", text: "auto" }, { value: "light", text: "light" }, { value: "dark", text: "dark" }],
    onChange: (theme) => {
      if (theme) document.documentElement.dataset.theme = theme;
      else delete document.documentElement.dataset.theme;
      store.set({ theme, dark: isDark() });
    },
  }));
}

store.watch(["run"], () => {
  app.run = data.runs[store.get("run")];
  const layer = app.run.layers.includes(store.get("layer")) ? store.get("layer") : app.run.layer;
  store.set({ layer, seed: seedFor(app.run, store.get("seed")) });
  drawBar();
  drawRun();
});
store.watch(["run", "layer", "seed"], () => writeAddress({ run: store.get("run"), layer: store.get("layer"), seed: store.get("seed") }));
store.watch(["layer"], () => layerSlider && layerSlider.setValue(store.get("layer")));
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => store.set({ dark: isDark() }));

drawTheme();
drawBar();
drawRun();
document.documentElement.dataset.drawn = String(Math.round(performance.now()));
