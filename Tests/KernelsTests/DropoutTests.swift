// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// The mask of `f32_dropout`: its rule written once more, and what it has in common with chance.
@Suite struct DropoutTests {
  private func mixed(_ value: UInt32) -> UInt32 {
    var v = value
    v = (v ^ v >> 16) &* 0x7feb_352d
    v = (v ^ v >> 15) &* 0x846c_a68b
    return v ^ v >> 16
  }

  /// The hashes of elements 0 … count − 1.
  private func hashes(_ count: Int, seed: Int32, stream: UInt32) -> [UInt32] {
    let key = mixed(mixed(UInt32(bitPattern: seed) &+ 0x9e37_79b9) &+ stream)
    return (0..<UInt32(count)).map { mixed(mixed($0 &+ key) ^ mixed(key &+ 0x9e37_79b9)) }
  }

  private func parameters(
    _ rows: Int, _ columns: Int, stream: UInt32, threshold: UInt32
  ) -> [UInt8] {
    bytes(
      of: uk_f32_dropout_parameters(
        rows: UInt32(rows), columns: UInt32(columns), stream: stream, threshold: threshold,
        factor: 1.25, reserved: (0, 0, 0)))
  }

  @Test(arguments: [0, 1, 0x3333_3333, 0x8000_0000, .max] as [UInt32])
  func followsTheRule(threshold: UInt32) {
    var random = SplitMix64(seed: 81)
    for columns in awkwardColumns {
      let x = random.floats(4 * columns, special: true)
      let (seed, stream) = (Int32(truncatingIfNeeded: random.next()), UInt32(columns))
      let hashes = hashes(x.count, seed: seed, stream: stream)
      KernelCase(
        contract: .UK_CONTRACT_f32_dropout,
        parameters: parameters(4, columns, stream: stream, threshold: threshold),
        inputs: [KernelOperand(x), KernelOperand([seed])], rows: 4,
        expected: zip(x, hashes).map { $1 < threshold ? 0 : $0 * 1.25 }, overwritableInput: 0
      ).check()
    }
  }

  /// 2¹⁶ elements of a mask, as 0 and 1.
  private func mask(seed: Int32, stream: UInt32, threshold: UInt32) -> [Int] {
    hashes(1 << 16, seed: seed, stream: stream).map { $0 < threshold ? 0 : 1 }
  }

  /// Six standard deviations of a count of n independent draws; chance misses it once in 5·10⁸.
  private func tolerance(_ n: Int, _ probability: Double) -> Double {
    6 * (Double(n) * probability * (1 - probability)).squareRoot()
  }

  /// As many stay as should, in whole masks and in each 64th part of one.
  @Test(arguments: [0.1, 0.5, 0.9]) func keepsItsPart(probability: Double) {
    let threshold = UInt32(probability * 0x1p32)
    for seed: Int32 in [0, 1, 2, -1, 12345] {
      for stream: UInt32 in [0, 1, 2, .max] {
        let mask = mask(seed: seed, stream: stream, threshold: threshold)
        for count in [1 << 10, 1 << 16] {
          for start in stride(from: 0, to: mask.count, by: count) {
            let kept = Double(mask[start..<start + count].reduce(0, +))
            let expected = Double(count) * (1 - probability)
            #expect(abs(kept - expected) <= tolerance(count, probability))
          }
        }
      }
    }
  }

  /// Masks of neighbouring seeds and streams, and one mask and its own shifted copies, agree in
  /// half of their elements.
  @Test func masksAreIndependent() {
    let seeds: [(Int32, UInt32)] = [(0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (0, 2), (-1, .max)]
    let masks = seeds.map { mask(seed: $0.0, stream: $0.1, threshold: 1 << 31) }
    for (index, first) in masks.enumerated() {
      for (other, second) in masks.enumerated().dropFirst(index) {
        for shift in [0, 1, 2, 16, 1024] where other != index || shift > 0 {
          let pairs = zip(first, second.dropFirst(shift))
          let agreements = pairs.reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
          let count = first.count - shift
          #expect(abs(Double(agreements) - Double(count) / 2) <= tolerance(count, 0.5))
        }
      }
    }
  }
}
