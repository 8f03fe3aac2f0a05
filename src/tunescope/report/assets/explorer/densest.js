// Where a cloud of points is densest: the place of its name.

/** Points that are looked at; of more, every second, third, … one. */
const MOST = 150;

/**
 * The point with most others around it.
 *
 * @param {number[]} members Positions in `x` and `y`; at least one.
 * @param {ArrayLike<number>} x
 * @param {ArrayLike<number>} y
 * @param {number} reach How far around it others count, in the same unit.
 * @returns {number} One of the members; where several have as many around them, the one nearest to the middle of these.
 */
export function densest(members, x, y, reach) {
  const step = Math.ceil(members.length / MOST);
  const some = members.filter((_, index) => index % step === 0);
  const around = some.map((point) => {
    let n = 0;
    for (const other of some) if ((x[point] - x[other]) ** 2 + (y[point] - y[other]) ** 2 <= reach * reach) n += 1;
    return n;
  });
  const most = Math.max(...around);
  const best = some.filter((_, index) => around[index] === most);
  const middle = [x, y].map((values) => best.reduce((sum, point) => sum + values[point], 0) / best.length);
  const away = best.map((point) => (x[point] - middle[0]) ** 2 + (y[point] - middle[1]) ** 2);
  return best[away.indexOf(Math.min(...away))];
}
