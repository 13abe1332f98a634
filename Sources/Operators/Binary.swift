// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

// What the elementwise operators of two operands share.

/// The type of `f(a, b)` with both operands float32, int8 or int16.
func inferBinary(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
  try inputs[0].checkActivation(input: 0)
  try inputs[1].checkActivation(input: 1)
  try inputs[1].check(dtype: inputs[0].dtype, input: 1)
  return [inputs[0].output(try Broadcast(inputs[0].shape, inputs[1].shape).output)]
}

/// `activation(f(a, b))` for every element.
func referenceBinary(
  _ inputs: [ReferenceTensor], _ activation: ActivationRange,
  _ function: (Double, Double) -> Double
) -> [ReferenceTensor] {
  referenceElements(inputs) { activation(function($0, $1)) }
}

/// `f(a, b)` for every element.
func referenceElements(
  _ inputs: [ReferenceTensor], _ function: (Double, Double) -> Double
) -> [ReferenceTensor] {
  guard let broadcast = try? Broadcast(inputs[0].shape, inputs[1].shape) else {
    preconditionFailure("types were inferred")
  }
  let sources = broadcast.sources
  let values = zip(sources[0], sources[1]).map {
    function(inputs[0].values[$0], inputs[1].values[$1])
  }
  return [ReferenceTensor(broadcast.output, values)]
}

extension NodeContext {
  /// A float32 step `y = clamp(f(a, b))`.
  func floatBinary(
    _ contract: uk_contract, _ activation: ActivationRange
  ) throws(OperatorError) -> Lowering {
    try inputs[0].check(dtype: .float32, input: 0)
    return .step(
      KernelRequest(
        contract,
        parameters: uk_f32_binary_parameters(
          shape: try Broadcast(inputs[0].shape, inputs[1].shape).stored(), min: activation.min,
          max: activation.max, reserved: (0, 0)),
        operands: [.input(0), .input(1), .output(0)], overwritableInputs: overwritableInputs))
  }

  /// A step on integers of either width; `scales` makes the contract's two multipliers of the
  /// scales of a, b and y.
  func integerBinary(
    _ contracts: (int8: uk_contract, int16: uk_contract), _ activation: ActivationRange,
    scales: (_ a: Double, _ b: Double, _ y: Double) -> (a: Double, b: Double)
  ) throws(OperatorError) -> Lowering {
    let a = try inputs[0].perTensorQuantization(input: 0)
    let b = try inputs[1].perTensorQuantization(input: 1)
    let y = try outputQuantization()
    let multipliers = scales(Double(a.scale), Double(b.scale), Double(y.scale))
    return .step(
      KernelRequest(
        inputs[0].dtype == .int16 ? contracts.int16 : contracts.int8,
        parameters: uk_s8_binary_parameters(
          shape: try Broadcast(inputs[0].shape, inputs[1].shape).stored(),
          a_zero_point: a.zeroPoint, b_zero_point: b.zeroPoint,
          a_scale: try requantizationScale(multipliers.a, input: 0),
          b_scale: try requantizationScale(multipliers.b, input: 1),
          output: uk_requantize(y, range: activation, outputs[0].dtype)),
        operands: [.input(0), .input(1), .output(0)], overwritableInputs: overwritableInputs))
  }

  /// The operands that are not broadcast and so have the output's bytes.
  private var overwritableInputs: [Int] {
    inputs.indices.filter { inputs[$0].byteCount == outputs[0].byteCount }
  }
}
