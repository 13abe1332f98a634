// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The int8 that stands for a real: rounded to nearest even, saturated; NaN gives the zero point.
func quantized(_ real: Double, _ parameters: (scale: Float, zeroPoint: Int32)) -> Int8 {
  quantized(real, parameters, as: Int8.self)
}

/// The same of an integer of another width.
private func quantized<Integer: FixedWidthInteger>(
  _ real: Double, _ parameters: (scale: Float, zeroPoint: Int32), as type: Integer.Type
) -> Integer {
  let value = (real / Double(parameters.scale)).rounded(.toNearestOrEven)
  let stored = (value.isNaN ? 0 : value) + Double(parameters.zeroPoint)
  return Integer(min(max(stored, Double(Integer.min)), Double(Integer.max)))
}

extension uk_requantize {
  /// The stored clamp and zero point of an int8 output, or of an int16 one.
  init(
    _ parameters: (scale: Float, zeroPoint: Int32), range: ActivationRange = .none,
    _ dtype: DType = .int8
  ) {
    func stored(_ real: Float) -> Int32 {
      dtype == .int16
        ? Int32(quantized(Double(real), parameters, as: Int16.self))
        : Int32(quantized(Double(real), parameters))
    }
    self.init(
      zero_point: parameters.zeroPoint, min: stored(range.min), max: stored(range.max), reserved: 0)
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
  /// A step that brings integers to the scale of the output, one of both being int16.
  func requantization(range: ActivationRange = .none) throws(OperatorError) -> Lowering {
    let x = try inputs[0].perTensorQuantization(input: 0)
    let y = try outputQuantization()
    let matrix = MatrixView(elementsOf: inputs[0].shape)
    let isSameWidth = inputs[0].dtype == outputs[0].dtype
    return .step(
      KernelRequest(
        isSameWidth
          ? .UK_CONTRACT_s16_requantize
          : inputs[0].dtype == .int8
            ? .UK_CONTRACT_s8_s16_requantize : .UK_CONTRACT_s16_s8_requantize,
        parameters: uk_requantize_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns),
          multiplier: try requantizationScale(Double(x.scale) / Double(y.scale), input: 0),
          input_zero_point: x.zeroPoint,
          output: uk_requantize(y, range: range, outputs[0].dtype)),
        operands: [.input(0), .output(0)], overwritableInputs: isSameWidth ? [0] : []))
  }

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
