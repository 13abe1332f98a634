// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// A node as its operator sees it when it names a kernel.
package struct NodeContext: Sendable {
  package let inputs: [TensorType]
  package let outputs: [TensorType]

  /// The contents of the inputs that are constants; `nil` for the others.
  package let constants: [TensorData?]
  package let floatClass: FloatClass

  package init(
    inputs: [TensorType], outputs: [TensorType], constants: [TensorData?], floatClass: FloatClass
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.constants = constants
    self.floatClass = floatClass
  }

  /// The contents of an input that the kernel needs at compile time.
  package func constant(_ input: Int) throws(OperatorError) -> TensorData {
    guard let data = constants[input] else { throw .inputNotConstant(input: input) }
    return data
  }
}

/// How a node is computed.
package enum Lowering: Sendable {
  /// The output is the input's bytes under another type; no step runs.
  case alias
  /// Steps, run in order. `inPlace`, when given, does the same with the output on the first input.
  case steps([KernelRequest], inPlace: KernelRequest? = nil)

  package static func step(_ request: KernelRequest) -> Lowering { .steps([request]) }
}

/// One step: a kernel contract with its parameters and operands.
package struct KernelRequest: Sendable {
  /// What the contract reads or writes at one operand.
  package enum Operand: Sendable {
    case input(Int)
    case output(Int)
    /// Bytes made at compile time: packed weights, a table, a pad row.
    case constant([UInt8], DType)
  }

  package let contract: uk_contract

  /// The contract's struct of `uk_parameters.h`, as stored.
  package let parameters: [UInt8]

  /// In the order of the contract's row in `ukernels.inc`; the last one is written.
  package let operands: [Operand]

  /// Inputs whose bytes the output may take: each element is read before, or as, it is written.
  package let overwritableInputs: [Int]

  /// Multiply-accumulates of one run, for reports.
  package let macCount: Int

  package init(
    _ contract: uk_contract, parameters: some BitwiseCopyable, operands: [Operand],
    overwritableInputs: [Int] = [], macCount: Int = 0
  ) {
    self.init(
      contract, parameterBytes: littleEndianBytes(of: parameters), operands: operands,
      overwritableInputs: overwritableInputs, macCount: macCount)
  }

  /// Creates a step of parameters that are stored already.
  package init(
    _ contract: uk_contract, parameterBytes: [UInt8], operands: [Operand],
    overwritableInputs: [Int] = [], macCount: Int = 0
  ) {
    self.contract = contract
    self.parameters = parameterBytes
    self.operands = operands
    self.overwritableInputs = overwritableInputs
    self.macCount = macCount
  }
}
