// SPDX-License-Identifier: Apache-2.0
import CKernels
import CPlatform

/// Instruction sets that kernels are written for, slowest first within one architecture.
public enum InstructionSet: UInt32, CaseIterable, Sendable {
  /// Plain C.
  case scalar = 0
  /// SSE4.1.
  case sse41 = 1
  /// AVX2 with FMA.
  case avx2 = 2
  /// AVX2 with AVX-VNNI.
  case avxvnni = 3
  /// AVX-512 F, BW, VL and DQ.
  case avx512 = 4
  /// AVX-512 with VNNI.
  case avx512vnni = 5
  /// Advanced SIMD of ARMv8, or of ARMv7 with VFPv4.
  case neon = 6

  /// The instruction set of a name such as `avx2`, or `nil` when there is none.
  public init?(named name: String) {
    for candidate in InstructionSet.allCases
    where name.utf8.elementsEqual(candidate.name.description.utf8) {
      self = candidate
      return
    }
    return nil
  }

  /// The name used on the command line, such as `avx2`.
  public var name: StaticString {
    switch self {
    case .scalar: "scalar"
    case .sse41: "sse41"
    case .avx2: "avx2"
    case .avxvnni: "avxvnni"
    case .avx512: "avx512"
    case .avx512vnni: "avx512vnni"
    case .neon: "neon"
    }
  }

  /// Whether this CPU has the instructions.
  public var isAvailable: Bool { CPUFeatures.current.contains(requiredFeatures) }

  var requiredFeatures: CPUFeatures {
    switch self {
    case .scalar: []
    case .sse41: .sse41
    case .avx2: [.avx2, .fma]
    case .avxvnni: [.avxvnni, .avx2, .fma]
    case .avx512: [.avx512, .avx2, .fma]
    case .avx512vnni: [.avx512vnni, .avx512, .avx2, .fma]
    case .neon: .neon
    }
  }

  /// The instruction set of a row of `ukernels.inc`.
  init?(_ isa: uk_isa) { self.init(rawValue: isa.rawValue) }
}

/// What a CPU can do; `cp_cpu_feature` as a set.
package struct CPUFeatures: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let sse41 = CPUFeatures(rawValue: CP_CPU_SSE41.rawValue)
  package static let avx2 = CPUFeatures(rawValue: CP_CPU_AVX2.rawValue)
  package static let fma = CPUFeatures(rawValue: CP_CPU_FMA.rawValue)
  package static let avx512 = CPUFeatures(rawValue: CP_CPU_AVX512.rawValue)
  package static let neon = CPUFeatures(rawValue: CP_CPU_NEON.rawValue)
  package static let avxvnni = CPUFeatures(rawValue: CP_CPU_AVXVNNI.rawValue)
  package static let avx512vnni = CPUFeatures(rawValue: CP_CPU_AVX512VNNI.rawValue)

  /// Those of the CPU this runs on.
  package static var current: CPUFeatures { CPUFeatures(rawValue: cp_cpu_features()) }
}
