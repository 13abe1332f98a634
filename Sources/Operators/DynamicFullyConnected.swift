// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// A dense layer that rounds each row of x to int8 by itself:
/// `y[…, n] = clamp(bias[n] + Σ round(x)[…, k] · weights[n, k])`.
///
/// A row's step is a 127th of its greatest magnitude, so what it rounds to are −127 to 127 of
/// these; a row of nothing but numbers below 127 · 2⁻¹²⁶ is zeros. NaN counts as 0, an infinity
/// as the greatest finite number. Nothing depends on samples, and sums of levels are exact.
///
/// Inputs: x `[…, K]` in float32, constant weights `[N, K]` in int8, symmetric with one scale or
/// one for each output channel, optional float32 bias `[N]`; output `[…, N]` in float32. The
/// quantiser makes it, and a pass of what it is exported as. Source: Yao et al. 2022,
/// arXiv:2206.01861, section 4.2 (token-wise quantisation).
package struct DynamicFullyConnected: Operator, Hashable {
  package static let name = "DynamicFullyConnected"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...3
  package static let quantization = QuantizationRule.floatOnly

  package var activation: ActivationRange

  package init(activation: ActivationRange = .none) { self.activation = activation }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(dtype: .float32, input: 0)
    try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
    try inputs[1].check(dtype: .int8, input: 1)
    try inputs[1].check(rank: 2...2, input: 1)
    let columns = inputs[1].shape[0]
    try inputs[1].check(extents: [columns, inputs[0].shape[-1]], input: 1)
    try checkChannelScales(of: inputs[1], axis: 0, input: 1)
    guard try sharedZeroPoint(of: inputs[1], input: 1) == 0 else {
      throw .quantizationUnsupported(input: 1)
    }
    if inputs.count > 2 {
      try inputs[2].check(dtype: .float32, input: 2)
      try inputs[2].check(extents: [columns], input: 2)
    }
    return [inputs[0].output(try Shape(checked: inputs[0].shape.extents.dropLast() + [columns]))]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    var operands = inputs
    operands[0].values = roundedRows(inputs[0]).flatMap { row in
      row.levels.map { Double($0) * row.step }
    }
    return FullyConnected(activation: activation).reference(operands)
  }

  /// Each row of x in int8, and its step.
  ///
  /// In float32, as the rule is: in `Double` other numbers would be ties.
  package func roundedRows(_ x: ReferenceTensor) -> [(levels: [Int], step: Double)] {
    stride(from: 0, to: x.values.count, by: x.shape[-1]).map { start in
      let row = x.values[start..<start + x.shape[-1]].map { Float($0) }
      let greatest = row.reduce(0) { $1.isNaN ? $0 : max($0, abs($1)) }
      let magnitude = min(greatest, .greatestFiniteMagnitude)
      let step = magnitude / 127
      guard step.isNormal else { return (row.map { _ in 0 }, 0) }
      let levels = row.map { value in
        let steps = value * (127 / magnitude)
        return steps.isNaN ? 0 : Int(min(max(steps, -127), 127).rounded(.toNearestOrEven))
      }
      return (levels, Double(step))
    }
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let (columns, depth) = (node.inputs[1].shape[0], node.inputs[1].shape[1])
    let rows = node.inputs[0].shape.elementCount / depth
    // Products of 127 and 128 at most.
    guard depth <= Int(Int32.max) / (127 * 128) else { throw .accumulatorOverflow }
    let levels = try node.constant(1).int8Values
    let panels = packPanels(levels, columns: columns, taps: 1, depth: depth, group: 4)
    let bias = try node.floatBias(outputChannels: columns)
    let scales = try channelScales(of: node.inputs[1], axis: 0, input: 1)
    return .step(
      KernelRequest(
        .UK_CONTRACT_f32_s8_gemm_dynamic,
        parameters: uk_f32_gemm_parameters(
          rows: UInt32(rows), columns: UInt32(columns), depth: UInt32(depth), reserved: 0,
          min: activation.min, max: activation.max, reserved2: (0, 0)),
        operands: [
          .input(0), .table(panels, .int8), .columns(bias, .float32), .columns(scales, .float32),
          .output(0),
        ],
        macCount: rows * columns * depth))
  }
}

// MARK: - Samples

extension DynamicFullyConnected {
  package static let samples: [Sample] = [
    .stored("relu", DynamicFullyConnected(activation: .relu), [3, 2, 45], .weights([19, 45])),
    .stored("one row", DynamicFullyConnected(), [1, 130], .weights([70, 130])),
    .stored("many rows", DynamicFullyConnected(), [40, 67], .weights([33, 67])),
  ]
}
