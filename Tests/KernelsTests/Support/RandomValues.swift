// SPDX-License-Identifier: Apache-2.0

/// The same numbers on every machine.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Values that float kernels treat in their own way: signed zeros, infinities, NaN, the extremes of
/// the normal range, subnormals.
let specialFloats: [Float] = [
  0, -0.0, .infinity, -.infinity, .nan, -.nan, .greatestFiniteMagnitude,
  -.greatestFiniteMagnitude, .leastNormalMagnitude, -.leastNormalMagnitude,
  .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1, -1, 0x1.fffffep-1,
]

extension SplitMix64 {
  /// Floats in −range … range, one in eight of them special when `special` is set.
  mutating func floats(_ count: Int, range: Float = 4, special: Bool = false) -> [Float] {
    (0..<count).map { _ in
      if special && next() % 8 == 0 { return specialFloats[Int(next() % 15)] }
      return Float.random(in: -range...range, using: &self)
    }
  }

  /// Any int8, one in four of them at an end of the range.
  mutating func int8s(_ count: Int) -> [Int8] {
    (0..<count).map { _ in
      switch next() % 8 {
      case 0: .min
      case 1: .max
      default: Int8(truncatingIfNeeded: next())
      }
    }
  }

  /// Any int16, one in four of them at an end of the range.
  mutating func int16s(_ count: Int) -> [Int16] {
    (0..<count).map { _ in
      switch next() % 8 {
      case 0: .min
      case 1: .max
      default: Int16(truncatingIfNeeded: next())
      }
    }
  }

  mutating func int32(in range: ClosedRange<Int32>) -> Int32 {
    Int32.random(in: range, using: &self)
  }
}

/// The bytes of values, as a kernel sees them.
func bytes<T: BitwiseCopyable>(of values: [T]) -> [UInt8] {
  values.withUnsafeBytes { Array($0) }
}

/// The bytes of one struct, its padding included.
func bytes<T: BitwiseCopyable>(of value: T) -> [UInt8] {
  withUnsafeBytes(of: value) { Array($0) }
}
