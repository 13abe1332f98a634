// SPDX-License-Identifier: Apache-2.0
"use strict";

// Places the nodes of a directed acyclic graph in layers (Sugiyama, Tagawa and Toda 1981): longest
// paths give the layers, barycentres the order within one, and repeated averaging the positions.

/**
 * @param count number of nodes, named 0 to count - 1 in an order in which edges lead forward
 * @param edges pairs [from, to]
 * @param widths the width of each node
 * @param gap the least distance between neighbours in a layer
 * @returns for each node its layer and centre; for each edge the centres it passes, layer by layer
 */
function layOut(count, edges, widths, gap) {
  const graph = layered(count, edges, widths);
  const layers = [];
  graph.nodes.forEach((node, index) => (layers[node.layer] ??= []).push(index));
  reduceCrossings(graph, layers);
  place(graph, layers, gap);
  return {
    layerCount: layers.length,
    nodes: graph.nodes.slice(0, count),
    paths: graph.chains.map((chain) => chain.map((index) => graph.nodes[index])),
  };
}

/** Layers, and chains of unseen nodes where an edge passes a layer. */
function layered(count, edges, widths) {
  const above = Array.from({ length: count }, () => []);
  const below = Array.from({ length: count }, () => []);
  for (const [from, to] of edges) {
    above[to].push(from);
    below[from].push(to);
  }
  const layer = Array(count).fill(0);
  for (let node = 0; node < count; node += 1) {
    for (const source of above[node]) layer[node] = Math.max(layer[node], layer[source] + 1);
  }
  // What nothing leads to, such as an input, stands just above its first reader.
  for (let node = count - 1; node >= 0; node -= 1) {
    if (above[node].length === 0 && below[node].length > 0) {
      layer[node] = Math.min(...below[node].map((reader) => layer[reader])) - 1;
    }
  }
  const nodes = layer.map((number, index) =>
    ({ layer: number, width: widths[index], above: [], below: [], x: 0 }));
  const chains = edges.map(([from, to]) => {
    const chain = [from];
    for (let number = layer[from] + 1; number < layer[to]; number += 1) {
      chain.push(nodes.push({ layer: number, width: 8, above: [], below: [], x: 0 }) - 1);
    }
    chain.push(to);
    for (let index = 1; index < chain.length; index += 1) {
      nodes[chain[index]].above.push(chain[index - 1]);
      nodes[chain[index - 1]].below.push(chain[index]);
    }
    return chain;
  });
  return { nodes, chains };
}

function reduceCrossings({ nodes }, layers) {
  const position = [];
  const number = (layer) => layer.forEach((node, index) => { position[node] = index; });
  layers.forEach(number);
  const mean = (list) => list.reduce((sum, node) => sum + position[node], 0) / list.length;
  const sort = (layer, side) => {
    const key = new Map(layer.map((node) =>
      [node, nodes[node][side].length ? mean(nodes[node][side]) : position[node]]));
    layer.sort((a, b) => key.get(a) - key.get(b) || position[a] - position[b]);
    number(layer);
  };
  for (let sweep = 0; sweep < 12; sweep += 1) {
    for (const layer of layers.slice(1)) sort(layer, "above");
    for (const layer of layers.slice(0, -1).reverse()) sort(layer, "below");
  }
}

function place({ nodes }, layers, gap) {
  const distance = (a, b) => (nodes[a].width + nodes[b].width) / 2 + gap;
  for (const layer of layers) {
    layer.forEach((node, index) => {
      const before = layer[index - 1];
      nodes[node].x = index === 0 ? 0 : nodes[before].x + distance(before, node);
    });
    const centre = (nodes[layer[0]].x + nodes[layer.at(-1)].x) / 2;
    for (const node of layer) nodes[node].x -= centre;
  }
  const average = (list) => list.reduce((sum, node) => sum + nodes[node].x, 0) / list.length;
  for (let sweep = 0; sweep < 24; sweep += 1) {
    const isDown = sweep % 2 === 0;
    for (const layer of isDown ? layers : [...layers].reverse()) {
      const wanted = layer.map((node) => {
        const { above, below, x } = nodes[node];
        const near = sweep >= 20 ? [...above, ...below] : isDown ? above : below;
        return near.length ? average(near) : x;
      });
      spread(layer, wanted, distance).forEach((x, index) => { nodes[layer[index]].x = x; });
    }
  }
}

/** The positions nearest to those wanted that keep order and distance: blocks that meet merge. */
function spread(layer, wanted, distance) {
  const offsets = [0];
  for (let index = 1; index < layer.length; index += 1) {
    offsets.push(offsets[index - 1] + distance(layer[index - 1], layer[index]));
  }
  const blocks = [];
  wanted.forEach((x, index) => {
    blocks.push({ sum: x - offsets[index], count: 1 });
    while (blocks.length > 1) {
      const [last, before] = [blocks.at(-1), blocks.at(-2)];
      if (before.sum / before.count <= last.sum / last.count) break;
      before.sum += last.sum;
      before.count += last.count;
      blocks.pop();
    }
  });
  return blocks.flatMap(({ sum, count }) => Array(count).fill(sum / count))
    .map((start, index) => start + offsets[index]);
}
