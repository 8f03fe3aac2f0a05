// Colours. Those of lines and marks live in the style sheet (they follow the theme by themselves); ramps are here.

/** Colours of chosen labels; eight can be told apart, more repeat with another dash. */
export const CATEGORIES = 8;
const DASHES = ["", "7 3", "2 3", "9 3 2 3"];

export function category(index) {
  return `var(--c${index % CATEGORIES})`;
}

export function dash(index) {
  return DASHES[Math.floor(index / CATEGORIES) % DASHES.length];
}

/** Whether the page is dark now. */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
}

// Both ramps are near to equal steps of lightness; the diverging one goes from orange to blue, which readers with
// any common colour vision can tell apart.
const RAMPS = {
  sequential: {
    light: [[250, 247, 238], [205, 222, 214], [139, 188, 196], [74, 143, 178], [34, 92, 150], [17, 42, 97]],
    dark: [[27, 30, 36], [28, 54, 84], [34, 92, 134], [52, 138, 166], [118, 188, 186], [233, 240, 205]],
  },
  diverging: {
    light: [[150, 62, 6], [217, 120, 42], [246, 196, 140], [247, 245, 240], [158, 196, 226], [62, 130, 189], [17, 68, 128]],
    dark: [[255, 178, 102], [212, 120, 46], [122, 70, 34], [34, 37, 43], [30, 74, 112], [48, 128, 190], [140, 200, 245]],
  },
};

/** A ramp of the theme: a function from [0, 1] to [red, green, blue]. */
export function ramp(kind) {
  const stops = RAMPS[kind][isDark() ? "dark" : "light"];
  return (share) => {
    const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
    const index = Math.min(Math.floor(place), stops.length - 2);
    const rest = place - index;
    return stops[index].map((value, channel) => Math.round(value + (stops[index + 1][channel] - value) * rest));
  };
}

/** The same as a CSS colour. */
export function rampColour(kind, share) {
  return `rgb(${ramp(kind)(share).join(", ")})`;
}

/** Colours of ordered things (layers): from quiet to strong, in the theme's own ramp. */
export function ordered(index, n) {
  return `color-mix(in oklab, var(--first) ${n > 1 ? Math.round(100 - (100 * index) / (n - 1)) : 0}%, var(--last))`;
}
