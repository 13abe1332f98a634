// SPDX-License-Identifier: Apache-2.0
"use strict";

// The norms of gradients and weights, layer by layer and epoch by epoch.

if (layers.length > 0) {
  /** A row for each layer, a cell for each epoch, darker for larger norms by powers of ten. */
  function map(label, values) {
    const sizes = layers.flatMap(values).filter((value) => isKnown(value) && value > 0)
      .map(Math.log10);
    const low = Math.min(...sizes);
    const span = Math.max(...sizes) - low || 1;
    const names = Math.min(330, 16 + 6.3 * Math.max(...layers.map((layer) => short(layer.name).length)));
    const width = Math.max(3, Math.min(26, 1050 / epochCount));
    const height = 18;
    const drawing = svg("svg", {
      width: names + width * epochCount + 8, height: height * layers.length + 24, role: "img",
      "aria-label": label,
    });
    layers.forEach((layer, row) => {
      drawing.append(svg("text", {
        x: names - 7, y: row * height + 13, "text-anchor": "end",
      }, clipped(short(layer.name), names - 12)));
      values(layer).forEach((value, epoch) => {
        const isMissing = !isKnown(value);
        const isWrong = isMissing && layer.is_trained[epoch];
        const strength = value > 0 ? 0.06 + (0.94 * (Math.log10(value) - low)) / span : 0;
        drawing.append(tells(svg("rect", {
          x: names + epoch * width, y: row * height, width, height,
          class: isWrong ? "cell wrong" : isMissing ? "cell missing" : "cell",
          "fill-opacity": isMissing ? 1 : strength.toFixed(3),
        }), [layer.name, `epoch ${epoch + 1}`, isWrong ? "no finite number" : isMissing ? "frozen" : number(value)]
          .join("\n")));
      });
    });
    const end = height * layers.length + 15;
    drawing.append(
      svg("text", { x: names, y: end, class: "axis" }, "1"),
      svg("text", {
        x: names + width * epochCount, y: end, class: "axis", "text-anchor": "end",
      }, epochCount));
    return html("div", { class: "scroll" }, drawing);
  }

  const last = (values) => values.findLast(isKnown);
  const rows = layers.map((layer) => {
    const [gradient, weight] = [last(layer.gradient), last(layer.weight)];
    const cells = [gradient, weight, weight > 0 && isKnown(gradient) ? gradient / weight : null];
    return html("tr", { title: layer.name }, html("td", { class: "name" }, short(layer.name)),
      ...cells.map((value) => html("td", { class: "number" }, number(value))));
  });
  section("norms", "Norms", "Gradients and weights",
    "The mean norm of each weight's gradient in each epoch: darker is larger, by powers of ten. "
      + "Rows that fade from one end to the other show gradients that vanish on their way. The "
      + "table has the last known norms.",
    map("gradient norms", (layer) => layer.gradient),
    html("div", { class: "scroll table" }, html("table", {},
      html("thead", {}, html("tr", {},
        html("th", { scope: "col" }, "layer"),
        ...["gradient norm", "weight norm", "ratio"].map((title) =>
          html("th", { scope: "col", class: "number" }, title)))),
      html("tbody", {}, ...rows))));
}
