// SPDX-License-Identifier: Apache-2.0
"use strict";

// What was tried, with its gain and its price.

{
  const most = Math.max(1, ...cures.map((cure) => Math.abs(cure.gain_decibels ?? 0)));

  function bar(cure) {
    const gain = cure.gain_decibels ?? 0;
    const width = (70 * Math.abs(gain)) / most;
    return svg("svg", { width: 144, height: 12 },
      svg("line", { x1: 72, x2: 72, y1: 0, y2: 12, class: "gridline" }),
      svg("rect", {
        x: gain < 0 ? 72 - width : 72, y: 1, width, height: 10,
        class: `gain${gain < 0 ? " loss" : ""}${cure.is_in_use ? " used" : ""}`,
      }));
  }

  function row(cure) {
    const isPriced = cure.nodes.length > 0;
    const cells = [
      decibels(cure.gain_decibels, "+"), decibels(cure.decibels_without),
      decibels(cure.decibels_with), isPriced ? grouped(cure.extra_bytes) : "",
      isPriced ? milliseconds(cure.extra_ms) : "",
    ];
    return html("tr", {},
      html("td", { class: "name", title: [cure.action, ...cure.nodes].join(" ") }, cureName(cure)),
      html("td", {}, bar(cure)), ...cells.map((cell) => html("td", { class: "number" }, cell)),
      html("td", { class: "more" }, cure.is_in_use ? "in use" : ""));
  }

  const headings = ["tried", "", "gain", "without", "with", "bytes", "time", ""].map((title, index) =>
    html("th", { class: index > 1 && index < 7 ? "number" : null, scope: "col" }, title));
  section("cures", "Cures", "What was tried",
    "The signal to noise at the noisiest output without and with each, all else equal; balancing "
      + "with weights rounded to nearest. What stays float takes more bytes, and more time on this "
      + "machine.",
    html("div", { class: "scroll" }, html("table", {},
      html("thead", {}, html("tr", {}, ...headings)), html("tbody", {}, ...cures.map(row)))));
}
