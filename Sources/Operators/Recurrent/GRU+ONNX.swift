// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension GRU {
  /// `GRU`: one or two directions, with an optional initial state.
  ///
  /// Outputs: all h `[T, D, N, H]` and the last `[D, N, H]`; with layout 1 the batch comes first.
  static func fromONNX(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let weights = try ONNXRecurrentWeights(&node, gates: gateCount)
    let resetsAfter = try node.attributes.bool("linear_before_reset", default: false)
    let givesSequence = node.outputs.first.map { !$0.name.isEmpty } ?? false
    var sequences: [Value] = []
    var lasts: [Value] = []
    for (number, isReversed) in weights.directions.enumerated() {
      // Of z and r the model has two biases, which come to one.
      let (ofX, ofH) = try weights.biases(number, &node)
      let shared = (0..<2 * weights.hidden).map { ofX[$0] + ofH[$0] }
      let bias = shared + ofX[shared.count...] + ofH[shared.count...]
      var inputs = try [weights.x] + weights.constants(number, &node)
      inputs.append(
        node.builder.constant(TensorData([bias.count], float32: bias), name: node.name))
      if let state = try weights.states([5], number, &node) { inputs += state }
      let layer = GRU(
        givesSequence: givesSequence, isReversed: isReversed, resetsAfter: resetsAfter)
      let h = try node.apply(layer, inputs)
      sequences.append(h)
      lasts.append(
        givesSequence ? try node.part(isReversed ? 0 : weights.steps - 1, of: h) : h)
    }
    return [
      try weights.joined(sequences, isSequence: true, &node),
      try weights.joined(lasts, isSequence: false, &node),
    ]
  }
}
