// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine

/// How fast a CPU runs the kernel of each contract, for estimates.
///
/// A roofline of one number a contract: good to tell which of two forms of a layer is faster, and
/// to add up a network to some 20 %; not a promise.
package struct KernelRates: Hashable, Sendable {
  /// What a kernel does in a nanosecond.
  package enum Rate: Hashable, Sendable {
    /// Multiply-accumulates.
    case multiplyAccumulates(Double)
    /// Bytes of all operands.
    case bytes(Double)
  }

  /// By the name of the contract.
  package var rates: [String: Rate]

  package init(_ rates: [String: Rate]) { self.rates = rates }

  /// The time of one step in nanoseconds.
  ///
  /// A contract without a rate is taken for a copy.
  package func nanoseconds(contract: uk_contract, macCount: Int, byteCount: Int) -> Double {
    switch rates["\(contract.name)"] {
    case .multiplyAccumulates(let rate): Double(macCount) / rate
    case .bytes(let rate): Double(byteCount) / rate
    case nil: Double(byteCount) / Self.copiedBytes
    }
  }

  /// Bytes a nanosecond where nothing else is known.
  private static let copiedBytes = 10.0
}
