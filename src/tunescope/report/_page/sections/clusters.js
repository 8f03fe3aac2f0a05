// Clusters of DirectProbe, and what keeps a space from being linear.

import { el, replace } from "../core/dom.js";
import { choice } from "../core/controls.js";
import { figure, tableOf } from "../core/figure.js";
import { count, percent, plural } from "../core/format.js";
import { STAGE_WORDS } from "../core/stages.js";
import { drawBars } from "../charts/bars.js";

// What stands between the two labels of an obstacle, and what it means.
const KINDS = {
  conflict: [" and ", " · the same vector carries both labels"],
  overlap: [" meets ", " · their hulls share a place, which these points show"],
  undecided: [" touches ", " · nearer than numbers of this size can tell"],
};

/** How many clusters each label needs, before and after, and why it is more than one. */
export function draw({ run: found }, app) {
  const parts = [forcedNote(app, found), spacesTable(app, found), sizesFigure(app, found), blocksPanel(app, found)].filter(Boolean);
  return { lead: "DirectProbe joins points of one label as long as their convex hull meets no other label's. As many clusters as labels means that flat boundaries part all labels: the space is linear.", body: parts };
}

/** How many label pairs chance alone would part: what "linear" says is said of the others. */
function forcedNote(app, found) {
  if (!found.forced || !found.forced.length) return null;
  const note = el("p", { class: "note", id: "forced" });
  const fill = () => {
    const layer = Number(app.store.get("layer"));
    const one = [...found.forced].sort((a, b) => Math.abs(a.layer - layer) - Math.abs(b.layer - layer))[0];
    note.textContent = `Beside chance, layer ${one.layer}: ${one.told}.`;
  };
  fill();
  app.on(["layer"], fill);
  return note;
}

function spacesTable(app, found) {
  if (!found.spaces.length) return null;
  const host = el("div");
  const head = ["space", "points", "labels", "clusters", "linear", "conflicts", "undecided", "intra-accuracy"];
  const fill = () => replace(host, tableOf({
    caption: "Clusters of each space", head,
    rows: found.spaces.filter((space) => app.store.get("seed") === "all" || space.seed < 0 || space.seed === Number(app.store.get("seed"))).map((space) => [
      `${STAGE_WORDS[space.stage] || space.stage}, layer ${space.layer}${space.seed >= 0 ? `, seed ${space.seed}` : ""}`,
      count(space.n_points), count(space.n_labels), count(space.n_clusters), space.linear ? "yes" : "no", count(space.conflicts), count(space.undecided),
      space.intra_accuracy === null ? "–" : percent(space.intra_accuracy),
    ]),
  }));
  fill();
  app.on(["seed"], fill);
  return host;
}

function pick(app, entries, stage) {
  const mine = entries.filter((entry) => entry.stage === stage);
  const layer = app.store.get("layer");
  const seed = app.store.get("seed");
  const layers = [...new Set(mine.map((entry) => entry.layer))].sort((a, b) => Math.abs(a - layer) - Math.abs(b - layer));
  const there = mine.filter((entry) => entry.layer === layers[0]);
  return there.find((entry) => entry.seed === Number(seed)) || there[0] || null;
}

