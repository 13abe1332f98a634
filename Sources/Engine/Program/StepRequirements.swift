// SPDX-License-Identifier: Apache-2.0
import CKernels

/// What a step asks of its operands, worked out from its contract and parameters alone.
///
/// The compiler sizes tensors by it; the program verifier refuses a file whose tensors are smaller.
package struct StepRequirements: Equatable, Sendable {
  /// The bytes that the kernel may touch at each operand, from its start.
  package var operandBytes: [Int]

  /// The bytes from one row to the next at each operand; 0 where rows are not addressed.
  package var rowBytes: [Int]

  /// The rows held at each operand; 0 where rows are not addressed.
  package var rowCounts: [Int]

  /// The extent of the row range that threads share.
  package var rows: Int

  /// Scratch that one call needs, in bytes.
  package var scratchBytes: Int
}

/// The requirements of a contract, or `nil` when the parameters are not valid for it: wrong size,
/// zero extent, a reserved field that is not 0, a count that overflows, NaN.
///
/// Total: any bytes give an answer.
package func stepRequirements(of contract: uk_contract, parameters: [UInt8]) -> StepRequirements? {
  nil
}
