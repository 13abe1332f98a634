// SPDX-License-Identifier: Apache-2.0
"use strict";

// The arena over time: one rectangle for each tensor, as wide as its life and as high as its bytes.

{
  const margin = { left: 62, top: 26, right: 14, bottom: 26 };
  const height = 380;
  const liveHeight = 64;
  const stepCount = steps.length;
  const room = Math.min(document.documentElement.clientWidth, 1500) - 110;
  const stepWidth = Math.max(8, Math.min(72, (room - margin.left - margin.right) / stepCount));
  // Room enough for the text about the peak.
  const width = Math.max(480, margin.left + margin.right + stepWidth * stepCount);
  const arenaBytes = Math.max(report.arena_bytes, 1);
  const x = (step) => margin.left + step * stepWidth;
  const y = (bytes) => margin.top + height - (bytes / arenaBytes) * height;

  const drawing = svg("svg", {
    width, height: margin.top + height + margin.bottom + liveHeight + 22, role: "img",
    "aria-label": "the arena over time",
  });

  /** A round number of bytes that gives about six lines. */
  function tickBytes() {
    let tick = 64;
    while (arenaBytes / tick > 7) tick *= 2;
    return tick;
  }

  function drawAxes() {
    const peak = report.peak_step;
    drawing.append(svg("rect", {
      class: "peak-band", x: x(peak), y: margin.top - 4, width: stepWidth,
      height: height + margin.bottom + liveHeight + 4,
    }));
    for (let bytes = 0; bytes <= arenaBytes; bytes += tickBytes()) {
      drawing.append(
        svg("line", { class: "gridline", x1: margin.left, x2: width, y1: y(bytes), y2: y(bytes) }),
        svg("text", { class: "axis", x: margin.left - 6, y: y(bytes) + 4, "text-anchor": "end" },
          size(bytes)));
    }
    const every = Math.ceil(40 / stepWidth);
    for (let step = 0; step < stepCount; step += every) {
      drawing.append(svg("text", {
        class: "axis", x: x(step + 0.5), y: margin.top + height + 16, "text-anchor": "middle",
      }, `${step}`));
    }
  }

  function line(bytes, name) {
    return svg("line", {
      class: `limit ${name}`, x1: margin.left, x2: width - margin.right, y1: y(bytes), y2: y(bytes),
    });
  }

  /** The arena's size, its lower bound and the step that both come from. */
  function drawLimits() {
    const peak = report.peak_step;
    const { arena_bytes: arena, lower_bound_bytes: bound } = report;
    if (bound < arena) drawing.append(line(bound, "bound"));
    drawing.append(line(arena, "size"));
    const gap = bound < arena
      ? `lower bound ${grouped(bound)}, gap ${grouped(arena - bound)}` : "equal to its lower bound";
    const isLate = peak > stepCount / 2;
    drawing.append(svg("text", {
      class: "limit-label", id: "peak", "data-peak-step": peak, "data-lower-bound": bound,
      x: isLate ? x(peak + 1) : x(peak), y: 14, "text-anchor": isLate ? "end" : "start",
    }, `peak at step ${peak}: ${grouped(arena)} bytes, ${gap}`));
  }

  function text(rectangle) {
    const tensor = tensors[rectangle.tensor];
    const lines = [
      tensor.name || "(no name)", describe(tensor),
      `${grouped(rectangle.bytes)} bytes at offset ${grouped(rectangle.offset)}`,
      `written by ${stepTitle(rectangle.first)}`,
      rectangle.last > rectangle.first ? `last read by ${stepTitle(rectangle.last)}` : null,
      rectangle.overwrites === undefined ? null
        : `written over its input ${tensors[rectangle.overwrites].name}`,
      rectangle.part_of === undefined ? null
        : `read as a part of ${tensors[rectangle.part_of].name}`,
    ];
    return lines.filter(Boolean).join("\n");
  }

  function drawRectangle(rectangle) {
    // A tensor written over another shares one step with it: each gets half.
    const start = rectangle.first + (rectangle.overwrites === undefined ? 0 : 0.5);
    const end = rectangle.last + (rectangle.is_overwritten ? 0.5 : 1);
    const box = {
      x: x(start), y: y(rectangle.offset + rectangle.bytes), width: (end - start) * stepWidth,
      height: (rectangle.bytes / arenaBytes) * height,
    };
    const element = svg("rect", {
      ...box, rx: Math.min(3, box.height / 3),
      class: `value ${stepClass(rectangle.first)}`
        + (rectangle.overwrites === undefined ? "" : " overwriting"),
      "data-tensor": rectangle.tensor, "data-start": start, "data-end": end,
      "data-offset": rectangle.offset, "data-bytes": rectangle.bytes,
    });
    drawing.append(stands(element, rectangle.first, text(rectangle), "arena"));
    if (rectangle.part_of !== undefined) {
      drawing.append(svg("rect", { ...box, fill: "url(#hatch)", "pointer-events": "none" }));
    }
    // The name where there is room for it, else the number of the step that writes the tensor.
    const name = short(tensors[rectangle.tensor].name);
    const label = name.length * 6 < box.width - 8 ? name : `${rectangle.first}`;
    if (box.height >= 12 && label.length * 6 < box.width) {
      drawing.append(svg("text", {
        class: "value-label", x: box.x + 4, y: box.y + Math.min(12, box.height / 2 + 4),
      }, label));
    }
  }

  function drawLiveBytes() {
    const base = margin.top + height + margin.bottom + liveHeight;
    drawing.append(svg("text", {
      class: "axis", x: margin.left - 6, y: base - liveHeight / 2 + 4, "text-anchor": "end",
    }, "live"));
    steps.forEach((step, index) => {
      const part = (step.live_bytes / arenaBytes) * liveHeight;
      const bar = svg("rect", {
        class: index === report.peak_step ? "live at-peak" : "live", x: x(index) + 0.5,
        y: base - part, width: Math.max(1, stepWidth - 1), height: part,
      });
      drawing.append(stands(bar, index,
        `${stepTitle(index)}\n${step.name}\n${grouped(step.live_bytes)} bytes live`, "arena"));
    });
    drawing.append(svg("text", {
      class: "axis", x: margin.left, y: base + 16 }, "steps, in the order they run →"));
  }

  drawing.append(svg("defs", {}, svg("pattern", {
    id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)",
  }, svg("line", { class: "hatch", x1: 0, y1: 0, x2: 0, y2: 6 }))));
  drawAxes();
  rectangles.forEach(drawRectangle);
  drawLimits();
  drawLiveBytes();

  const container = html("div", { class: "scroll" }, drawing);
  const legend = operatorLegend();
  if (rectangles.some((rectangle) => rectangle.overwrites !== undefined)) {
    legend.append(html("span", {}, html("i", { class: "overwriting" }), "written over its input"));
  }
  if (rectangles.some((rectangle) => rectangle.part_of !== undefined)) {
    legend.append(html("span", {}, html("i", { class: "part" }), "part of a larger tensor"));
  }
  const saved = report.naive_bytes - report.arena_bytes;
  section("arena", "Arena", "The arena over time",
    `${size(report.arena_bytes)} hold every activation; without sharing they would take ${
      size(report.naive_bytes)}${saved > 0 ? `, ${(report.naive_bytes / arenaBytes).toFixed(1)
      } times as much` : ""}. A rectangle is a tensor: from the step that writes it to the last `
      + "that reads it, at its offset.",
    container, legend);
  views.push({ origin: "arena", reveal: (step) => scrollTo(container, x(step), 0) });
}
