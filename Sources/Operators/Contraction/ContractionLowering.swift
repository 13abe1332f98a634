// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The contracts of a float32 contraction, one for each class.
struct FloatContracts {
  let fma: uk_contract
  let muladd: uk_contract

  static let int8Weights = FloatContracts(
    fma: .UK_CONTRACT_f32_w8_gemm_fma, muladd: .UK_CONTRACT_f32_w8_gemm_muladd)
  static let int4Weights = FloatContracts(
    fma: .UK_CONTRACT_f32_w4_gemm_fma, muladd: .UK_CONTRACT_f32_w4_gemm_muladd)
  static let float16Weights = FloatContracts(
    fma: .UK_CONTRACT_f32_w16_gemm_fma, muladd: .UK_CONTRACT_f32_w16_gemm_muladd)

  func float(_ floatClass: FloatClass) -> uk_contract {
    switch floatClass {
    case .fma: fma
    case .muladd: muladd
    }
  }
}

/// The contracts of one contraction: int8, int16 unless there is none, and float32 of each class.
struct ContractionContracts {
  let int8: uk_contract
  var int16: uk_contract?
  let fma: uk_contract
  let muladd: uk_contract

  static let gemm = ContractionContracts(
    int8: .UK_CONTRACT_s8_gemm_requant, int16: .UK_CONTRACT_s16_gemm_requant,
    fma: .UK_CONTRACT_f32_gemm_clamp_fma, muladd: .UK_CONTRACT_f32_gemm_clamp_muladd)
  static let convolution = ContractionContracts(
    int8: .UK_CONTRACT_s8_conv_requant, int16: .UK_CONTRACT_s16_conv_requant,
    fma: .UK_CONTRACT_f32_conv_clamp_fma, muladd: .UK_CONTRACT_f32_conv_clamp_muladd)
  static let convolutionByRuns = ContractionContracts(
    int8: .UK_CONTRACT_s8_conv_runs_requant, fma: convolution.fma, muladd: convolution.muladd)
  static let depthwise = ContractionContracts(
    int8: .UK_CONTRACT_s8_dwconv_requant, int16: .UK_CONTRACT_s16_dwconv_requant,
    fma: .UK_CONTRACT_f32_dwconv_clamp_fma, muladd: .UK_CONTRACT_f32_dwconv_clamp_muladd)
  static let depthwiseInPlace = ContractionContracts(
    int8: .UK_CONTRACT_s8_dwconv_inplace_requant, fma: .UK_CONTRACT_f32_dwconv_inplace_clamp_fma,
    muladd: .UK_CONTRACT_f32_dwconv_inplace_clamp_muladd)

  func integer(_ dtype: DType) throws(OperatorError) -> uk_contract {
    guard dtype == .int16 else { return int8 }
    guard let int16 else { throw .dtype(input: 0, actual: .int16) }
    return int16
  }

  func float(_ floatClass: FloatClass) -> uk_contract {
    FloatContracts(fma: fma, muladd: muladd).float(floatClass)
  }
}

/// `a[rows, depth] · w[columns, depth]ᵀ`; the weights have this type, and lie in panels where they
/// are packed.
func matrixProduct(
  _ node: NodeContext, rows: Int, columns: Int, depth: Int, activation: ActivationRange,
  isPacked: Bool = false
) throws(OperatorError) -> KernelRequest {
  let macCount = rows * columns * depth
  let (m, n, k) = (UInt32(rows), UInt32(columns), UInt32(depth))
  let dtype = try node.activationType()
  if dtype != .float32 {
    let integers = try IntegerConstants(node, activation: activation, weightAxis: 0)
    let panels = packPanels(integers.weights, columns: columns, taps: 1, depth: depth, group: 4)
    return KernelRequest(
      try ContractionContracts.gemm.integer(dtype),
      parameters: uk_s8_gemm_parameters(
        rows: m, columns: n, depth: k, weights_zero_point: integers.weightsZeroPoint,
        output: integers.output),
      operands: [.input(0), .table(panels, .int8)] + integers.columnOperands + [.output(0)],
      macCount: macCount)
  }
  let parameters = uk_f32_gemm_parameters(
    rows: m, columns: n, depth: k, reserved: 0, min: activation.min, max: activation.max,
    reserved2: (0, 0))
  if node.inputs[1].dtype != .float32 {
    let weights = try StoredWeights(node.constant(1), columns: columns, depth: depth)
    let bias = try node.floatBias(outputChannels: columns)
    return KernelRequest(
      weights.contracts.float(node.floatClass), parameters: parameters,
      operands: [.input(0), weights.panels, .columns(bias, .float32)] + weights.scales
        + [.output(0)],
      macCount: macCount)
  }
  let panels = try node.weightsOperand(isPacked: isPacked) { weights in
    packPanels(weights, columns: columns, taps: 1, depth: depth, group: 1)
  }
  let bias = try node.biasOperand(outputChannels: columns)
  return KernelRequest(
    ContractionContracts.gemm.float(node.floatClass), parameters: parameters,
    operands: [.input(0), panels, bias, .output(0)], macCount: macCount)
}

