// Controls: each has a name that can be read out, works by keyboard, and tells its value.

import { el, replace } from "./dom.js";

let serial = 0;

function fresh(prefix) {
  serial += 1;
  return `${prefix}-${serial}`;
}

/** A drop-down list. `options` are {value, text, group}. */
export function choice({ name, options, value, onChange, hideName = false }) {
  const id = fresh("choice");
  const groups = new Map();
  const select = el("select", { id, data: { control: name }, on: { change: () => onChange(select.value) } });
  for (const option of options) {
    const node = el("option", { value: String(option.value) }, option.text);
    if (option.group === undefined) select.append(node);
    else {
      if (!groups.has(option.group)) {
        groups.set(option.group, el("optgroup", { label: option.group }));
        select.append(groups.get(option.group));
      }
      groups.get(option.group).append(node);
    }
  }
  select.value = String(value);
  const node = el("span", { class: "control" }, el("label", { for: id, class: hideName ? "unseen" : null }, name), select);
  node.setValue = (next) => {
    select.value = String(next);
  };
  return node;
}

/** A few alternatives side by side, one of them chosen. */
export function segments({ name, options, value, onChange }) {
  const group = fresh("segments");
  const inputs = options.map((option) => {
    const input = el("input", {
      type: "radio", name: group, value: String(option.value), checked: option.value === value, class: "unseen",
      on: { change: () => onChange(option.value) },
    });
    return el("label", { data: { value: option.value } }, input, el("span", null, option.text));
  });
  return el("fieldset", { class: "segments", data: { control: name } }, el("legend", { class: "unseen" }, name), inputs);
}

/**
 * A slider over a list of values; `tell` puts a value into words.
 *
 * @param {{ name: string, values: number[], value: number, tell?: (value: number) => string, onChange: (value: number) => void }} options
 */
export function slider({ name, values, value, tell = String, onChange }) {
  const id = fresh("slider");
  const said = el("output", { for: id }, tell(value));
  const input = el("input", {
    type: "range", id, min: 0, max: values.length - 1, step: 1, value: Math.max(0, values.indexOf(value)),
    "aria-valuetext": tell(value), data: { control: name },
    on: {
      input: () => {
        node.setValue(values[Number(input.value)]);
        onChange(values[Number(input.value)]);
      },
    },
  });
  const node = el("span", { class: "control slider" }, el("label", { for: id }, name), input, said);
  node.setValue = (next) => {
    input.value = String(Math.max(0, values.indexOf(next)));
    input.setAttribute("aria-valuetext", tell(next));
    said.textContent = tell(next);
  };
  return node;
}

/** A switch with two states. */
export function toggle({ name, value, onChange }) {
  const input = el("input", { type: "checkbox", checked: value, data: { control: name }, on: { change: () => onChange(input.checked) } });
  return el("label", { class: "toggle" }, input, el("span", null, name));
}

/**
 * A button. `text` is what it shows, `name` what is read out; `pressed` makes it one of two states.
 *
 * @param {{ name: string, text?: string, onClick: () => void, pressed?: boolean }} options
 */
export function button({ name, text = name, onClick, pressed }) {
  return el("button", { type: "button", data: { control: name }, "aria-label": text === name ? null : name, "aria-pressed": pressed === undefined ? null : String(pressed), on: { click: onClick } }, text);
}

/**
 * Chosen labels as a list to choose from. `colour(name)` gives a chosen one its mark.
 *
 * @param {{ name: string, labels: string[], chosen: string[], colour: (name: string) => string,
 *   onChange: (chosen: string[]) => void, presets?: { name: string, labels: () => string[] }[] }} options
 */
export function labelPicker({ name, labels, chosen, colour, onChange, presets = [] }) {
  const list = el("div", { class: "picker-list", role: "group", "aria-label": name });
  const find = el("input", {
    type: "search", placeholder: "find a label", "aria-label": "Find a label", on: { input: () => draw() },
  });
  const summary = el("summary", null);
  const node = el(
    "details", { class: "picker", data: { control: name } }, summary,
    el("div", { class: "picker-body" },
      el("div", { class: "picker-head" }, labels.length > 12 ? find : null,
        presets.map((preset) => button({ name: preset.name, onClick: () => onChange(preset.labels()) })),
        button({ name: "none", onClick: () => onChange([]) })),
      list),
  );
  let current = chosen;
  function draw() {
    const wanted = find.value.trim().toLowerCase();
    summary.textContent = `${name}: ${current.length} of ${labels.length}`;
    const focused = document.activeElement;
    const had = focused instanceof HTMLInputElement && list.contains(focused) ? focused.value : null;
    replace(list, labels.filter((label) => label.toLowerCase().includes(wanted)).map((label) => {
      const isChosen = current.includes(label);
      const input = el("input", {
        type: "checkbox", value: label, checked: isChosen,
        on: { change: () => onChange(input.checked ? [...current, label] : current.filter((other) => other !== label)) },
      });
      const mark = el("span", { class: "swatch", "aria-hidden": "true" });
      if (isChosen) mark.style.background = colour(label);
      return el("label", null, input, mark, el("span", { class: "picker-name" }, label));
    }));
    if (had !== null) for (const input of list.querySelectorAll("input")) if (input.value === had) input.focus();
  }
  node.setChosen = (next) => {
    current = next;
    draw();
  };
  draw();
  return node;
}