function sizesFigure(app, found) {
  if (!found.sizes.length) return null;
  const stages = Object.keys(STAGE_WORDS).filter((stage) => found.sizes.some((entry) => entry.stage === stage));
  const main = figure({
    id: "sizes-figure",
    title: "Cluster sizes",
    note: "A bar is a label, a piece of it one cluster. Bars of one piece are labels that hang together.",
    draw(host, width) {
      const em = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const columns = width > 44 * em ? stages.length : 1;
      const each = (width - (columns - 1) * 2 * em) / columns;
      const entries = stages.map((stage) => pick(app, found.sizes, stage));
      const labels = [...new Set(entries.flatMap((entry) => entry.labels))];
      const total = (sizes) => sizes.reduce((sum, size) => sum + size, 0);
      const of = (entry, label) => entry.sizes[entry.labels.indexOf(label)] || [];
      labels.sort((a, b) => Math.max(...entries.map((entry) => of(entry, b).length)) - Math.max(...entries.map((entry) => of(entry, a).length)) || total(of(entries[0], b)) - total(of(entries[0], a)));
      const most = Math.max(...entries.flatMap((entry) => entry.sizes.map(total)));
      const row = el("div", { class: "side-by-side" });
      host.append(row);
      entries.forEach((entry, index) => {
        const panel = el("div", { data: { stage: entry.stage } }, el("h4", null, `${index ? "After" : "Before"}, layer ${entry.layer}${entry.seed >= 0 ? `, seed ${entry.seed}` : ""}: ${plural(total(entry.sizes.map((sizes) => sizes.length)), "cluster")}`));
        panel.style.width = `${each}px`;
        row.append(panel);
        drawBars(panel, each, {
          most, xName: "points", label: `Sizes of clusters ${STAGE_WORDS[entry.stage]}`,
          rows: labels.map((label) => ({
            name: label,
            parts: of(entry, label).map((size, at, all) => ({
              value: size, colour: all.length === 1 ? "var(--calm)" : at ? "var(--split)" : "var(--split-main)",
              told: [label, `cluster ${at + 1} of ${all.length}: ${plural(size, "point")}`],
            })),
          })),
        });
      });
    },
    table() {
      const rows = stages.flatMap((stage) => {
        const entry = pick(app, found.sizes, stage);
        return entry.labels.map((label, index) => [STAGE_WORDS[stage], label, String(entry.sizes[index].length), entry.sizes[index].join(", ")]);
      });
      return { head: ["stage", "label", "clusters", "sizes"], rows };
    },
    say: () => stages.map((stage) => {
      const entry = pick(app, found.sizes, stage);
      const split = entry.labels.filter((_, index) => entry.sizes[index].length > 1);
      return `${STAGE_WORDS[stage]}: ${split.length ? `${split.length} labels are split (${split.slice(0, 5).join(", ")})` : "no label is split"}`;
    }).join("; "),
  });
  app.on(["layer", "seed"], () => main.redraw());
  return main.node;
}

function blocksPanel(app, found) {
  if (!found.blocks.length) return null;
  const local = app.localOf("blocks", { stage: null, label: "" });
  const stages = Object.keys(STAGE_WORDS).filter((stage) => found.blocks.some((entry) => entry.stage === stage));
  const list = el("ol", { class: "blocks" });
  const told = el("p", { class: "note", "aria-live": "polite" });
  const entry = () => pick(app, found.blocks, local.stage && stages.includes(local.stage) ? local.stage : stages[0]);
  const labels = [...new Set(found.blocks.flatMap((one) => one.blocks.flatMap((block) => [block.a, block.b])))].sort();
  function fill() {
    const one = entry();
    const shown = one.blocks.filter((block) => !local.label || block.a === local.label || block.b === local.label);
    const most = 12;
    told.textContent = `${STAGE_WORDS[one.stage]}, layer ${one.layer}: ${plural(one.found, "obstacle")}${shown.length < one.found ? `, ${shown.length} of them here` : ""}.`;
    replace(list, shown.slice(0, most).map(item), shown.length > most ? el("li", { class: "more" }, el("details", null, el("summary", null, `${shown.length - most} more`), el("ol", { class: "blocks" }, shown.slice(most).map(item)))) : null);
  }
  function item(block) {
    const [verb, why] = KINDS[block.kind] || [" and ", `: ${block.kind}`];
    return el("li", { data: { a: block.a, b: block.b, kind: block.kind } },
      el("p", { class: "pair" }, el("strong", null, block.a), verb, el("strong", null, block.b),
        el("span", { class: "note" }, `${why}${block.n ? ` · ${plural(block.n, "point")}` : ""}`)),
      block.lines.length ? el("ul", { class: "sentences" }, block.lines.map((line) => el("li", null, marked(line)))) : null);
  }
  fill();
  app.on(["layer", "seed"], fill);
  return el("div", { class: "panel", id: "blocks" },
    el("h3", null, "What blocks linearity"),
    el("div", { class: "controls" },
      stages.length > 1 ? choice({ name: "Stage", hideName: true, value: stages[0], options: stages.map((stage) => ({ value: stage, text: STAGE_WORDS[stage] })), onChange: (stage) => {
        local.stage = stage;
        fill();
      } }) : null,
      choice({ name: "Label", value: local.label, options: [{ value: "", text: "any" }, ...labels.map((label) => ({ value: label, text: label }))], onChange: (label) => {
        local.label = label;
        fill();
      } })),
    told, list);
}

/** A line of text in which `[word]` is the target. */
function marked(line) {
  return line.split(/(\[[^\][]+\])/).map((part) => (/^\[[^\][]+\]$/.test(part) ? el("mark", null, part.slice(1, -1)) : part));
}

