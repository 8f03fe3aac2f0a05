// The explorer as a page of its own, fed by the local server.

import { isDark } from "./core/colours.js";
import { choice, segments } from "./core/controls.js";
import { byId, el, replace } from "./core/dom.js";
import { messageOf } from "./core/format.js";
import { readAddress, writeAddress } from "./core/store.js";
import { createProjection } from "./explorer/data.js";
import { createExplorer } from "./explorer/explorer.js";

const study = JSON.parse(byId("data").textContent || "");
const explorer = createExplorer({ tall: true });
const state = byId("state");
const points = new Map();
const projections = new Map();

async function bytes(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${answer.statusText}`);
  return answer;
}

async function show(index) {
  const one = study.projections[index];
  state.textContent = "Loading the points…";
  try {
    if (!points.has(one.points)) points.set(one.points, (await bytes(`data/points/${one.points}`)).json());
    if (!projections.has(index)) projections.set(index, createProjection(await (await bytes(`data/projection/${index}`)).arrayBuffer(), await points.get(one.points)));
    explorer.open(projections.get(index), study.runs[one.run]);
    state.textContent = "";
    writeAddress({ projection: index });
    document.documentElement.dataset.drawn = document.documentElement.dataset.drawn || String(Math.round(performance.now()));
  } catch (error) {
    state.textContent = `The points cannot be shown: ${messageOf(error)}`;
  }
}

replace(byId("theme"), segments({
  name: "Theme", value: "", options: [{ value: "", text: "auto" }, { value: "light", text: "light" }, { value: "dark", text: "dark" }],
  onChange: (theme) => {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    document.documentElement.dataset.dark = String(isDark());
    explorer.restyle();
  },
}));
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => explorer.restyle());

const first = Math.min(Math.max(Number.parseInt(readAddress().projection, 10) || 0, 0), study.projections.length - 1);
replace(byId("bar"), el("div", { class: "bar" },
  study.projections.length > 1
    ? choice({ name: "Points", value: first, options: study.projections.map((one, index) => ({ value: index, text: one.title })), onChange: (index) => show(Number(index)) })
    : el("span", { class: "control" }, study.projections[0].title),
  el("a", { href: "report" }, "Report")));
byId("explorer").append(explorer.node);
show(first);
