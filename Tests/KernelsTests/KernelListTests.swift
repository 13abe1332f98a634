// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

@Suite struct KernelListTests {
  static var kernels: [uk_kernel_info] {
    (0..<uk_kernel_count).compactMap { uk_kernel_at($0)?.pointee }
  }

  static var contracts: [uk_contract_info] {
    (0..<uk_contract_count).compactMap { uk_contract_at($0)?.pointee }
  }

  @Test func contractsAreOrderedAndHaveScalarKernels() {
    let ids = Self.contracts.map { $0.contract.rawValue }
    #expect(ids == Set(ids).sorted())
    for contract in Self.contracts {
      let isas = Self.kernels.filter { $0.contract == contract.contract }.map { $0.isa }
      let name = String(cString: contract.name)
      #expect(isas.contains(.UK_ISA_SCALAR), "\(name)")
      #expect(!(name.hasSuffix("_fma") && isas.contains(.UK_ISA_SSE41)), "\(name)")
      #expect(contract.operand_count <= UInt32(UK_MAX_OPERANDS), "\(name)")
      #expect(contract.parameter_bytes % 16 == 0, "\(name)")
    }
  }

  /// A symbol's variant begins with its instruction set.
  @Test func symbolsSayTheirInstructionSet() {
    let spellings: [uk_isa: String] = [
      .UK_ISA_SCALAR: "scalar", .UK_ISA_SSE41: "sse41", .UK_ISA_AVX2: "avx2",
      .UK_ISA_AVXVNNI: "avxvnni", .UK_ISA_AVX512: "avx512", .UK_ISA_AVX512VNNI: "avx512vnni",
      .UK_ISA_NEON: "neon",
    ]
    for kernel in Self.kernels {
      let symbol = String(cString: kernel.symbol)
      let variant = symbol.split(separator: "__").last ?? ""
      #expect(variant.hasPrefix(spellings[kernel.isa] ?? "?"), "\(symbol)")
    }
  }

  /// Shows in the log which kernels no other test of this run has executed.
  @Test(
    .enabled(
      if: kernels.allSatisfy { $0.isa.isRunnable },
      "this CPU lacks an instruction set of the list: those kernels are not tested here"))
  func everyKernelRuns() { #expect(Self.kernels.allSatisfy { $0.isa.isRunnable }) }
}
