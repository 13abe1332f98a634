// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// Four extents or indices, outermost first.
private typealias Four = (Int, Int, Int, Int)

private func words(_ v: Four) -> (UInt32, UInt32, UInt32, UInt32) {
  (UInt32(v.0), UInt32(v.1), UInt32(v.2), UInt32(v.3))
}

/// All indices of a tensor, in its order.
private func indices(of extents: Four) -> [Four] {
  (0..<extents.0).flatMap { i in
    (0..<extents.1).flatMap { j in
      (0..<extents.2).flatMap { k in (0..<extents.3).map { (i, j, k, $0) } }
    }
  }
}

private func count(_ extents: Four) -> Int { extents.0 * extents.1 * extents.2 * extents.3 }

@Suite struct MoveTests {
  /// A pad with random elements of type T.
  private func checkPad<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ type: T.Type, fill: UInt32
  ) {
    var random = SplitMix64(seed: 12)
    let cases: [(input: Four, before: Four, out: Four)] = [
      ((1, 3, 4, 5), (0, 1, 2, 3), (1, 5, 7, 9)),
      ((2, 2, 3, 1), (1, 0, 0, 0), (4, 2, 3, 1)),
      ((1, 4, 4, 3), (0, 0, 0, 0), (1, 4, 4, 3)),
      ((1, 1, 1, 1), (2, 2, 2, 2), (3, 4, 5, 6)),
      ((2, 3, 1, 2), (0, 2, 0, 1), (2, 5, 4, 3)),
    ]
    for (input, before, out) in cases {
      let x = (0..<count(input)).map { _ in T(truncatingIfNeeded: random.next()) }
      let p = uk_pad_parameters(
        in: words(input), out: words(out), before: words(before),
        element_bytes: UInt32(MemoryLayout<T>.size), fill: fill, reserved: (0, 0))
      let expected = indices(of: out).map { o in
        let i = (o.0 - before.0, o.1 - before.1, o.2 - before.2, o.3 - before.3)
        guard (0..<input.0).contains(i.0), (0..<input.1).contains(i.1),
          (0..<input.2).contains(i.2), (0..<input.3).contains(i.3)
        else { return T(truncatingIfNeeded: fill) }
        return x[((i.0 * input.1 + i.1) * input.2 + i.2) * input.3 + i.3]
      }
      let rowBytes = input.2 * input.3 * MemoryLayout<T>.size
      KernelCase(
        contract: .UK_CONTRACT_xx_pad, parameters: bytes(of: p),
        inputs: [KernelOperand(x, rowBytes: rowBytes)], rows: out.0 * out.1, expected: expected,
        outputHasRows: true
      ).check()
    }
  }

  @Test func pad() {
    checkPad(UInt8.self, fill: 0x80)
    checkPad(UInt16.self, fill: 0xBEEF)
    checkPad(UInt32.self, fill: (-1.5 as Float).bitPattern)
    checkPad(UInt32.self, fill: 0)
    checkPad(UInt64.self, fill: 0)
  }

  private func checkTranspose<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ type: T.Type
  ) {
    var random = SplitMix64(seed: 13)
    let permutations = [
      [0, 1, 2, 3], [0, 2, 3, 1], [0, 3, 1, 2], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1],
      [0, 1, 3, 2],
    ]
    // The last four have few planes, long enough for vectors.
    let shapes = [
      [1, 3, 5, 7], [2, 17, 33, 3], [1, 1, 40, 35], [1, 2, 8, 9], [1, 1, 1, 1],
      [1, 2, 3, 70], [1, 3, 2, 70], [1, 4, 2, 70], [2, 3, 3, 41],
    ]
    for extents in shapes {
      let x = (0..<extents.reduce(1, *)).map { _ in T(truncatingIfNeeded: random.next()) }
      let strides = (0..<4).map { extents[($0 + 1)...].reduce(1, *) }
      for permutation in permutations {
        let out = permutation.map { extents[$0] }
        let stride = permutation.map { strides[$0] }
        let (outExtents, inStride) = (
          (out[0], out[1], out[2], out[3]), (stride[0], stride[1], stride[2], stride[3])
        )
        let p = uk_transpose_parameters(
          out: words(outExtents), in_stride: words(inStride),
          element_bytes: UInt32(MemoryLayout<T>.size), reserved: (0, 0, 0))
        KernelCase(
          contract: .UK_CONTRACT_xx_transpose, parameters: bytes(of: p),
          inputs: [KernelOperand(x)], rows: out[0] * out[1],
          expected: indices(of: outExtents).map { i in
            x[i.0 * stride[0] + i.1 * stride[1] + i.2 * stride[2] + i.3 * stride[3]]
          },
          outputHasRows: true
        ).check()
      }
    }
    checkSplitTranspose(of: (rows: 7 * 12, columns: 3), in: 7, type)
    checkSplitTranspose(of: (rows: 5 * 4, columns: 70), in: 5, type)
  }

  /// A matrix's transpose whose rows are two axes, for threads to share.
  private func checkSplitTranspose<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    of extents: (rows: Int, columns: Int), in parts: Int, _ type: T.Type
  ) {
    var random = SplitMix64(seed: 16)
    let (rows, columns) = extents
    let x = (0..<rows * columns).map { _ in T(truncatingIfNeeded: random.next()) }
    let p = uk_transpose_parameters(
      out: words((1, parts, rows / parts, columns)), in_stride: words((0, rows / parts, 1, rows)),
      element_bytes: UInt32(MemoryLayout<T>.size), reserved: (0, 0, 0))
    KernelCase(
      contract: .UK_CONTRACT_xx_transpose, parameters: bytes(of: p), inputs: [KernelOperand(x)],
      rows: parts,
      expected: (0..<rows).flatMap { row in (0..<columns).map { x[$0 * rows + row] } },
      outputHasRows: true
    ).check()
  }

  @Test func transpose() {
    checkTranspose(UInt8.self)
    checkTranspose(UInt16.self)
    checkTranspose(UInt32.self)
    checkTranspose(UInt64.self)
  }

  /// A slice: runs taken from the middle of longer ones.
  @Test func copy() {
    var random = SplitMix64(seed: 14)
    for (run, inPitch, inOffset) in [(1, 1, 0), (5, 9, 3), (64, 70, 6), (3, 0, 2)] {
      let x = random.int8s(inOffset + 3 * inPitch + run)
      let p = uk_copy_parameters(
        rows: 4, run_bytes: UInt32(run), in_pitch_bytes: UInt32(inPitch),
        out_pitch_bytes: UInt32(run), out_offset_bytes: 0, in_offset_bytes: UInt32(inOffset),
        reserved: (0, 0))
      KernelCase(
        contract: .UK_CONTRACT_xx_copy, parameters: bytes(of: p), inputs: [KernelOperand(x)],
        rows: 4,
        expected: (0..<4).flatMap { x[inOffset + $0 * inPitch..<inOffset + $0 * inPitch + run] }
      ).check()
    }
  }

  /// A concatenation: two operands side by side, neither touching the other's bytes.
  @Test func copySideBySide() {
    var random = SplitMix64(seed: 15)
    let (left, right) = (random.int8s(4 * 3), random.int8s(4 * 5))
    for kernel in runnableKernels(of: .UK_CONTRACT_xx_copy) {
      var y = KernelOperand([Int8](repeating: 0, count: 4 * 8))
      for (x, run, offset) in [(left, 3, 0), (right, 5, 3)] {
        let p = uk_copy_parameters(
          rows: 4, run_bytes: UInt32(run), in_pitch_bytes: UInt32(run), out_pitch_bytes: 8,
          out_offset_bytes: UInt32(offset), in_offset_bytes: 0, reserved: (0, 0))
        y.contents = runOnRing(
          kernel, parameters: bytes(of: p), input: KernelOperand(x), output: y, rows: 4)
      }
      let expected = (0..<4).flatMap { (row: Int) -> [Int8] in
        Array(left[row * 3..<(row + 1) * 3]) + Array(right[row * 5..<(row + 1) * 5])
      }
      #expect(y.contents == bytes(of: expected))
    }
  }
}
