// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators

extension Pass {
  /// Drops nodes that change neither the elements nor the type, and merges neighbours of one kind.
  package static let identityRemoval = Pass("identity removal") { (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      if isIdentity(node, in: graph) { return [inputs[0]] }
      switch node.operation {
      case let reshape as Reshape:
        return [try builder.reshaped(inputs[0], to: reshape.shape, name: node.name)]
      case let transpose as Transpose:
        return [try builder.transposed(inputs[0], by: transpose.permutation, name: node.name)]
      case let clamp as Clamp:
        return try mergedClamp(clamp, node, of: inputs[0], &builder, in: graph)
      case let slice as Slice:
        guard let (inner, sources) = builder.producer(of: inputs[0], as: Slice.self) else {
          return nil
        }
        return try builder.add(inner.then(slice), sources, name: node.name)
      default:
        return nil
      }
    }
  }
}

private func isIdentity(_ node: Node, in graph: Graph) -> Bool {
  guard node.outputs.count == 1, let input = node.inputs.first,
    graph.type(of: input) == graph.type(of: node.outputs[0])
  else { return false }
  return switch node.operation {
  case is Reshape, is Pad, is Resize, is Quantize, is Expand, is Cast: true
  case let slice as Slice: slice.step.allSatisfy { $0 >= 0 }
  case let transpose as Transpose: transpose.permutation == transpose.permutation.sorted()
  case let clamp as Clamp: clamp.range == .none
  case is Concatenation: node.inputs.count == 1
  default: false
  }
}

extension Slice {
  /// The slice that does this one and then another.
  fileprivate func then(_ outer: Slice) -> Slice {
    let axes = start.indices
    return Slice(
      start: axes.map { start[$0] + outer.start[$0] * step[$0] },
      step: axes.map { outer.count[$0] == 1 ? 1 : step[$0] * outer.step[$0] }, count: outer.count)
  }
}

/// A clamp of a clamp, when no rounding happens between them.
private func mergedClamp(
  _ clamp: Clamp, _ node: Node, of input: Value, _ builder: inout GraphBuilder, in graph: Graph
) throws(OperatorError) -> [Value]? {
  let type = graph.type(of: node.outputs[0])
  guard let (inner, inputs) = builder.producer(of: input, as: Clamp.self),
    builder.type(of: input) == type
  else { return nil }
  return try builder.add(
    Clamp(range: inner.range.then(clamp.range)), inputs, quantization: type.quantization,
    name: node.name)
}
