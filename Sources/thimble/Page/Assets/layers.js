// SPDX-License-Identifier: Apache-2.0
"use strict";

// The signal to noise along the network, as a chart and as a table.

{
  const found = new Set(findings.filter((finding) => finding.is_harmful && finding.is_present)
    .map((finding) => finding.place));

  function text(layer) {
    return [
      layer.name, layer.operator, `${decibels(layer.decibels)} in the whole int8 model`,
      layer.extra_bytes > 0
        ? `${decibels(layer.alone_decibels)} at the outputs by itself, ${
          (100 * layer.share).toFixed(1)} % of all` : null,
      found.has(layer.name) ? "something was found here" : null,
    ].filter(Boolean).join("\n");
  }

  function chart() {
    const width = Math.max(9, Math.min(40, 1300 / layers.length));
    const [left, top, height, bars] = [44, 12, 190, 70];
    const values = layers.map((layer) => layer.decibels).filter((value) => value !== undefined);
    const high = 10 * Math.ceil(Math.max(10, ...values) / 10);
    const low = 10 * Math.floor(Math.min(0, ...values) / 10);
    const x = (index) => left + (index + 0.5) * width;
    const y = (value) => top + (height * (high - value)) / (high - low);
    const end = left + layers.length * width;
    const drawing = svg("svg", {
      width: end + 10, height: top + height + bars + 10, role: "img",
      "aria-label": "signal to noise of each layer",
    });
    for (let value = low; value <= high; value += 10) {
      drawing.append(
        svg("line", { x1: left, x2: end, y1: y(value), y2: y(value), class: "gridline" }),
        svg("text", { x: left - 6, y: y(value) + 4, class: "axis", "text-anchor": "end" },
          `${value} dB`));
    }
    const base = top + height + bars;
    const most = Math.max(1e-9, ...layers.map((layer) => layer.share));
    layers.forEach((layer, index) => {
      const size = ((bars - 14) * layer.share) / most;
      drawing.append(tells(svg("rect", {
        x: x(index) - width / 2 + 1, y: base - size, width: width - 2, height: size, class: "share",
      }), text(layer)));
    });
    const known = layers.map((layer, index) => [layer, index])
      .filter(([layer]) => layer.decibels !== undefined);
    drawing.append(svg("polyline", {
      class: "trace",
      points: known.map(([layer, index]) => `${x(index)},${y(layer.decibels)}`).join(" "),
    }));
    for (const [layer, index] of known) {
      drawing.append(tells(svg("circle", {
        cx: x(index), cy: y(layer.decibels), r: found.has(layer.name) ? 4.5 : 3,
        class: found.has(layer.name) ? "point found" : "point",
      }), text(layer)));
    }
    return html("div", { class: "scroll" }, drawing);
  }

  const columns = [
    ["layer", (layer) => short(layer.name), "name"],
    ["operator", (layer) => layer.operator, ""],
    ["whole model", (layer) => decibels(layer.decibels), "number"],
    ["alone", (layer) => decibels(layer.alone_decibels), "number"],
    ["share", (layer) => layer.extra_bytes ? `${(100 * layer.share).toFixed(1)} %` : "", "number"],
    ["weights", (layer) => decibels(layer.weights_decibels), "number"],
    ["input", (layer) => decibels(layer.input_decibels), "number"],
    ["int8", (layer) => milliseconds(layer.ms), "number"],
    ["float", (layer) => milliseconds(layer.float_ms), "number"],
    ["bytes in float", (layer) => layer.extra_bytes ? `+${grouped(layer.extra_bytes)}` : "",
      "number"],
  ];
  const headings = columns.map(([title, , name]) =>
    html("th", { class: name === "number" ? name : null, scope: "col" }, title));
  const rows = layers.map((layer) => html("tr", { title: layer.name },
    ...columns.map(([, value, name]) => html("td", { class: name }, value(layer)))));
  section("layers", "Layers", "Layer by layer",
    "The line: signal to noise of each layer's output in the whole int8 model. The bars: each "
      + "layer's part of the noise at the outputs, when it is the only one in int8. In the table "
      + "also what rounding its weights alone, or its input alone, does to its own output.",
    chart(),
    html("div", { class: "scroll table" }, html("table", {},
      html("thead", {}, html("tr", {}, ...headings)), html("tbody", {}, ...rows))));
}
