// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Works out how far rounding alone can take one implementation of each layer from the exact
/// result.
///
/// Walks a graph in the way that the implementation computes it. Where a layer's tensor is known,
/// it reads exactly that; what lies between known tensors carries its own error on.
struct LayerBounds {
  let graph: Graph
  let inputs: [TensorData]
  let layers: [Layer]
  /// For each layer the numbers that go on, laid out as in the graph; `nil` when they are not
  /// known.
  let known: [ReferenceTensor?]
  /// Whether what goes on was rounded to float32 first.
  let roundsInputs: Bool
  /// The names of the nodes that matter; `nil` for all.
  let names: Set<String>?

  /// A value on the way, and how far it may be off; `nil` when it is exact.
  private struct Estimate {
    let centre: ReferenceTensor
    let error: [Double]?
  }

  /// For each layer, how far it may be off at each element; `nil` for those that are no node.
  func bounds(progress: (Int) -> Void) -> [[Double]?] {
    var bounds = [[Double]?](repeating: nil, count: layers.count)
    var estimates = [Estimate?](repeating: nil, count: graph.values.count)
    var remainingReads = [Int](repeating: 0, count: graph.values.count)
    for node in graph.nodes { for input in node.inputs { remainingReads[input.id] += 1 } }
    for (port, data) in zip(graph.inputs, inputs) {
      let tensor = ReferenceTensor(data.reinterpreted(as: graph.type(of: port.value)))
      estimates[port.value.id] = Estimate(centre: tensor, error: nil)
    }
    let layerOfValue = self.layerOfValue
    for (number, node) in graph.nodes.enumerated() {
      progress(number)
      let operands = names?.contains(node.name) != false ? operands(of: node, estimates) : nil
      for (index, output) in node.outputs.enumerated() {
        let layer = layerOfValue[output.id]
        if let operands {
          let (estimate, bound) = estimate(node, index, operands, layer)
          estimates[output.id] = estimate
          if let layer { bounds[layer] = bound }
        } else if let centre = layer.flatMap({ known[$0] }) {
          let shape = graph.type(of: output).shape
          estimates[output.id] = Estimate(
            centre: ReferenceTensor(shape, centre.values), error: nil)
        }
      }
      for input in node.inputs {
        remainingReads[input.id] -= 1
        if remainingReads[input.id] == 0 { estimates[input.id] = nil }
      }
    }
    return bounds
  }

  /// What a node reads; `nil` when some of it was left out on the way.
  private func operands(of node: Node, _ estimates: [Estimate?]) -> [Estimate]? {
    var operands: [Estimate] = []
    for input in node.inputs {
      let constant = graph.constant(input).map {
        Estimate(centre: ReferenceTensor($0), error: nil)
      }
      guard let operand = estimates[input.id] ?? constant else { return nil }
      operands.append(operand)
    }
    return operands
  }

  private func estimate(
    _ node: Node, _ index: Int, _ operands: [Estimate], _ layer: Int?
  ) -> (Estimate, bound: [Double]) {
    let type = graph.type(of: node.outputs[index])
    let known = layer.flatMap { self.known[$0] }
    let inputs = operands.map(\.centre)
    let centre =
      known.map { ReferenceTensor(type.shape, $0.values) }
      ?? node.operation.reference(inputs)[index].rounded(to: type)
    var errors = operands.map(\.error)
    if let layer, layers[layer].isHybrid, errors[0] == nil {
      errors[0] = byteRounding(of: inputs[0])
    }
    let rounding = RoundingBound(
      operation: node.operation, inputs: inputs, inputErrors: errors, output: centre,
      outputIndex: index, extraRoundings: roundsInputs ? 1 : 0)
    let bound = bound(rounding, type, roundings: layer.map { layers[$0].integerRoundings } ?? 1)
    return (Estimate(centre: centre, error: known == nil ? bound : nil), bound)
  }

  private func bound(
    _ rounding: RoundingBound, _ type: TensorType, roundings: Int
  ) -> [Double] {
    if type.dtype.isFloat { return rounding.values }
    let carried = rounding.carried
    guard let scale = type.quantization?.perTensor?.scale, !rounding.isMove else { return carried }
    // Rules of rounding part two sides by one step each time.
    let steps = Double(max(roundings, 1)) + 0x1p-10
    return carried.map { $0 + steps * Double(scale) }
  }

  /// Half a step of 127 to the largest magnitude: what 8 bits for a whole tensor round off.
  private func byteRounding(of tensor: ReferenceTensor) -> [Double] {
    let greatest = tensor.values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    return tensor.values.map { _ in greatest / 254 }
  }

  /// The layer of each value: a layer's is an output of the last node that has its name.
  private var layerOfValue: [Int: Int] {
    var last: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() { last[node.name] = index }
    var result: [Int: Int] = [:]
    for (index, layer) in layers.enumerated() {
      guard let node = last[layer.node].map({ graph.nodes[$0] }) else { continue }
      let port = graph.outputs.first { $0.name == layer.foreignTensor }?.value
      let output = node.outputs.first { $0 == port } ?? node.outputs.dropFirst(layer.output).first
      guard let output,
        graph.type(of: output).shape.elementCount == layer.type.shape.elementCount
      else { continue }
      result[output.id] = index
    }
    return result
  }
}
