// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

extension TransposedWindow {
  /// The step of a transposed convolution: one convolution for each phase, their constants one
  /// behind the other.
  func convolution(
    _ node: NodeContext, groups: Int, activation: ActivationRange, isPacked: Bool
  ) throws(OperatorError) -> KernelRequest {
    try node.isQuantized()
      ? try integerConvolution(node, groups: groups, activation: activation)
      : try floatConvolution(node, groups: groups, activation: activation, isPacked: isPacked)
  }

  private func floatConvolution(
    _ node: NodeContext, groups: Int, activation: ActivationRange, isPacked: Bool
  ) throws(OperatorError) -> KernelRequest {
    let natural = node.inputs[1].shape
    let layout = try PackedLayout.phases(
      try phases(), columns: natural[0], taps: natural[1] * natural[2], depth: natural[3],
      groups: groups)
    var bias = try node.biasOperand(outputChannels: natural[0])
    let phaseCount = layout.parts.count
    if case .constant(let bytes, let dtype) = bias {
      bias = .constant([[UInt8]](repeating: bytes, count: phaseCount).flatMap { $0 }, dtype)
    } else if phaseCount > 1 {
      throw .inputNotConstant(input: 2)
    }
    return KernelRequest(
      node.floatClass == .fma
        ? .UK_CONTRACT_f32_tconv_clamp_fma : .UK_CONTRACT_f32_tconv_clamp_muladd,
      parameters: uk_f32_window_parameters(
        window: stored(outputChannels: natural[0]), min: activation.min, max: activation.max,
        counts_padding: 0, reserved: 0),
      operands: [
        .input(0), try node.weightsOperand(isPacked: isPacked) { layout.packed($0) }, bias,
        .table([Float](repeating: 0, count: channels), .float32), .output(0),
      ],
      macCount: macCount(natural))
  }

  private func integerConvolution(
    _ node: NodeContext, groups: Int, activation: ActivationRange
  ) throws(OperatorError) -> KernelRequest {
    let weights = try node.constant(1)
    let columns = weights.type.shape[0]
    let zero = Int8(truncatingIfNeeded: try sharedZeroPoint(of: weights.type, input: 1))
    var (panels, biases, scales): ([Int8], [Int32], [Float]) = ([], [], [])
    var last: IntegerContraction?
    for taps in try phases() {
      let data = gathered(weights, taps: taps, groups: groups, zero: zero)
      let integers = try IntegerContraction(
        node.replacing(weights: data), activation: activation, weightAxis: 0)
      panels += packPanels(
        integers.weights, columns: columns, taps: taps.count, depth: channels, group: 4)
      biases += padColumns(integers.bias, columns: columns)
      scales += padColumns(integers.scales, columns: columns)
      last = integers
    }
    guard let last else { throw .emptyOutput }
    return KernelRequest(
      .UK_CONTRACT_s8_tconv_requant,
      parameters: uk_s8_window_parameters(
        window: stored(outputChannels: columns), output: last.output,
        weights_zero_point: last.weightsZeroPoint, reserved: (0, 0, 0)),
      operands: [
        .input(0), .table(panels, .int8), .table(biases, .int32), .table(scales, .float32),
        .table([Int8](repeating: last.inputZeroPoint, count: channels), .int8), .output(0),
      ],
      macCount: macCount(weights.type.shape))
  }

  private func macCount(_ weights: Shape) -> Int {
    batch * input.height * input.width * weights.elementCount
  }

  /// The weights of one phase, `[O, taps, C]`: `zero` where the kernel has no tap and between
  /// groups.
  private func gathered(
    _ weights: TensorData, taps: [Int?], groups: Int, zero: Int8
  ) -> TensorData {
    let layout = weights.type.shape
    let (columns, depth) = (layout[0], layout[3])
    let values = weights.int8Values
    var phase = [Int8](repeating: zero, count: columns * taps.count * channels)
    for column in 0..<columns {
      let group = column / (columns / groups)
      for (index, tap) in taps.enumerated() {
        guard let tap else { continue }
        let from = (column * layout[1] * layout[2] + tap) * depth
        let to = (column * taps.count + index) * channels + group * depth
        phase.replaceSubrange(to..<to + depth, with: values[from..<from + depth])
      }
    }
    return TensorData(
      [columns, taps.count, channels], int8: phase, quantization: weights.type.quantization)
  }
}

extension NodeContext {
  /// The same node with other weights.
  fileprivate func replacing(weights: TensorData) -> NodeContext {
    var (types, data) = (inputs, constants)
    types[1] = weights.type
    data[1] = weights
    return NodeContext(inputs: types, outputs: outputs, constants: data, floatClass: floatClass)
  }
}
