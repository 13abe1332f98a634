// SPDX-License-Identifier: Apache-2.0
import CEmulatedKernels
import CKernels
import Foundation

extension uk_isa {
  /// Whether this CPU runs kernels of the instruction set.
  var isRunnable: Bool {
    switch self {
    case .UK_ISA_SCALAR, .UK_ISA_NEON: true
    case .UK_ISA_SSE41: cpuFlags.contains("sse4_1")
    case .UK_ISA_AVX2: cpuFlags.isSuperset(of: ["avx2", "fma"])
    case .UK_ISA_AVXVNNI: cpuFlags.isSuperset(of: ["avx2", "fma", "avx_vnni"])
    case .UK_ISA_AVX512: cpuFlags.isSuperset(of: avx512Flags)
    case .UK_ISA_AVX512VNNI: cpuFlags.isSuperset(of: avx512Flags + ["avx512_vnni"])
    @unknown default: false
    }
  }
}

private let avx512Flags: [Substring] = ["avx512f", "avx512bw", "avx512vl", "avx512dq"]

/// The features of this CPU as Linux names them; asked of the system, not of the code under test.
private let cpuFlags: Set<Substring> = {
  guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
    let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flags") })
  else { return [] }
  return Set(line.split(separator: " "))
}()

/// Whether this CPU has fused multiply-add, which the `_fma` contracts need even in scalar form.
let hasFMA: Bool = {
  #if arch(x86_64)
    cpuFlags.contains("fma")
  #else
    true
  #endif
}()

/// The kernels of a contract that this CPU runs, in the order of the list.
func runnableKernels(of contract: uk_contract) -> [uk_kernel_info] {
  (0..<uk_kernel_count).compactMap { uk_kernel_at($0)?.pointee }.filter {
    $0.contract == contract && $0.isa.isRunnable
  }
}

/// Kernels for instructions that this CPU lacks, with those instructions emulated.
func emulatedKernels(of contract: uk_contract) -> [uk_kernel_info] {
  guard !uk_isa.UK_ISA_AVXVNNI.isRunnable, uk_isa.UK_ISA_AVX2.isRunnable else { return [] }
  var kernels: [uk_kernel_info] = []
  while let kernel = uk_emulated_kernel_at(UInt32(kernels.count)) { kernels.append(kernel.pointee) }
  return kernels.filter { $0.contract == contract }
}
