// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

// What the operators of training share: float32 inputs, most of one shape.

/// Checks float32 inputs: the first `whole` of one shape, each of the others a vector of `extent`
/// elements, or of one for each column.
func checkFloats(
  _ inputs: [TensorType], whole: Int, extent: Int? = nil, leastRank: Int = 0
) throws(OperatorError) {
  try inputs[0].check(rank: leastRank...ProgramFormat.maximumRank, input: 0)
  for (index, input) in inputs.enumerated() {
    try input.check(dtype: .float32, input: index)
    let extents = index < whole ? inputs[0].shape.extents : [extent ?? inputs[0].shape[-1]]
    try input.check(extents: extents, input: index)
  }
}

extension NodeContext {
  /// The contract of the node's float class.
  func contract(fma: uk_contract, muladd: uk_contract) -> uk_contract {
    switch floatClass {
    case .fma: fma
    case .muladd: muladd
    }
  }

  /// The step of a contract on all inputs in order, of which the output may take the bytes of the
  /// first `overwritable`.
  func step(
    _ contract: uk_contract, _ parameters: some BitwiseCopyable, overwritable: Int,
    macCount: Int = 0
  ) -> Lowering {
    .step(
      KernelRequest(
        contract, parameters: parameters,
        operands: inputs.indices.map { .input($0) } + [.output(0)],
        overwritableInputs: Array(0..<overwritable), macCount: macCount))
  }
}

extension MatrixView {
  /// The parameters of contracts that need no more.
  var parameters: uk_matrix_parameters {
    uk_matrix_parameters(rows: UInt32(rows), columns: UInt32(columns), reserved: (0, 0))
  }
}
