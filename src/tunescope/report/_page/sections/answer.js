// The top of the page: what fine-tuning did, in one sentence, four numbers and a picture that moves.

import { el, em, replace, svg, whole } from "../core/dom.js";
import { fixed, percent } from "../core/format.js";
import { linear } from "../core/scale.js";
import { along, placeNames, squareLimits } from "../charts/map.js";
import { button } from "../core/controls.js";
import { category } from "../core/colours.js";
import { MARKS } from "../core/outcomes.js";

/** The answer to "what did fine-tuning do?" for one run. */
export function draw({ run }, app) {
  const picture = moving(app);
  return el("section", { id: "answer", "aria-labelledby": "answer-title", tabindex: -1 },
    el("p", { class: "kicker" }, "What did fine-tuning do?"),
    el("h1", { id: "answer-title" }, whole(run.headline)),
    run.cards.length ? el("div", { class: "cards" }, run.cards.map(card)) : null,
    picture || run.details.length ? el("div", { class: picture ? "hero with-picture" : "hero" },
      el("div", { class: "said" }, run.details.map((detail) => el("p", { class: "detail" }, detail))),
      picture) : null,
    run.claims.length ? claims(run.claims) : null);
}

function card(one) {
  const form = (value) => (one.unit === "%" ? percent(value) : fixed(value, value >= 100 ? 0 : one.decimals));
  const side = (name, value) => value && el("span", { class: `side ${name}` },
    el("span", { class: "unseen" }, `${name}: `), el("span", { class: "value" }, form(value.mean)));
  const spread = !one.after || one.after.low === null ? null
    : form(one.after.low) === form(one.after.high) ? `the same for ${one.after.n} ${one.over}`
      : `${one.after.isInterval ? "95\u00a0% interval " : ""}${form(one.after.low)} to ${form(one.after.high)}, ${one.after.n}\u00a0${one.over}`;
  return el("div", { class: "card", data: { card: one.key } },
    el("h2", null, one.title),
    el("p", { class: "sides" }, side("before", one.before),
      one.before && one.after ? el("span", { class: "arrow", "aria-hidden": "true" }, "→") : null, side("after", one.after)),
    spread ? el("p", { class: "interval" }, spread) : null,
    el("p", { class: "reading" }, one.reading));
}

function claims(list) {
  const counts = Object.keys(MARKS).map((outcome) => [outcome, list.filter((claim) => claim.outcome === outcome).length]).filter(([, n]) => n);
  return el("details", { class: "claims" },
    el("summary", null, el("h2", null, "What the paper says, and what happened here"),
      el("span", { class: "counts" }, counts.map(([outcome, n]) => el("span", { class: "outcome", data: { outcome } }, `${outcome}: ${n}`)))),
    el("ul", null, list.map((claim) => el("li", { data: { claim: claim.name, outcome: claim.outcome } },
      el("span", { class: "outcome" }, el("span", { "aria-hidden": "true" }, MARKS[claim.outcome]), ` ${claim.outcome}`),
      el("span", { class: "claim" }, claim.text),
      el("span", { class: "evidence" }, claim.evidence)))),
    list.some((claim) => claim.outcome === "open") ? el("p", { class: "note" }, "Open: the 95\u00a0% interval of the mean, or the runs where they are fewer than five, include both answers.") : null);
}

