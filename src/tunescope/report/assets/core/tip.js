// One small box that says what is under the pointer.

import { el, replace } from "./dom.js";

let box = null;

/** Show lines of text near (x, y) of the window; the first line is strong. */
export function showTip(x, y, lines) {
  if (!box) {
    box = el("div", { class: "tip", "aria-hidden": "true" });
    document.body.append(box);
  }
  replace(box, lines.map((line, index) => el(index ? "span" : "strong", null, line)));
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  const left = x + 14 + width > window.innerWidth - 8 ? x - 14 - width : x + 14;
  const top = y + 14 + height > window.innerHeight - 8 ? y - 14 - height : y + 14;
  box.style.left = `${Math.max(8, left)}px`;
  box.style.top = `${Math.max(8, top)}px`;
}

export function hideTip() {
  if (box) box.hidden = true;
}
