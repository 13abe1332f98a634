// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The int8 that stands for a real: rounded to nearest even, saturated; NaN gives the zero point.
func quantized(_ real: Double, _ parameters: (scale: Float, zeroPoint: Int32)) -> Int8 {
  let value = (real / Double(parameters.scale)).rounded(.toNearestOrEven)
  return Int8(min(max((value.isNaN ? 0 : value) + Double(parameters.zeroPoint), -128), 127))
}

extension uk_requantize {
  /// The stored clamp and zero point of an int8 output.
  init(_ parameters: (scale: Float, zeroPoint: Int32), range: ActivationRange = .none) {
    self.init(
      zero_point: parameters.zeroPoint, min: Int32(quantized(Double(range.min), parameters)),
      max: Int32(quantized(Double(range.max), parameters)), reserved: 0)
  }
}

/// A real multiplier as kernels apply it: a normal float32.
func requantizationScale(_ real: Double, input: Int) throws(OperatorError) -> Float {
  let scale = Float(real)
  guard scale.isNormal else { throw .quantizationUnsupported(input: input) }
  return scale
}

/// The multiplier of one channel; 0 where it is too small to be normal.
///
/// Converters give channels that are all zero a tiny scale.
func channelScale(_ real: Double, input: Int) throws(OperatorError) -> Float {
  real < Double(Float.leastNormalMagnitude) ? 0 : try requantizationScale(real, input: input)
}

/// A function of one int8 tensor, as the 256 outputs of its 256 inputs, from −128 up.
func lookupTable(
  from input: (scale: Float, zeroPoint: Int32), to output: (scale: Float, zeroPoint: Int32),
  _ function: (Double) -> Double
) -> [Int8] {
  (-128...127).map { stored in
    let x = Double(input.scale) * Double(stored - Int(input.zeroPoint))
    return quantized(function(x), output)
  }
}

extension NodeContext {
  /// A step that maps every int8 element of input 0 through a table.
  func lookup(_ function: (Double) -> Double) throws(OperatorError) -> Lowering {
    let table = lookupTable(
      from: try inputs[0].perTensorQuantization(input: 0), to: try outputQuantization(), function)
    let matrix = MatrixView(elementsOf: inputs[0].shape)
    return .step(
      KernelRequest(
        .UK_CONTRACT_s8_lut,
        parameters: uk_matrix_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), reserved: (0, 0)),
        operands: [.input(0), .table(table, .int8), .output(0)], overwritableInputs: [0]))
  }
}
