// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// Which kernels a session may use.
struct KernelSelection {
  let features: CPUFeatures
  let limit: InstructionSet?

  /// The best kernel of a contract: of the fastest instruction set allowed, the first listed.
  func kernel(for contract: uk_contract) -> uk_kernel_info? {
    var best: uk_kernel_info?
    var bestISA = InstructionSet.scalar
    var index: UInt32 = 0
    // SAFETY: rows of the kernel table live forever.
    while let row = unsafe uk_kernel_at(index)?.pointee {
      index += 1
      guard unsafe row.contract == contract, let isa = unsafe InstructionSet(row.isa),
        isAllowed(isa), unsafe best == nil || isa.rawValue > bestISA.rawValue
      else { continue }
      unsafe best = row
      bestISA = isa
    }
    return unsafe best
  }

  /// Whether the CPU can keep the contract's rounding.
  func canRound(_ contract: uk_contract) -> Bool {
    contract.floatClass != .fma || features.contains(.fma)
  }

  private func isAllowed(_ isa: InstructionSet) -> Bool {
    features.contains(isa.requiredFeatures) && isa.rawValue <= (limit ?? .neon).rawValue
  }
}
