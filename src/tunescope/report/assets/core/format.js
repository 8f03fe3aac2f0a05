// Numbers as people read them.

/** A number with about `digits` significant digits; a dash for what is absent. */
export function number(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(digits - 1).replace("-", "−");
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(decimals, 6)).replace("-", "−");
}

/** A number with so many decimals. */
export function fixed(value, decimals) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return value.toFixed(decimals).replace(/^-(?=0(\.0*)?$)/, "").replace("-", "−");
}

/** A share as a percentage. */
export function percent(value, decimals = 1) {
  return value === null || value === undefined ? "–" : `${fixed(100 * value, decimals)}\u00a0%`;
}

/** A change with its sign. */
export function signed(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return (value > 0 ? "+" : "") + number(value, digits);
}

/** Whole numbers with thin spaces between thousands. */
export function count(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return Math.round(value).toString().replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

/** What an error says. */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** Such as "1 seed", "3 seeds". */
export function plural(n, one, many = `${one}s`) {
  return `${count(n)} ${n === 1 ? one : many}`;
}
