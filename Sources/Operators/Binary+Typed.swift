// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

// What the elementwise operators share whose contract is told the dtype: comparisons, minimum,
// maximum and the arithmetic of plain integers.

/// The shape of `f(a, b)`, for operands of one dtype, scale and zero point.
func inferTyped(
  _ inputs: [TensorType], dtypes: [DType] = typedDTypes
) throws(OperatorError) -> Shape {
  try inputs[0].check(dtype: dtypes, input: 0)
  try inputs[1].check(dtype: inputs[0].dtype, input: 1)
  if let quantization = inputs[0].quantization, quantization.perTensor == nil {
    throw .quantizationUnsupported(input: 0)
  }
  guard inputs[0].quantization == inputs[1].quantization else {
    throw .quantizationUnsupported(input: 1)
  }
  return try Broadcast(inputs[0].shape, inputs[1].shape).output
}

/// The dtypes that the typed contracts know.
let typedDTypes: [DType] = [.float32, .int8, .uint8, .int16, .int32, .int64, .bool]

extension NodeContext {
  /// A step `y = f(a, b)`; `function` is a number of `uk_relation` or `uk_arithmetic`.
  func typedBinary(
    _ contract: uk_contract, _ function: UInt32, overwritableInputs: [Int]
  ) throws(OperatorError) -> Lowering {
    .step(
      KernelRequest(
        contract,
        parameters: uk_typed_binary_parameters(
          shape: try Broadcast(inputs[0].shape, inputs[1].shape).stored(),
          dtype: UInt32(inputs[0].dtype.rawValue), function: function, reserved: (0, 0)),
        operands: [.input(0), .input(1), .output(0)], overwritableInputs: overwritableInputs))
  }

  /// The operands that have the output's own layout.
  var wholeInputs: [Int] { inputs.indices.filter { inputs[$0].shape == outputs[0].shape } }
}
