// The loss of the fine-tuning.

import { category } from "../core/colours.js";
import { figure } from "../core/figure.js";
import { fixed, number } from "../core/format.js";
import { drawLines } from "../charts/lines.js";

/** The loss on the way. */
export function draw({ run: found }, app) {
  const seeds = Object.keys(found);
  if (!seeds.some((seed) => found[seed].updates.length > 1)) return null;
  const main = figure({
    id: "training-figure",
    title: "Loss of the fine-tuning",
    draw(host, width, readout) {
      const x = found[seeds[0]].updates;
      const chosen = app.store.get("seed");
      drawLines(host, width, {
        x, xName: "updates", yName: "loss", from: 0, readout, height: 230,
        series: seeds.filter((seed) => found[seed].updates.length === x.length).map((seed, index) => ({
          name: `seed ${seed}`, values: found[seed].loss, colour: category(index), quiet: chosen !== "all" && chosen !== seed && seeds.length > 1,
        })),
      });
    },
    table: () => ({ head: ["seed", "updates", "first", "last"], rows: seeds.map((seed) => [seed, String(found[seed].updates.slice(-1)[0]), number(found[seed].loss[0]), number(found[seed].loss.slice(-1)[0])]) }),
    say: () => seeds.map((seed) => `seed ${seed}: loss ${fixed(found[seed].loss[0], 2)} at first, ${fixed(found[seed].loss.slice(-1)[0], 2)} at last`).join("; "),
  });
  app.on(["seed"], () => main.redraw());
  return { body: main.node };
}
