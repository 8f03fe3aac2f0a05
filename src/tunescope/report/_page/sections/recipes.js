// Ways of fine-tuning: accuracy against how much of the space was kept, a point a way with its runs.

import { drawScatter } from "../charts/scatter.js";
import { category } from "../core/colours.js";
import { choice } from "../core/controls.js";
import { figure } from "../core/figure.js";
import { count, number, percent } from "../core/format.js";

const ACCURACIES = [{ value: "probe", text: "classifier probe" }, { value: "head", text: "head of the fine-tuning" }];
const MOMENTS = [{ value: "end", text: "at the end" }, { value: "equal", text: "at equal training accuracy" }];

/** A way is a point; those that no other way beats in both are filled and joined. */
export function draw({ run: found }, app) {
  const local = app.localOf("recipes", { at: "end", accuracy: "probe", kept: found.kept.length ? found.kept[0].name : "" });
  const hasEqual = found.ways.some((way) => Object.keys(way.equal).length);
  const title = (name) => (found.kept.find((one) => one.name === name) || { title: name }).title;
  const points = () => found.ways.flatMap((way, index) => {
    const [x, y] = [way[local.at][local.kept], way[local.at][local.accuracy]];
    return x && y ? [pointOf(way, index, x, y)] : [];
  });
  const isShare = () => local.kept === "others";
  const shown = (value) => (isShare() ? percent(value) : number(value));
  function pointOf(way, index, x, y) {
    const several = x.values.length === y.values.length && x.values.length > 1;
    return {
      name: way.name, colour: category(index), x: x.mean, y: y.mean,
      runs: several && !x.isInterval ? x.values.map((value, run) => [value, y.values[run]]) : [],
      spanX: x.isInterval ? [x.low, x.high] : null, spanY: y.isInterval ? [y.low, y.high] : null,
      told: [way.name, `accuracy ${percent(y.mean)}`, `${title(local.kept)} ${shown(x.mean)}`, `${count(way.trained)} of ${count(way.total)} trained`, `${y.values.length} of ${way.runs} runs`],
    };
  }
  function fronted() {
    const list = points();
    const beaten = (one) => list.some((other) => other.x >= one.x && other.y >= one.y && (other.x > one.x || other.y > one.y));
    return list.map((one) => ({ ...one, onFront: !beaten(one) }));
  }
  const controls = [];
  const set = (name) => (value) => {
    local[name] = value;
    main.redraw();
  };
  if (hasEqual) controls.push(choice({ name: "Compared", value: local.at, options: MOMENTS, onChange: set("at") }));
  if (found.kept.length > 1) controls.push(choice({ name: "Kept", value: local.kept, options: found.kept.map((one) => ({ value: one.name, text: one.title })), onChange: set("kept") }));
  controls.push(choice({ name: "Accuracy", value: local.accuracy, options: ACCURACIES, onChange: set("accuracy") }));
  const main = figure({
    id: "recipes-figure",
    title: "Accuracy on test against what was kept",
    note: `Layer ${found.layer}. A point is the mean of a way; small points: its runs, or whiskers, 95 % intervals, from five runs on. Filled and joined: no other way is as good in both and better in one. Dashed: before fine-tuning.`,
    wide: true,
    controls,
    draw(host, width) {
      const list = fronted();
      if (!list.length) return;
      const start = local.accuracy === "probe" ? found.start.probe ?? null : null;
      drawScatter(host, width, {
        points: list, xName: title(local.kept), yName: "accuracy on test", isPercentX: isShare(), isPercentY: true,
        label: "Accuracy against what was kept", mark: [isShare() ? found.start.others ?? null : null, start],
      });
    },
    table: () => tableOf(found, local, title, shown),
    say: () => fronted().map((one) => `${one.name}: accuracy ${percent(one.y)}, ${title(local.kept)} ${shown(one.x)}${one.onFront ? ", not beaten" : ""}`).join("; "),
  });
  return {
    lead: `The same encoder and task by ${found.ways.length} ways of fine-tuning. ${reachedText(found)}`,
    body: main.node,
  };
}

/** Which runs have the training accuracy at which ways are compared. */
function reachedText(found) {
  const short = found.ways.filter((way) => way.reachedAt.some((at) => at === null));
  const target = percent(found.target, 0);
  if (!short.length) return `All have ${target} of their training points right at some update; there they are compared at equal accuracy.`;
  const told = short.map((way) => `${way.name} (${way.reachedAt.filter((at) => at === null).length} of ${way.runs} runs)`);
  return `Not reached, of ${target} of the training points: ${told.join(", ")}.`;
}

function tableOf(found, local, title, shown) {
  const at = (way, name) => (way[local.at][name] ? way[local.at][name].mean : null);
  return {
    head: ["way", "trained", "seconds", "update of equal accuracy", "accuracy (probe)", "accuracy (head)", "calibration error", "clusters", "distance", "scaled", title(local.kept), ...(found.start.others === undefined ? [] : ["other tasks"])],
    rows: found.ways.map((way) => [
      way.name, count(way.trained), number(way.seconds, 2), way.reachedAt.map((one) => (one === null ? "–" : String(one))).join(", "), percent(at(way, "probe")), percent(at(way, "head")),
      percent(at(way, "ece")), number(at(way, "clusters")), number(at(way, "distance")), number(at(way, "scaled")), shown(at(way, local.kept)),
      ...(found.start.others === undefined ? [] : [percent(at(way, "others"))]),
    ]),
  };
}
