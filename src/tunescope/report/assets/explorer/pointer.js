// Pointer, wheel and keys on the canvas: turn or shift, zoom, take a point or a rectangle of points.

/** Pixels that a pointer may move and still click. */
const CLICK = 4;

/**
 * Listen on the canvas. `rubber` is the element that shows a rectangle, `take(points)` selects those inside.
 *
 * @param {import("./shared.js").View} view
 * @param {HTMLElement} rubber
 * @param {(points: number[]) => void} take
 */
export function listen(view, rubber, take) {
  const { canvas, painter, scene } = view;
  /** @type {{ from: number[], last: number[], far: number, isBox: boolean } | null} */
  let drag = null;
  const place = (event) => {
    const area = canvas.getBoundingClientRect();
    return [event.clientX - area.left, event.clientY - area.top];
  };
  const end = () => {
    drag = null;
    rubber.hidden = true;
  };

  /** @param {number[]} here @param {number[]} from */
  function stretch([px, py], [x, y]) {
    rubber.hidden = false;
    Object.assign(rubber.style, { left: `${Math.min(px, x)}px`, top: `${Math.min(py, y)}px`, width: `${Math.abs(px - x)}px`, height: `${Math.abs(py - y)}px` });
  }

  function move(dx, dy) {
    if (scene.flat) scene.shift = [scene.shift[0] + dx, scene.shift[1] + dy];
    else turn(dx * 0.008, dy * 0.008);
    view.draw();
  }

  function turn(yaw, pitch) {
    scene.yaw += yaw;
    scene.pitch = Math.min(1.5, Math.max(-1.5, scene.pitch + pitch));
  }

  /** @param {number[]} place @param {number} factor */
  function zoomAt([px, py], factor) {
    const next = Math.min(60, Math.max(0.4, scene.zoom * factor));
    const grown = next / scene.zoom;
    const [cx, cy] = [canvas.clientWidth / 2, canvas.clientHeight / 2];
    scene.shift = [px - cx - (px - cx - scene.shift[0]) * grown, py - cy - (py - cy - scene.shift[1]) * grown];
    scene.zoom = next;
    view.draw();
  }

  canvas.addEventListener("pointerdown", (event) => {
    drag = { from: place(event), last: place(event), far: 0, isBox: event.shiftKey };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const here = place(event);
    drag.far = Math.max(drag.far, Math.hypot(here[0] - drag.from[0], here[1] - drag.from[1]));
    if (drag.isBox) stretch(here, drag.from);
    else if (drag.far > CLICK) move(here[0] - drag.last[0], here[1] - drag.last[1]);
    drag.last = here;
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const [px, py] = place(event);
    const [x, y] = drag.from;
    if (drag.far <= CLICK) view.select(painter.nearest(px, py));
    else if (drag.isBox) take(painter.inside(Math.min(px, x), Math.min(py, y), Math.max(px, x), Math.max(py, y)));
    end();
  });
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("wheel", (event) => {
    // Only with Ctrl (as browsers zoom) or in the large explorer, so that a page can be scrolled past.
    if (!view.tall && !event.ctrlKey) return;
    event.preventDefault();
    zoomAt(place(event), Math.exp(-event.deltaY * 0.0015));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const middle = [canvas.clientWidth / 2, canvas.clientHeight / 2];
    const step = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (step) {
      if (scene.flat) scene.shift = [scene.shift[0] + 30 * step[0], scene.shift[1] + 30 * step[1]];
      else turn(-step[0] * 0.12, -step[1] * 0.12);
      view.draw();
    } else if (event.key === "+" || event.key === "=") zoomAt(middle, 1.25);
    else if (event.key === "-") zoomAt(middle, 0.8);
    else if (event.key === "Enter") view.select(painter.nearest(middle[0], middle[1], Infinity));
    else if (event.key === "Escape") view.select(-1);
    else return;
    event.preventDefault();
  });
}
