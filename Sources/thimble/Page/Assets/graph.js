// SPDX-License-Identifier: Apache-2.0
"use strict";

// The graph: steps and ports in layers, from the inputs at the top to the outputs at the bottom.

{
  const nodeWidth = 196;
  const nodeHeight = 42;
  const layerHeight = 76;
  const margin = 24;
  const mostMacs = Math.max(1, ...steps.map((step) => step.macs));

  /** Inputs, steps and outputs as nodes, tensors as edges; every edge leads forward. */
  function collect() {
    const nodes = [];
    const edges = [];
    const inputs = new Map();
    tensors.forEach((tensor, index) => {
      if (tensor.storage !== "input") return;
      inputs.set(index, nodes.length);
      nodes.push({ port: tensor, kind: "input", step: null });
    });
    const first = nodes.length;
    steps.forEach((step, index) => nodes.push({ step: index }));
    steps.forEach((step, index) => {
      for (const read of step.reads) {
        const sources = inputs.has(read.tensor)
          ? [inputs.get(read.tensor)] : read.from.map((source) => first + source);
        for (const source of sources) {
          edges.push({ from: source, to: first + index, tensor: read.tensor });
        }
      }
    });
    tensors.forEach((tensor, index) => {
      if (tensor.storage !== "output") return;
      const writers = steps.flatMap((step, number) => (step.writes === index ? [number] : []));
      const node = nodes.push({ port: tensor, kind: "output", step: writers.at(-1) }) - 1;
      for (const writer of writers) edges.push({ from: first + writer, to: node, tensor: index });
    });
    return { nodes, edges };
  }

  const { nodes, edges } = collect();
  const layout = layOut(
    nodes.length, edges.map(({ from, to }) => [from, to]), nodes.map(() => nodeWidth), 22);
  const xs = layout.nodes.map((node) => node.x).concat(layout.paths.flat().map(({ x }) => x));
  const left = Math.min(0, ...xs) - nodeWidth / 2 - margin;
  const width = Math.max(0, ...xs) + nodeWidth / 2 + margin - left;
  const height = layout.layerCount * layerHeight + 2 * margin - (layerHeight - nodeHeight);
  const top = (layer) => margin + layer * layerHeight;
  const drawing = svg("svg", {
    width, height, viewBox: `${left} 0 ${width} ${height}`, role: "img", "aria-label": "the graph",
  });

  function text(index) {
    const node = nodes[index];
    if (node.port) return `${node.kind} ${node.port.name}\n${describe(node.port)}`;
    const step = steps[node.step];
    const lines = [stepTitle(node.step), step.name, `${describe(tensors[step.writes])}`];
    if (step.macs > 0) lines.push(`${grouped(step.macs)} multiply-accumulates`);
    if (step.constants_bytes > 0) lines.push(`${grouped(step.constants_bytes)} bytes of constants`);
    return lines.join("\n");
  }

  function drawNode(index) {
    const node = nodes[index];
    const place = layout.nodes[index];
    const isPort = node.port !== undefined;
    const step = isPort ? null : steps[node.step];
    const colour = isPort ? "kx" : stepClass(node.step);
    const isPeak = !isPort && node.step === report.peak_step;
    const group = svg("g", {
      class: `node ${colour}${isPort ? " port" : ""}${isPeak ? " at-peak" : ""}`,
      transform: `translate(${place.x - nodeWidth / 2} ${top(place.layer)})`,
    });
    group.append(svg("rect", {
      class: "box", width: nodeWidth, height: nodeHeight, rx: isPort ? nodeHeight / 2 : 6 }));
    const inset = isPort ? 20 : 14;
    if (!isPort) {
      group.append(svg("rect", { class: "colour", width: 7, height: nodeHeight, rx: 3 }));
      const work = (nodeWidth - 21) * (step.macs / mostMacs);
      if (work > 0) {
        group.append(svg("rect", {
          class: "work", x: 14, y: nodeHeight - 4.5, width: work, height: 2.5, rx: 1 }));
      }
      group.append(svg("text", {
        class: "number", x: nodeWidth - 7, y: 14 }, `${node.step}`));
    }
    const title = isPort ? node.port.name : step.operator ?? step.contract;
    const tensor = isPort ? node.port : tensors[step.writes];
    group.append(
      svg("text", { class: "title", x: inset, y: 17 }, clipped(title, nodeWidth - 40, 7)),
      svg("text", { class: "detail", x: inset, y: 32 },
        clipped(`${shape(tensor.shape)} ${tensor.dtype}`, nodeWidth - 24)));
    if (node.step !== null) return stands(group, node.step, text(index), "graph");
    group.setAttribute("aria-label", text(index));
    group.addEventListener("pointerenter", (event) => showTip(text(index), event));
    group.addEventListener("pointerleave", () => { tip.hidden = true; });
    return group;
  }

  /** A line from the bottom of one node to the top of another, around the nodes between. */
  function drawEdge(index) {
    const path = layout.paths[index];
    let [x, y] = [path[0].x, top(path[0].layer) + nodeHeight];
    let line = `M${x} ${y}`;
    path.slice(1).forEach((point, position) => {
      const isLast = position === path.length - 2;
      const end = top(point.layer) - (isLast ? 4 : 0);
      const bend = (end - y) / 2;
      line += point.x === x ? `V${end}`
        : `C${x} ${y + bend} ${point.x} ${end - bend} ${point.x} ${end}`;
      if (!isLast) line += `V${end + nodeHeight}`;
      [x, y] = [point.x, end + (isLast ? 0 : nodeHeight)];
    });
    const { from, to, tensor } = edges[index];
    const edge = svg("path", { class: "edge", d: line, "marker-end": "url(#arrow)" },
      svg("title", {}, `${tensors[tensor].name}: ${describe(tensors[tensor])}`));
    if (nodes[from].step !== null) edge.dataset.step = nodes[from].step;
    if (nodes[to].step !== null && !nodes[to].port) edge.dataset.reader = nodes[to].step;
    return edge;
  }

  drawing.append(svg("defs", {}, svg("marker", {
    id: "arrow", viewBox: "0 0 8 8", refX: 4, refY: 4, markerWidth: 7, markerHeight: 7,
    orient: "auto", markerUnits: "userSpaceOnUse",
  }, svg("path", { class: "arrow", d: "M0 0L8 4L0 8z" }))));
  edges.forEach((edge, index) => drawing.append(drawEdge(index)));
  nodes.forEach((node, index) => drawing.append(drawNode(index)));

  const container = html("div", { class: "scroll graph" }, drawing);
  let zoom = 1;
  function setZoom(wanted) {
    const centre = [container.scrollLeft + container.clientWidth / 2,
      container.scrollTop + container.clientHeight / 2].map((length) => length / zoom);
    zoom = Math.min(2, Math.max(0.1, wanted));
    drawing.setAttribute("width", width * zoom);
    drawing.setAttribute("height", height * zoom);
    drawing.style.margin = "0 auto";
    scrollTo(container, centre[0] * zoom, centre[1] * zoom);
  }
  const button = (label, title, action) => {
    const element = html("button", { type: "button", title, "aria-label": title }, label);
    element.addEventListener("click", action);
    return element;
  };
  const fit = () => Math.min(1, container.clientWidth / width);
  section("graph", "Graph", "The graph",
    `${nodes.length} nodes, ${edges.length} tensors between them; the bar in a node is its share `
      + "of multiply-accumulates. Constants are left out.",
    html("div", { class: "tools" },
      button("−", "smaller", () => setZoom(zoom / 1.25)),
      button("+", "larger", () => setZoom(zoom * 1.25)),
      button("fit", "as wide as the page", () => setZoom(fit())),
      button("1:1", "full size", () => setZoom(1))),
    container);
  setZoom(Math.max(0.5, fit()));
  // Opens at what stands first, which need not be in the middle of a wide graph.
  const opening = layout.nodes.find((node) => node.layer === 0);
  if (opening) scrollTo(container, (opening.x - left) * zoom, 0);
  views.push({
    origin: "graph",
    reveal: (step) => {
      const place = layout.nodes[nodes.findIndex((node) => !node.port && node.step === step)];
      scrollTo(container, (place.x - left) * zoom, top(place.layer) * zoom);
    },
  });
}

// A link to a step opens with it selected.
const linked = /^#step-(\d+)$/.exec(location.hash);
if (linked && Number(linked[1]) < steps.length) select(Number(linked[1]), null);
