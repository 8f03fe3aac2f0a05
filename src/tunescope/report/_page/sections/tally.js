// The paper's claims over all runs.

import { PAPER } from "../charts/beside.js";
import { el } from "../core/dom.js";
import { MARKS } from "../core/outcomes.js";

/** Runs that are named where a claim does not hold; more are counted. */
const MOST_NAMED = 5;

/** For how many runs each claim holds, and where it does not. */
export function draw({ study: found }, app) {
  const hasPaper = found.some((one) => one.paper);
  return {
    lead: `What ${PAPER} say of fine-tuning, over all runs of this study that could be asked. Named are the runs for which a claim holds partly (◐), does not hold (✗), or stays open (?): the interval includes both answers.`,
    body: el("div", { class: "table-scroll tally", tabindex: 0, role: "region", "aria-label": "Claims over all runs" },
      el("table", null,
        el("thead", null, el("tr", null, el("th", { scope: "col" }, "Claim"), el("th", { scope: "col" }, "Holds here for"),
          hasPaper ? el("th", { scope: "col" }, "In the paper for") : null)),
        el("tbody", null, found.map((one) => el("tr", { data: { claim: one.name } },
          el("th", { scope: "row" }, one.text), el("td", null, el("span", { class: "told" }, one.told), elsewhere(app, one)),
          hasPaper ? el("td", null, one.paper || "–") : null))))),
  };
}

function elsewhere(app, one) {
  const others = one.outcomes.filter(([, outcome]) => outcome !== "holds");
  const named = others.slice(0, others.length > MOST_NAMED + 1 ? MOST_NAMED : others.length);
  return [
    named.map(([run, outcome]) => el("span", { class: "outcome", data: { outcome } },
      el("span", { "aria-hidden": "true" }, `${MARKS[outcome]} `),
      el("button", { type: "button", class: "link", on: { click: () => app.store.set({ run }) } }, app.data.runs[run].title),
      el("span", { class: "unseen" }, `: ${outcome}`))),
    others.length > named.length ? el("span", { class: "note" }, `and ${others.length - named.length} more`) : null,
  ];
}
