// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import TensorCore

/// How a float graph is to be computed in integers: all that the QDQ form of it says.
struct QuantizationScheme {
  /// Prepared: channels last, one node for each layer.
  let graph: Graph

  private(set) var placement: Placement

  /// How ranges were told from samples.
  private(set) var method: CalibrationMethod

  /// For every value that an integer node reads or writes as an activation, but for constants: its
  /// int8.
  var activations: [Value: QuantizationParameters]

  /// The same values' int16.
  private(set) var wideActivations: [Value: QuantizationParameters]

  /// The integer layers, by node.
  var layers: [Int: QuantizedLayer]

  /// The weights of integer recurrent layers, those of x and of the output, by node.
  private(set) var recurrentWeights: [Int: [QuantizedWeights]]

  /// The scheme with ranges of activations told by another method.
  func ranged(
    _ statistics: [Value: ActivationStatistics], by method: CalibrationMethod
  ) -> QuantizationScheme {
    var scheme = self
    scheme.method = method
    let ranged = QuantizationScheme(graph, placement, statistics, method: method)
    scheme.activations = ranged.activations
    scheme.recurrentWeights = ranged.recurrentWeights
    for layer in graph.layers {
      // A finer input scale makes more units of a bias: the weights' must be coarser then.
      guard let input = scheme.activations[layer.input],
        scheme.layers[layer.node]?.biasFits(input: input) == false
      else { continue }
      scheme.layers[layer.node]?.weights = QuantizedWeights(layer, inputScale: input.scales[0])
    }
    return scheme
  }

  /// The scheme with more nodes in float.
  func keepingFloat(_ nodes: Set<Int>) -> QuantizationScheme { keeping(.float32, nodes: nodes) }

  /// The scheme with some of its integer nodes in another precision; in float where they have no
  /// form in it.
  func keeping(_ precision: Precision, nodes: Set<Int>) -> QuantizationScheme {
    var scheme = self
    scheme.placement = placement.keeping(precision, nodes: nodes, of: graph)
    return scheme
  }

  /// How integers of a width stand for a value; `nil` for what no integer node reads or writes.
  func parameters(of value: Value, in precision: Precision) -> QuantizationParameters? {
    precision == .int16 ? wideActivations[value] : activations[value]
  }

  /// The scheme as a graph in which quantising and dequantising stand around every integer node.
  ///
  /// It means what it computes in float arithmetic (QDQ in ONNX); the compiler's fusion computes it
  /// in integers, and the exporter writes it as it stands.
  func quantizedGraph() throws(QuantizationError) -> Graph {
    do throws(OperatorError) {
      return try QDQWriter(self).graph()
    } catch {
      throw .rewriting(error)
    }
  }
}

extension QuantizationScheme {
  /// The names of the nodes that give reals and are computed in a precision.
  func nodeNames(in precision: Precision) -> [String] {
    graph.nodes.indices.compactMap { index in
      let node = graph.nodes[index]
      let isReal = graph.type(of: node.outputs[0]).dtype == .float32
      return isReal && placement.precisions[index] == precision ? node.name : nil
    }
  }

  /// The names of the nodes that give reals and are computed in integers, or are not.
  func nodeNames(inIntegers isInteger: Bool) -> [String] {
    graph.nodes.indices.compactMap { index in
      let node = graph.nodes[index]
      let isReal = graph.type(of: node.outputs[0]).dtype == .float32
      let isPlaced = (placement.precisions[index] != .float32) == isInteger
      return isReal && isPlaced ? node.name : nil
    }
  }

  /// Chooses scales from what was seen of a graph's values; weights are rounded to nearest.
  init(
    _ graph: Graph, _ placement: Placement, _ statistics: [Value: ActivationStatistics],
    method: CalibrationMethod
  ) {
    self.graph = graph
    self.placement = placement
    self.method = method
    let groups = ScaleGroups(graph, placement, statistics)
    var joined: [Value: ActivationStatistics] = [:]
    for value in placement.quantizedValues(graph) {
      guard let own = statistics[value] else { preconditionFailure("every value was observed") }
      joined[groups.representative(value), default: own].join(own)
    }
    for (value, constant) in groups.constants {
      joined[value]?.join(constant)
    }
    let wide = joined.mapValues { QuantizationParameters(wideActivations: $0) }
    let functions = groups.functions(graph, placement)
    var ranges: [Value: ClosedRange<Double>] = [:]
    for (value, statistics) in joined {
      ranges[value] = method.range(
        of: statistics, attainable: groups.attainable[value], readBy: functions[value])
    }
    let recurrent = graph.recurrentLayers.filter { placement.isInteger[$0.node] }
    for layer in recurrent where !layer.operation.givesSequence {
      // Only the last step was seen: sigmoid times tanh is at most 1.
      ranges[groups.representative(layer.output)] = -1...1
    }
    let shared = ranges.mapValues { QuantizationParameters(activations: $0) }
    activations = [:]
    wideActivations = [:]
    for value in placement.quantizedValues(graph) {
      activations[value] = shared[groups.representative(value)]
      wideActivations[value] = wide[groups.representative(value)]
    }
    layers = [:]
    for layer in graph.layers where placement.precisions[layer.node] != .float32 {
      layers[layer.node] = QuantizedLayer(
        weights: QuantizedWeights(layer, inputScale: activations[layer.input]?.scales[0] ?? 1),
        bias: layer.bias)
    }
    recurrentWeights = [:]
    for layer in recurrent {
      recurrentWeights[layer.node] = layer.quantized(
        inputScale: activations[layer.input]?.scales[0] ?? 1,
        outputScale: activations[layer.output]?.scales[0] ?? 1)
    }
  }
}

extension QuantizedWeights {
  /// The weights of a layer, the greatest of each output channel at 127 or −127.
  package init(_ layer: Layer, inputScale: Float) {
    self.init(
      layer.weights, shape: layer.shape, axis: layer.channelAxis, bias: layer.bias,
      inputScale: inputScale)
  }

  /// Weights, the greatest of each output channel at 127 or −127.
  ///
  /// A channel whose bias would be more than 2³⁰ units counts in units so large that it is not:
  /// beside such a bias its weights are next to nothing. A channel without weights counts in the
  /// same, so that its bias, which is all it gives, is exact to 30 bits.
  init(_ weights: [Float], shape: Shape, axis: Int, bias: [Float], inputScale: Float) {
    let magnitudes = channelMagnitudes(weights, shape: shape, axis: axis)
    let scales = zip(magnitudes, bias).map { magnitude, bias in
      let least = Float(Double(bias.magnitude) / 0x1p30 / Double(inputScale))
      let bounded = least.isNormal ? least : nil
      return max(symmetricScale(magnitude) ?? bounded ?? 1, least)
    }
    self.init(weights, shape: shape, axis: axis, scales: scales)
  }
}
