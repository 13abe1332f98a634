// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

extension Placement {
  /// The placement with those nodes in float that are faster there on a CPU, conversions counted.
  ///
  /// Every node costs its time in one form or the other, and every value that one form writes and
  /// the other reads costs a conversion. The least sum is a minimum cut: the nodes on the source's
  /// side are float (Boykov, Veksler and Zabih 2001, energies of two labels).
  package func fastest(of graph: Graph, _ rates: KernelRates) -> Placement {
    let cut = PlacementCut(graph, self, rates)
    return keeping(.float32, nodes: cut.floatNodes, of: graph)
  }
}

/// The network whose cut says which nodes are float.
private struct PlacementCut {
  private let graph: Graph
  private let placement: Placement
  private let rates: KernelRates
  private var network = FlowNetwork()
  private let float: Int
  private let integer: Int
  /// The place of each node that has both forms.
  private var places: [Int?]

  init(_ graph: Graph, _ placement: Placement, _ rates: KernelRates) {
    self.graph = graph
    self.placement = placement
    self.rates = rates
    float = network.addPlace()
    integer = network.addPlace()
    places = [Int?](repeating: nil, count: graph.nodes.count)
    for index in graph.nodes.indices where placement.isInteger[index] { addNode(index) }
    let consumers = graph.consumers
    let outputs = Set(graph.outputs.map(\.value))
    for id in graph.values.indices {
      let value = Value(id: id)
      guard graph.constant(value) == nil, graph.type(of: value).dtype == .float32 else { continue }
      addConversions(of: value, consumers: consumers[id], isOutput: outputs.contains(value))
    }
  }

  /// The nodes that have both forms and are float in the cheapest cut.
  var floatNodes: Set<Int> {
    let side = network.sourceSide(from: float, to: integer)
    return Set(places.indices.filter { index in places[index].map { side[$0] } ?? false })
  }

  private mutating func addNode(_ index: Int) {
    guard let real = nanoseconds(index, .float32),
      let whole = nanoseconds(index, placement.precisions[index])
    else { return }
    let place = network.addPlace()
    places[index] = place
    network.connect(place, integer, capacity: picoseconds(real))
    network.connect(float, place, capacity: picoseconds(whole))
  }

  private func nanoseconds(_ index: Int, _ precision: Precision) -> Double? {
    guard let context = graph.context(node: index, in: precision) else { return nil }
    return context.estimatedNanoseconds(graph.operation(of: index, in: context), rates)
  }

  /// A value is quantised once for all integer readers, and dequantised once for all float ones.
  private mutating func addConversions(of value: Value, consumers: [Int], isOutput: Bool) {
    let producer = graph.producer(of: value).flatMap { places[$0] } ?? float
    let readers = consumers.filter { graph.activations(of: $0).contains(value) }.map {
      places[$0] ?? float
    }
    if readers.contains(where: { $0 != float }) {
      let quantized = network.addPlace()
      network.connect(producer, quantized, capacity: conversion(of: value, from: Quantize()))
      for reader in readers where reader != float {
        network.connect(quantized, reader, capacity: FlowNetwork.unlimited)
      }
    }
    if producer != float, isOutput || !readers.isEmpty {
      let dequantized = network.addPlace()
      network.connect(dequantized, producer, capacity: conversion(of: value, from: Dequantize()))
      for reader in readers + (isOutput ? [float] : []) {
        network.connect(reader, dequantized, capacity: FlowNetwork.unlimited)
      }
    }
  }

  private func conversion(of value: Value, from operation: any Operator) -> Int {
    let real = graph.type(of: value)
    let whole = TensorType(
      .int8, real.shape, quantization: QuantizationParameters(scale: 0x1p-6, zeroPoint: 3))
    let isQuantizing = operation is Quantize
    let context = NodeContext(
      inputs: [isQuantizing ? real : whole], outputs: [isQuantizing ? whole : real],
      constants: [nil], floatClass: .fma)
    return picoseconds(context.estimatedNanoseconds(operation, rates) ?? 0)
  }

  private func picoseconds(_ nanoseconds: Double) -> Int {
    Int(min(nanoseconds * 1000, Self.longest).rounded())
  }

  /// Twenty minutes: sums of it stay below what is unlimited.
  private static let longest = 0x1p50
}
