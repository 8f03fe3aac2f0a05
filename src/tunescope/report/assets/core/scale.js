// From data to pixels.

/** A linear map of [from, to] to [start, end], with `invert`. */
export function linear(from, to, start, end) {
  const span = to - from || 1;
  const scale = (value) => start + ((value - from) / span) * (end - start);
  scale.invert = (pixel) => from + ((pixel - start) / (end - start || 1)) * span;
  scale.from = from;
  scale.to = to;
  return scale;
}

/** About `n` round numbers in [from, to]. */
export function ticks(from, to, n) {
  const span = to - from;
  if (!(span > 0) || n < 1) return [from];
  const raw = span / n;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((size) => size >= raw * 0.999) || 10 * power;
  const first = Math.ceil(from / step - 1e-9);
  const found = [];
  for (let index = first; index * step <= to + step * 1e-9; index += 1) found.push(Number((index * step).toPrecision(12)));
  return found;
}

/** Round numbers among whole ones. */
export function wholeTicks(from, to, n) {
  return [...new Set(ticks(from, to, n).map(Math.round))].filter((value) => value >= from && value <= to);
}

/** The text of each tick with as many decimals as their step needs; as percentages where asked. */
export function tickTexts(values, isPercent = false) {
  const shown = isPercent ? values.map((value) => value * 100) : values;
  const size = Math.max(...shown.map(Math.abs), 0);
  if (size >= 1e6 || (size > 0 && size < 1e-3)) return shown.map((value) => (value === 0 ? "0" : value.toExponential(1).replace("-", "−")));
  let decimals = 0;
  while (decimals < 6 && shown.some((value) => Math.abs(value - Number(value.toFixed(decimals))) > 1e-9 * Math.max(1, size))) decimals += 1;
  return shown.map((value) => (Math.abs(value) < 1e-12 ? "0" : value.toFixed(decimals)).replace("-", "−") + (isPercent ? "\u00a0%" : ""));
}

/** Least and greatest finite number of nested lists; null for none. */
export function extent(values, found = [Infinity, -Infinity]) {
  for (const value of values) {
    if (Array.isArray(value)) extent(value, found);
    else if (value !== null && Number.isFinite(value)) {
      if (value < found[0]) found[0] = value;
      if (value > found[1]) found[1] = value;
    }
  }
  return found;
}

/** Mean of the numbers that are there; null for none. */
export function mean(values) {
  let total = 0;
  let n = 0;
  for (const value of values) {
    if (value !== null && value !== undefined && Number.isFinite(value)) {
      total += value;
      n += 1;
    }
  }
  return n ? total / n : null;
}

/** Positions at least `gap` apart, as near to those wanted as that allows (pool adjacent violators). */
export function spread(wanted, gap, low, high) {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const step = Math.min(gap, (high - low) / Math.max(order.length - 1, 1));
  const blocks = [];
  order.forEach((index, position) => {
    let block = { total: wanted[index] - position * step, size: 1 };
    while (blocks.length && blocks[blocks.length - 1].total / blocks[blocks.length - 1].size >= block.total / block.size) {
      const before = blocks.pop();
      block = { total: before.total + block.total, size: before.size + block.size };
    }
    blocks.push(block);
  });
  const places = new Array(order.length);
  let position = 0;
  const last = high - (order.length - 1) * step;
  for (const block of blocks) {
    const first = Math.min(Math.max(block.total / block.size, low), last);
    for (let member = 0; member < block.size; member += 1) {
      places[order[position]] = first + position * step;
      position += 1;
    }
  }
  return places;
}
