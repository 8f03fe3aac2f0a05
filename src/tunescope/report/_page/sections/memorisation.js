// Memorisation: accuracy over a probe's epochs, on points that it was given and points that it was not.

import { category } from "../core/colours.js";
import { el } from "../core/dom.js";
import { figure } from "../core/figure.js";
import { percent } from "../core/format.js";
import { STAGES } from "../core/names.js";
import { extent } from "../core/scale.js";
import { drawLines } from "../charts/lines.js";

/** Does fine-tuning store its training points? */
export function draw({ run: found }, app) {
  const splits = [...new Set(found.flatMap((one) => Object.keys(one.curves)))];
  const layers = [...new Set(found.map((one) => one.layer))];
  const here = () => found.filter((one) => one.layer === (layers.includes(app.store.get("layer")) ? app.store.get("layer") : layers[layers.length - 1]));
  const stage = (one) => (one.stage === STAGES.original ? "Before" : "After");
  const main = figure({
    id: "memorisation-figure",
    title: "Accuracy over the probe's epochs",
    note: "The encoder was tuned on all training points; the probe learns from a part of them (subtrain). If points it has not seen (subtest) do as well as those it has, and better than test points, the encoder remembers them.",
    wide: true,
    draw(host, width) {
      const em = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const list = here();
      const columns = width > 44 * em ? list.length : 1;
      const each = (width - (columns - 1) * 2 * em) / columns;
      const [low] = extent(found.map((one) => Object.values(one.curves)));
      const row = el("div", { class: "side-by-side" });
      host.append(row);
      for (const one of list) {
        const panel = el("div", { data: { stage: one.stage } }, el("h4", null, stage(one)));
        panel.style.width = `${each}px`;
        row.append(panel);
        drawLines(panel, each, {
          x: one.epochs, xName: "probe epochs", yName: "accuracy", from: Math.max(0, low - 0.04), to: 1.01, isPercent: true,
          told: (line, index) => [line.name, `epoch ${one.epochs[index]}: ${percent(line.values[index])}`],
          series: splits.filter((split) => one.curves[split]).map((split) => ({ name: split, values: one.curves[split], colour: category(splits.indexOf(split)) })),
        });
      }
    },
    table: () => ({
      head: ["stage", "split", "last epoch", "accuracy"],
      rows: here().flatMap((one) => Object.entries(one.curves).map(([split, values]) => [stage(one), split, String(one.epochs[one.epochs.length - 1]), percent(values[values.length - 1])])),
    }),
    say: () => here().map((one) => `${stage(one)}: ${Object.entries(one.curves).map(([split, values]) => `${split} ${percent(values[values.length - 1])}`).join(", ")}`).join("; "),
  });
  app.on(["layer"], () => main.redraw());
  return { body: main.node };
}