/** The labels' centroids on their way in the last layer; plays once, then on request. */
function moving(app) {
  const all = (app.run.sections.movement || {}).paths || {};
  const layers = Object.keys(all).map(Number);
  if (!layers.length) return null;
  const layer = layers[layers.length - 1];
  const paths = Object.values(all[layer])[0];
  const { updates, labels } = paths;
  const steps = updates.length - 1;
  const host = el("div", { class: "stage" });
  const said = el("span", { class: "clock" });
  const play = button({ name: "Play the movement", text: "▶ Play", onClick: () => run(true) });
  const node = el("figure", { class: "moving", "aria-label": `Centroids of ${labels.length} labels moving in layer ${layer} during fine-tuning` },
    host, el("figcaption", null, play, said));
  let dots = [];
  let trails = [];
  let frame = null;
  let handle = 0;
  let last = steps;

  function drawStage(width) {
    const unit = em() / 16;
    const tall = Math.min(width * 0.72, 400 * unit);
    const points = labels.flatMap((_, label) => updates.map((__, step) => [paths.x[label][step], paths.y[label][step]]));
    const limits = squareLimits(points, width, tall, 0.14);
    const toX = linear(...limits.x, 0, width);
    const toY = linear(...limits.y, tall, 0);
    const root = svg("svg", { width, height: tall, viewBox: `0 0 ${width} ${tall}`, "aria-hidden": "true" });
    const far = labels.map((_, label) => Math.hypot(paths.x[label][steps] - paths.x[label][0], paths.y[label][steps] - paths.y[label][0]));
    const order = labels.map((_, label) => label).sort((a, b) => far[b] - far[a]);
    const colour = labels.map((_, label) => (order.indexOf(label) < 8 ? category(order.indexOf(label)) : "var(--ink-3)"));
    trails = labels.map((_, label) => svg("path", { class: "trail", stroke: colour[label] }));
    dots = labels.map((_, label) => svg("circle", { class: "mover", r: 5 * unit, fill: colour[label] }));
    root.append(...trails, ...labels.map((_, label) => svg("circle", {
      class: "origin", r: 3 * unit, stroke: colour[label], cx: toX(paths.x[label][0]), cy: toY(paths.y[label][0]),
    })), ...dots);
    frame = { root, toX, toY, unit, width, tall, bottom: 0 };
    replace(host, root);
    placeNames(frame, order.filter((label) => paths.x[label][steps] !== null).map((label) => ({
      x: toX(paths.x[label][steps]), y: toY(paths.y[label][steps]), text: labels[label], colour: colour[label],
      strong: order.indexOf(label) < 8, outward: [paths.x[label][steps] - paths.x[label][0], 0],
    })), labels.flatMap((_, label) => updates.slice(1).flatMap((__, step) => along(
      toX(paths.x[label][step]), toY(paths.y[label][step]), toX(paths.x[label][step + 1]), toY(paths.y[label][step + 1])))));
    at(last);
  }
  function between(values, place) {
    const low = Math.floor(place);
    const high = Math.min(low + 1, steps);
    return values[low] + (values[high] - values[low]) * (place - low);
  }
  function at(place) {
    last = place;
    labels.forEach((_, label) => {
      const [xs, ys] = [paths.x[label], paths.y[label]];
      if (xs.includes(null)) return;
      const [x, y] = [frame.toX(between(xs, place)), frame.toY(between(ys, place))];
      dots[label].setAttribute("cx", x);
      dots[label].setAttribute("cy", y);
      let d = `M${frame.toX(xs[0])},${frame.toY(ys[0])}`;
      for (let step = 1; step <= place; step += 1) d += `L${frame.toX(xs[step])},${frame.toY(ys[step])}`;
      trails[label].setAttribute("d", `${d}L${x},${y}`);
    });
    const update = Math.round(between(updates, place));
    said.textContent = `layer ${layer}, update ${update} of ${updates[steps]}`;
    node.dataset.update = String(update);
    frame.root.classList.toggle("on-the-way", place < steps);
  }
  function run(asked) {
    cancelAnimationFrame(handle);
    if (!asked && window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const length = 2600;
    let start = null;
    const tick = (now) => {
      if (!node.isConnected || !frame) return;
      start = start === null ? now : start;
      const share = Math.min((now - start) / length, 1);
      at(steps * (share < 0.5 ? 2 * share * share : 1 - 2 * (1 - share) ** 2));
      if (share < 1) handle = requestAnimationFrame(tick);
    };
    handle = requestAnimationFrame(tick);
  }
  let first = !app.local.played;
  app.local.played = true;
  new ResizeObserver(([entry]) => {
    if (entry.contentRect.width < 1) return;
    drawStage(entry.contentRect.width);
    if (first) run(false);
    first = false;
  }).observe(host);
  return node;
}
