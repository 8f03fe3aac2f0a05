// The explorer inside the page, for studies small enough.

import { choice } from "../core/controls.js";
import { el } from "../core/dom.js";
import { createProjection, fromBase64 } from "../explorer/data.js";
import { createExplorer } from "../explorer/explorer.js";

const opened = new Map();

/** The points of this run. */
export function draw({ study: found }, app) {
  const index = app.data.runs.indexOf(app.run);
  const mine = found.projections.filter((one) => one.run === index);
  if (!mine.length) {
    if (!found.left_out.includes(index)) return null;
    return { lead: "The points of this run are too many for this page.", body: el("p", { class: "note" }, found.note) };
  }
  const explorer = createExplorer();
  const seed = () => mine.find((one) => String(one.seed) === String(app.store.get("seed"))) || mine[0];
  function show(one) {
    const key = found.projections.indexOf(one);
    if (!opened.has(key)) opened.set(key, createProjection(fromBase64(one.bytes), found.points[one.points]));
    explorer.open(opened.get(key), app.run);
  }
  const pick = mine.length > 1 ? choice({
    name: "Seed", value: mine.indexOf(seed()), options: mine.map((one, at) => ({ value: at, text: String(one.seed) })), onChange: (at) => show(mine[Number(at)]),
  }) : null;
  // Decoding waits until the section comes into view: the top of the page is there at once.
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    show(seed());
  }, { rootMargin: "600px" });
  watcher.observe(explorer.node);
  app.on(["seed"], () => {
    if (pick) pick.setValue(mine.indexOf(seed()));
    show(seed());
  });
  app.on(["dark"], () => explorer.restyle());
  return {
    lead: "Every dot is one labelled point in principal axes that all updates of a layer share: press play to see them move. What is near here need not be near in the full space.",
    body: [found.note ? el("p", { class: "note" }, found.note) : null, pick, explorer.node],
  };
}
