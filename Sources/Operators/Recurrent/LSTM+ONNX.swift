// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension LSTM {
  /// `LSTM`: one or two directions, with optional initial states.
  ///
  /// Outputs: all h `[T, D, N, H]`, the last h and the last c `[D, N, H]`; with layout 1 the batch
  /// comes first.
  static func fromONNX(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let weights = try ONNXRecurrentWeights(&node, gates: lstmGateCount)
    // Peepholes.
    guard node.optionalInput(7) == nil else { throw .inputUnsupported(input: 7) }
    try node.require("input_forget", 0)
    let wanted = Wanted(node.outputs.map { !$0.name.isEmpty })
    var outputs: [[Value]] = [[], [], []]
    for (number, isReversed) in weights.directions.enumerated() {
      let (ofX, ofH) = try weights.biases(number, &node)
      let bias = TensorData([ofX.count], float32: zip(ofX, ofH).map { $0 + $1 })
      var inputs = try [weights.x] + weights.constants(number, &node)
      inputs.append(node.builder.constant(bias, name: node.name))
      if let state = try weights.states([5, 6], number, &node) { inputs += state }
      let layer = LSTM(wanted.result, isReversed: isReversed)
      let packed = try node.apply(layer, inputs)
      for (index, value) in try layer.parts(of: packed, steps: weights.steps, &node).enumerated() {
        outputs[index].append(value)
      }
    }
    return [
      try weights.joined(outputs[0], isSequence: true, &node),
      try weights.joined(outputs[1], isSequence: false, &node),
      try weights.joined(outputs[2], isSequence: false, &node),
    ]
  }

  /// Which outputs a model reads, as far as its node tells.
  private struct Wanted {
    let result: Result

    init(_ isNamed: [Bool]) {
      let (all, cell) = (isNamed.first ?? false, isNamed.count > 2 && isNamed[2])
      result =
        switch (all, cell) {
        case (true, true): .sequenceAndCell
        case (true, false): .sequence
        case (false, true): .lastAndCell
        case (false, false): .last
        }
    }
  }

  /// All h, the last h, the last c; a part that is not there is stood for by another.
  private func parts(
    of packed: Value, steps: Int, _ node: inout ImportedNode
  ) throws(OperatorError) -> [Value] {
    let last = isReversed ? 0 : steps - 1
    switch result {
    case .last: return [packed, packed, packed]
    case .sequence:
      let h = try node.part(last, of: packed)
      return [packed, h, h]
    case .lastAndCell:
      let h = try node.part(0, of: packed)
      return [h, h, try node.part(1, of: packed)]
    case .sequenceAndCell:
      return [
        try node.parts(0..<steps, of: packed), try node.part(last, of: packed),
        try node.part(steps, of: packed),
      ]
    }
  }
}
