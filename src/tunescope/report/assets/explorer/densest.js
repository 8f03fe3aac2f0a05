// Where a cloud of points is densest: the place of its name.

/** Cells across either way in one row of the grid: more than any picture has. */
const ROW = 1 << 20;

/**
 * A point in the densest part of a cloud: in the cell of a grid that has most points in it and around it, the one
 * nearest to the middle of that cell's points.
 *
 * @param {number[]} members Positions in `x` and `y`; at least one.
 * @param {ArrayLike<number>} x
 * @param {ArrayLike<number>} y
 * @param {number} size Of a cell, in the same unit.
 * @returns {number} One of the members.
 */
export function densest(members, x, y, size) {
  const cells = new Map();
  for (const point of members) {
    const cell = Math.floor(y[point] / size) * ROW + Math.floor(x[point] / size);
    const there = cells.get(cell);
    if (there) there.push(point);
    else cells.set(cell, [point]);
  }
  let best = members;
  let most = 0;
  for (const [cell, points] of cells) {
    // The cell itself counts twice, so that a cell beside the densest is not as good.
    let n = points.length;
    for (const row of [-ROW, 0, ROW]) for (const column of [-1, 0, 1]) n += (cells.get(cell + row + column) || []).length;
    if (n > most) [most, best] = [n, points];
  }
  const [middleX, middleY] = [x, y].map((values) => best.reduce((sum, point) => sum + values[point], 0) / best.length);
  const away = (point) => (x[point] - middleX) ** 2 + (y[point] - middleY) ** 2;
  return best.reduce((nearest, point) => (away(point) < away(nearest) ? point : nearest));
}