extension Window {
  /// A convolution over this window; `weightAxis` is the axis of the weights that counts output
  /// channels.
  func convolution(
    _ node: NodeContext, _ contracts: ContractionContracts, activation: ActivationRange,
    weightAxis: Int, packing: WindowPacking, isPacked: Bool
  ) throws(OperatorError) -> KernelRequest {
    let columns = node.inputs[1].shape[weightAxis]
    let depth = packing == .channels ? 1 : channels
    let macCount = outputCount * tapCount * depth * columns
    let dtype = try node.activationType()
    if dtype != .float32 {
      let integers = try IntegerConstants(
        node, activation: activation, weightAxis: weightAxis)
      let packed = packing.pack(
        integers.weights, window: self, columns: columns, group: 4,
        zero: Int8(integers.weightsZeroPoint))
      return KernelRequest(
        try contracts.integer(dtype),
        parameters: uk_s8_window_parameters(
          window: stored(outputChannels: columns), output: integers.output,
          weights_zero_point: integers.weightsZeroPoint, reserved: (0, 0, 0)),
        operands: [.input(0), .table(packed, .int8)] + integers.columnOperands
          + [integers.pad(channels: channels), .output(0)],
        macCount: macCount)
    }
    let weights = try node.weightsOperand(isPacked: isPacked) { weights in
      packing.pack(weights, window: self, columns: columns, group: 1, zero: 0)
    }
    let bias = try node.biasOperand(outputChannels: columns)
    let padRow = [Float](repeating: 0, count: channels)
    return KernelRequest(
      contracts.float(node.floatClass),
      parameters: uk_f32_window_parameters(
        window: stored(outputChannels: columns), min: activation.min, max: activation.max,
        counts_padding: 0, reserved: 0),
      operands: [.input(0), weights, bias, .table(padRow, .float32), .output(0)],
      macCount: macCount)
  }
}

/// The constants of a contraction on integers of either width, as kernels take them.
private struct IntegerConstants {
  let weights: [Int8]
  let weightsZeroPoint: Int32
  let columnOperands: [KernelRequest.Operand]
  let output: uk_requantize

  /// What stands for 0 outside an image; `nil` in int16, where it is 0.
  private let inputZeroPoint: Int8?

  init(
    _ node: NodeContext, activation: ActivationRange, weightAxis: Int
  ) throws(OperatorError) {
    if node.inputs[0].dtype == .int16 {
      let wide = try WideContraction(node, activation: activation, weightAxis: weightAxis)
      (weights, weightsZeroPoint, inputZeroPoint) = (wide.weights, 0, nil)
      (columnOperands, output) = (wide.columnOperands, wide.output)
    } else {
      let narrow = try IntegerContraction(node, activation: activation, weightAxis: weightAxis)
      (weights, weightsZeroPoint) = (narrow.weights, narrow.weightsZeroPoint)
      inputZeroPoint = narrow.inputZeroPoint
      (columnOperands, output) = (narrow.columnOperands, narrow.output)
    }
  }

  /// A pixel of padding.
  func pad(channels: Int) -> KernelRequest.Operand {
    guard let inputZeroPoint else {
      return .table([Int16](repeating: 0, count: channels), .int16)
    }
    return .table([Int8](repeating: inputZeroPoint, count: channels), .int8)
  }
}

/// How the weights of a convolution are laid out.
enum WindowPacking {
  /// `[O, taps, C]` to panels.
  case panels
  /// The same, all that is under a row of the kernel being one tap: `[O, kh, kw·C]`.
  case runs
  /// `[taps, C]` with padded channels: depthwise.
  case channels

  func pack<Element: ExpressibleByIntegerLiteral>(
    _ weights: [Element], window: Window, columns: Int, group: Int, zero: Element
  ) -> [Element] {
    switch self {
    case .panels:
      packPanels(
        weights, columns: columns, taps: window.tapCount, depth: window.channels, group: group)
    case .runs:
      packPanels(
        weights, columns: columns, taps: window.kernel.height,
        depth: window.kernel.width * window.channels, group: group, padding: zero)
    case .channels: padColumns(weights, columns: columns)
    }
  }
}
