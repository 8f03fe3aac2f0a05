// Elements out of plain values. Children that are not elements become text nodes: data never becomes markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "data") {
      for (const [key, item] of Object.entries(value)) node.dataset[key] = String(item);
    } else if (name === "style") {
      // Through the object model, which a strict content policy allows.
      for (const [key, item] of Object.entries(value)) node.style.setProperty(key, item);
    } else if (name === "value" || name === "checked" || name === "disabled" || name === "open") {
      node[name] = value;
    } else {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** An HTML element. */
export function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Give `node` these children and no others. */
export function replace(node, ...children) {
  node.replaceChildren();
  return fill(node, null, children);
}

/** The element of the page with this id. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found;
}

/** Text whose short hyphenated names are not torn apart at the end of a line. */
export function whole(text) {
  return text.split(/(\S*-\S*)/).map((part) => (part.includes("-") && part.length <= 20 ? el("span", { class: "whole" }, part) : part));
}

/** Pixels of one em of the page: everything that is drawn grows with it. */
export function em() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize);
}

let ruler = null;

/** Width in pixels of a text in the page's font at `size` pixels. */
export function textWidth(text, size, weight = 400) {
  ruler = ruler || document.createElement("canvas").getContext("2d");
  ruler.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(text).width;
}

/** The text, or as much of it as fits into `room` pixels with an ellipsis. */
export function fitted(text, room, size, weight = 400) {
  if (textWidth(text, size, weight) <= room) return text;
  const letters = Array.from(text);
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (textWidth(letters.slice(0, middle).join("") + "…", size, weight) <= room) low = middle;
    else high = middle - 1;
  }
  return letters.slice(0, low).join("") + "…";
}
