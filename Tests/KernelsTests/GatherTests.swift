// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

@Suite struct GatherTests {
  /// Six extents or strides from a list.
  private func six<T: BinaryInteger, U: FixedWidthInteger>(_ v: [T]) -> (U, U, U, U, U, U) {
    (U(v[0]), U(v[1]), U(v[2]), U(v[3]), U(v[4]), U(v[5]))
  }

  private func checkStridedCopy<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ type: T.Type
  ) {
    var random = SplitMix64(seed: 21)
    let cases: [(out: [Int], stride: [Int], offset: Int, count: Int)] = [
      ([1, 1, 1, 1, 4, 9], [0, 0, 0, 0, 12, 1], 2, 47),  // part of each row
      ([1, 1, 1, 1, 5, 4], [0, 0, 0, 0, 20, 2], 1, 89),  // every other element
      ([1, 1, 1, 2, 3, 7], [0, 0, 0, 21, -7, -1], 20, 42),  // backwards
      ([1, 1, 2, 3, 4, 5], [0, 0, 20, 0, 5, 1], 0, 40),  // repeated
      ([2, 3, 2, 2, 2, 3], [1, 2, 6, 12, 24, 48], 0, 144),  // all axes turned round
      ([1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0], 3, 4),
    ]
    for (out, stride, offset, count) in cases {
      let x = (0..<count).map { _ in T(truncatingIfNeeded: random.next()) }
      let p = uk_strided_copy_parameters(
        out: six(out), in_stride: six(stride), in_offset: UInt32(offset),
        element_bytes: UInt32(MemoryLayout<T>.size), reserved: (0, 0))
      var positions = [offset]
      for (extent, stride) in zip(out, stride) {
        positions = positions.flatMap { base in (0..<extent).map { base + $0 * stride } }
      }
      KernelCase(
        contract: .UK_CONTRACT_xx_strided_copy, parameters: bytes(of: p),
        inputs: [KernelOperand(x)], rows: out[..<5].reduce(1, *),
        expected: positions.map { x[$0] }
      ).check()
    }
  }

  @Test func stridedCopy() {
    checkStridedCopy(UInt8.self)
    checkStridedCopy(UInt16.self)
    checkStridedCopy(UInt32.self)
    checkStridedCopy(UInt64.self)
  }

  /// The entry that an index means: from the end when negative, the nearest when outside.
  private func entry(_ index: Int64, of extent: Int) -> Int {
    let fromFront = index < 0 ? index + Int64(extent) : index
    return Int(min(max(fromFront, 0), Int64(extent) - 1))
  }

  private func checkGather<Index: FixedWidthInteger & BitwiseCopyable>(_ type: Index.Type) {
    var random = SplitMix64(seed: 22)
    let (outer, extent, run) = (6, 5, 3)
    let indices: [Index] = [0, 4, -1, -5, 2, 2, 5, -6, .max, .min, 1, 3]
    for (count, perList) in [(12, 6), (4, 2), (2, 1)] {
      let x = random.int8s(outer * extent * run)
      let p = uk_gather_parameters(
        outer: UInt32(outer), extent: UInt32(extent), count: UInt32(count),
        repeat: UInt32(perList), run_bytes: UInt32(run),
        index_bytes: UInt32(MemoryLayout<Index>.size), reserved: (0, 0))
      let expected = (0..<outer).flatMap { o in
        (0..<count).flatMap { i -> [Int8] in
          let index = Int64(indices[o / perList * count + i])
          let first = (o * extent + entry(index, of: extent)) * run
          return Array(x[first..<first + run])
        }
      }
      let lists = Array(indices[..<(outer / perList * count)])
      KernelCase(
        contract: .UK_CONTRACT_xx_gather, parameters: bytes(of: p),
        inputs: [KernelOperand(x), KernelOperand(lists)], rows: outer * count,
        expected: expected
      ).check()
    }
  }

  @Test func gather() {
    checkGather(Int32.self)
    checkGather(Int64.self)
  }

  @Test func gatherND() {
    var random = SplitMix64(seed: 23)
    let x = random.int8s(2 * 3 * 4 * 5)
    let indices: [Int64] = [0, 0, 2, 3, -1, -1, -4, 9, .max, .min, 1, 2]
    let p = uk_gather_nd_parameters(
      batch: 2, count: 3, depth: 2, index_bytes: 8, run_bytes: 5, reserved: (0, 0, 0),
      extents: (3, 4, 0, 0, 0, 0, 0, 0))
    let expected = (0..<6).flatMap { row -> [Int8] in
      let (i, j) = (entry(indices[row * 2], of: 3), entry(indices[row * 2 + 1], of: 4))
      let first = ((row / 3 * 3 + i) * 4 + j) * 5
      return Array(x[first..<first + 5])
    }
    KernelCase(
      contract: .UK_CONTRACT_xx_gather_nd, parameters: bytes(of: p),
      inputs: [KernelOperand(x), KernelOperand(indices)], rows: 6, expected: expected
    ).check()
  }

  private func checkSelect<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ type: T.Type
  ) {
    var random = SplitMix64(seed: 24)
    for shape in broadcasts(rows: 6, columns: 7) {
      let a = (0..<shape.aCount).map { _ in T(truncatingIfNeeded: random.next()) }
      let b = (0..<shape.bCount).map { _ in T(truncatingIfNeeded: random.next()) }
      // One condition for each row; any byte but 0 is true.
      let condition = (0..<6).map { _ in UInt8(truncatingIfNeeded: random.next() % 3) }
      let (e1, e2) = (shape.extents.1, shape.extents.2)
      let p = uk_select_parameters(
        extents: shape.extents, a: shape.a, b: shape.b, condition: (e1 * e2, e2, 1, 0),
        element_bytes: UInt32(MemoryLayout<T>.size), reserved: (0, 0, 0))
      var flat = 0
      let expected = shape.map { i, j -> T in
        defer { flat += 1 }
        return condition[flat / 7] != 0 ? a[i] : b[j]
      }
      KernelCase(
        contract: .UK_CONTRACT_xx_select, parameters: bytes(of: p),
        inputs: [KernelOperand(a), KernelOperand(b), KernelOperand(condition)], rows: 6,
        expected: expected, overwritableInput: shape.overwritableInput
      ).check()
    }
  }

  @Test func select() {
    checkSelect(UInt8.self)
    checkSelect(UInt16.self)
    checkSelect(UInt32.self)
    checkSelect(UInt64.self)
  }
}
