// SPDX-License-Identifier: Apache-2.0
"use strict";

// Curves over the steps of a training: axes, lines, and what is under the pointer.

/** As many digits as say something. */
function number(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(2);
  if (Number.isInteger(value)) return grouped(value);
  return size >= 1000 ? grouped(Math.round(value)) : value.toPrecision(4);
}

function isKnown(value) {
  return value !== null && value !== undefined;
}

/** Some five round numbers of a range. */
function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const marks = [];
  for (let at = first; at * step <= high + step * 1e-9; at += 1) marks.push(at * step);
  return { marks, digits: Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9))) };
}

/** So many points at most: each stands for a run of steps, with the run's mean, least and most. */
function thinned(values, most) {
  const length = Math.max(1, Math.ceil(values.length / most));
  const points = [];
  for (let start = 0; start < values.length; start += length) {
    const run = values.slice(start, start + length).filter(isKnown);
    if (run.length === 0) continue;
    const mean = run.reduce((sum, value) => sum + value, 0) / run.length;
    points.push({
      x: start + (Math.min(length, values.length - start) + 1) / 2, y: mean,
      low: Math.min(...run), high: Math.max(...run),
    });
  }
  return points;
}

/**
 * A drawing of lines over steps, counted from 1.
 *
 * `series` have a name, a hue and points; `best` is a step to mark; what is above `limit` is cut
 * off.
 */
function curves({ label, series, steps, stepsPerEpoch, best, limit }) {
  const [left, top, width, height, foot] = [62, 14, 980, 240, 34];
  const points = series.flatMap((entry) => entry.points);
  if (points.length === 0) return html("p", {}, "No number of this is known.");
  let low = Math.min(...points.map((point) => point.low ?? point.y));
  let high = Math.max(...points.map((point) => point.high ?? point.y));
  if (low > 0 && low < high / 2) low = 0;
  if (limit !== undefined) high = Math.min(high, limit);
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  const x = (step) => left + (width * (step - 0.5)) / Math.max(1, steps);
  const y = (value) => top + (height * (high - Math.min(value, high))) / (high - low);
  const drawing = svg("svg", {
    viewBox: `0 0 ${left + width + 12} ${top + height + foot}`, width: "100%", role: "img",
    "aria-label": label,
  });
  const { marks, digits } = ticks(low, high);
  for (const mark of marks) {
    drawing.append(
      svg("line", { x1: left, x2: left + width, y1: y(mark), y2: y(mark), class: "gridline" }),
      svg("text", { x: left - 7, y: y(mark) + 4, class: "axis", "text-anchor": "end" },
        digits > 5 ? mark.toExponential(1) : mark.toFixed(digits)));
  }
  const epochs = steps / stepsPerEpoch;
  const { marks: numbers } = ticks(0, Math.max(epochs, 1));
  for (const epoch of numbers.filter((mark) => Number.isInteger(mark))) {
    const at = left + (width * epoch) / Math.max(epochs, 1);
    drawing.append(
      svg("line", { x1: at, x2: at, y1: top, y2: top + height, class: "gridline" }),
      svg("text", { x: at, y: top + height + 15, class: "axis", "text-anchor": "middle" }, epoch));
  }
  drawing.append(svg("text", {
    x: left + width, y: top + height + 30, class: "axis", "text-anchor": "end",
  }, "epochs"));
  for (const { hue, points: line } of series) {
    if (line.some((point) => point.high > point.low)) {
      const edge = [...line.map((point) => `${x(point.x)},${y(point.high)}`),
        ...line.toReversed().map((point) => `${x(point.x)},${y(point.low)}`)];
      drawing.append(svg("polygon", { class: `spread ${hue}`, points: edge.join(" ") }));
    }
  }
  for (const { hue, points: line } of series) {
    drawing.append(svg("polyline", {
      class: `trace ${hue}`, points: line.map((point) => `${x(point.x)},${y(point.y)}`).join(" "),
    }));
  }
  for (const { hue, points: line } of series.filter((entry) => entry.points.length === 1)) {
    drawing.append(svg("circle", { class: `dot ${hue}`, cx: x(line[0].x), cy: y(line[0].y), r: 3 }));
  }
  if (best !== undefined) {
    drawing.append(
      svg("line", { x1: x(best), x2: x(best), y1: top, y2: top + height, class: "best" }),
      svg("text", { x: x(best) - 4, y: top + 10, class: "best-label", "text-anchor": "end" },
        "best"));
  }
  drawing.append(pointed({ left, top, width, height }, series, steps, stepsPerEpoch));
  return html("div", {}, drawing, html("div", { class: "legend" },
    ...series.map(({ name, hue }) => html("span", { class: hue }, html("i"), name))));
}

/** What tells the values at the step that is pointed at. */
function pointed({ left, top, width, height }, series, steps, stepsPerEpoch) {
  const line = svg("line", { y1: top, y2: top + height, class: "cursor", visibility: "hidden" });
  const area = svg("rect", { x: left, y: top, width, height, class: "hit" });
  area.addEventListener("pointermove", (event) => {
    const box = area.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / (box.width || 1)));
    const step = 0.5 + part * steps;
    const near = series.map(({ name, points }) => {
      if (points.length === 0) return null;
      const point = points.reduce((best, other) =>
        Math.abs(other.x - step) < Math.abs(best.x - step) ? other : best);
      return `${name}: ${number(point.y)}`;
    });
    line.setAttribute("visibility", "visible");
    line.setAttribute("x1", left + part * width);
    line.setAttribute("x2", left + part * width);
    const epoch = Math.min(Math.floor((step - 0.5) / stepsPerEpoch) + 1,
      Math.ceil(steps / stepsPerEpoch));
    const place = `epoch ${grouped(epoch)}, step ${grouped(Math.min(steps, Math.ceil(step - 0.5) || 1))}`;
    showTip([place, ...near.filter(Boolean)].join("\n"), event);
  });
  area.addEventListener("pointerleave", () => {
    line.setAttribute("visibility", "hidden");
    tip.hidden = true;
  });
  return svg("g", {}, line, area);
}
