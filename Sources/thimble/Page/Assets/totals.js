// SPDX-License-Identifier: Apache-2.0
"use strict";

// The head of the page: what the program is, and its memory.

{
  const facts = [
    report.file === report.model ? null : report.file,
    `${grouped(steps.length)} steps`, `${count(report.macs)} multiply-accumulates`,
    `float class ${report.float_class}`, `format ${report.format_version}`,
    data.model ? `compiled from ${data.model.format}` : null,
    data.model && data.model.producer ? `producer: ${data.model.producer}` : null,
  ];
  document.querySelector("header").append(
    html("h1", {}, report.model || report.file),
    html("p", {}, facts.filter(Boolean).join(" · ")));
  document.title = `${report.model || report.file} – Thimble`;

  const parts = [
    ["constants", report.constants_bytes, "packed weights and tables, read-only", "k0"],
    ["arena", report.arena_bytes, "activations: the peak", "k2"],
    ["inputs and outputs", report.io_bytes, "the caller's buffers", "k1"],
    ["state", report.state_bytes, "what a run keeps", "k3"],
    ["scratch", report.scratch_bytes_per_thread, "for each thread", "k5"],
    ["calls", report.table_bytes, "prepared at load", "kx"],
  ];
  const tile = (name, bytes, note, isMain) =>
    html("div", { class: isMain ? "tile main" : "tile", title: `${grouped(bytes)} bytes` },
      html("b", {}, size(bytes)), name, html("br"), html("span", {}, note));
  const tiles = html("div", { class: "tiles" },
    tile("together", report.total_bytes, "with one thread", true),
    ...parts.filter(([, bytes]) => bytes > 0).map(([...part]) => tile(...part.slice(0, 3), false)));
  const stack = html("div", { class: "stack", role: "img", "aria-label": "parts of the memory" });
  const legend = html("div", { class: "legend" });
  for (const [name, bytes, , colour] of parts.filter(([, bytes]) => bytes > 0)) {
    stack.append(html("div", { class: colour, style: `flex: ${bytes} 0 0`, title: name }));
    legend.append(html("span", { class: colour }, html("i"), `${name} ${grouped(bytes)} bytes`));
  }

  const ports = html("table");
  for (const entry of report.entry_points) {
    for (const [kind, list] of [["input", entry.inputs], ["output", entry.outputs]]) {
      for (const port of list) {
        ports.append(html("tr", {}, html("td", { class: "more" }, kind),
          html("td", {}, port.name), html("td", {}, describe(port))));
      }
    }
  }
  section("memory", "Memory", "Memory",
    `Known to the byte before anything runs; each further thread adds ${
      size(report.thread_stack_bytes)} of stack and its scratch.`,
    tiles, stack, legend, html("div", { class: "scroll ports" }, ports));
}
