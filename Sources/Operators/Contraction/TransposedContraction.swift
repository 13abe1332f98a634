// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

extension TransposedWindow {
  /// The step of a transposed convolution: one convolution for each phase, their constants one
  /// behind the other.
  func convolution(
    _ node: NodeContext, groups: Int, activation: ActivationRange
  ) throws(OperatorError) -> KernelRequest {
    let weights = try node.constant(1)
    let columns = weights.type.shape[0]
    let isInt8 = try node.isQuantized()
    let zeroPoint = isInt8 ? try sharedZeroPoint(of: weights.type, input: 1) : 0
    let zero = UInt8(truncatingIfNeeded: zeroPoint)
    var all: [PhaseConstants] = []
    for taps in try phases() {
      let data = gathered(weights, taps: taps, groups: groups, zero: zero)
      all.append(
        try PhaseConstants(
          node.replacing(weights: data), taps: taps.count, depth: channels, activation: activation))
    }
    let operands = [all.map(\.weights), all.map(\.bias)] + (isInt8 ? [all.map(\.scale)] : [])
    let dtypes: [DType] = isInt8 ? [.int8, .int32, .float32] : [.float32, .float32]
    return KernelRequest(
      isInt8
        ? .UK_CONTRACT_s8_tconv_requant
        : node.floatClass == .fma
          ? .UK_CONTRACT_f32_tconv_clamp_fma : .UK_CONTRACT_f32_tconv_clamp_muladd,
      parameterBytes: all[0].parameters(stored(outputChannels: columns), activation),
      operands: [.input(0)]
        + zip(operands, dtypes).map { .constant(Array($0.joined()), $1) }
        + [.constant(all[0].pad, dtypes[0]), .output(0)],
      macCount: batch * input.height * input.width * weights.type.shape.elementCount)
  }

  /// The weights of one phase, `[O, taps, C]`: `zero` where the kernel has no tap and between
  /// groups.
  private func gathered(
    _ weights: TensorData, taps: [Int?], groups: Int, zero: UInt8
  ) -> TensorData {
    let shape = weights.type.shape
    let (columns, depth, size) = (shape[0], shape[3], weights.type.dtype.byteCount)
    var bytes = [UInt8](repeating: zero, count: columns * taps.count * channels * size)
    for column in 0..<columns {
      let group = column / (columns / groups)
      for (index, tap) in taps.enumerated() {
        guard let tap else { continue }
        let run = depth * size
        let from = (column * shape[1] * shape[2] + tap) * run
        let to = (column * taps.count + index) * channels * size + group * run
        bytes.replaceSubrange(to..<to + run, with: weights.bytes[from..<from + run])
      }
    }
    let type = TensorType(
      weights.type.dtype, [columns, taps.count, channels], quantization: weights.type.quantization)
    return TensorData(type, bytes: bytes)
  }
}

/// What the convolution of one phase reads, packed, and what is the same for all.
private struct PhaseConstants {
  let weights: [UInt8]
  let bias: [UInt8]
  let scale: [UInt8]
  let pad: [UInt8]
  private let integers: IntegerContraction?

  init(
    _ node: NodeContext, taps: Int, depth: Int, activation: ActivationRange
  ) throws(OperatorError) {
    let columns = node.inputs[1].shape[0]
    func padded<Element: BitwiseCopyable & ExpressibleByIntegerLiteral>(
      _ values: [Element]
    ) -> [UInt8] {
      littleEndianBytes(of: padColumns(values, columns: columns))
    }
    if try node.isQuantized() {
      let integers = try IntegerContraction(node, activation: activation, weightAxis: 0)
      weights = littleEndianBytes(
        of: packPanels(integers.weights, columns: columns, taps: taps, depth: depth, group: 4))
      bias = padded(integers.bias)
      scale = padded(integers.scales)
      pad = littleEndianBytes(of: [Int8](repeating: integers.inputZeroPoint, count: depth))
      self.integers = integers
    } else {
      let floats = try FloatContraction(node, outputChannels: columns)
      weights = littleEndianBytes(
        of: packPanels(floats.weights, columns: columns, taps: taps, depth: depth, group: 1))
      bias = padded(floats.bias)
      scale = []
      pad = littleEndianBytes(of: [Float](repeating: 0, count: depth))
      integers = nil
    }
  }

  func parameters(_ window: uk_window, _ activation: ActivationRange) -> [UInt8] {
    guard let integers else {
      return littleEndianBytes(
        of: uk_f32_window_parameters(
          window: window, min: activation.min, max: activation.max, counts_padding: 0,
          reserved: 0))
    }
    return littleEndianBytes(
      of: uk_s8_window_parameters(
        window: window, output: integers.output, weights_zero_point: integers.weightsZeroPoint,
        reserved: (0, 0, 0)))
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
