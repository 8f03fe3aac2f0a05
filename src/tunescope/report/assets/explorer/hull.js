// The convex hull of points in the plane (Andrew's monotone chain).

/** Corners of the hull, counter-clockwise, of the points `members` of the coordinate lists x and y. */
export function convexHull(members, x, y) {
  const order = [...members].sort((a, b) => x[a] - x[b] || y[a] - y[b]);
  if (order.length < 3) return order;
  const turn = (o, a, b) => (x[a] - x[o]) * (y[b] - y[o]) - (y[a] - y[o]) * (x[b] - x[o]);
  const chain = (list) => {
    const found = [];
    for (const point of list) {
      while (found.length > 1 && turn(found[found.length - 2], found[found.length - 1], point) <= 0) found.pop();
      found.push(point);
    }
    found.pop();
    return found;
  };
  return [...chain(order), ...chain(order.reverse())];
}
