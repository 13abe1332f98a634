// SPDX-License-Identifier: Apache-2.0
import Engine
import TensorCore
import TestSupport
import Testing

/// Files that are wrong on purpose but carry the right checksum: they are refused, or they run
/// without touching anything that is not theirs.
@Suite struct MutationTests {
  private static let programs = [SamplePrograms.addAndClamp, SamplePrograms.mixed]

  @Test(arguments: programs.indices)
  func everyByteFlipped(index: Int) {
    let file = Self.programs[index].file()
    var accepted = 0
    for index in file.indices {
      for mask: UInt8 in [0x01, 0x02, 0x80, 0xFF] {
        var changed = file
        changed[index] ^= mask
        if runs(sealed(changed)) { accepted += 1 }
      }
    }
    // Names, constants, quantisation and the like may change; most bytes may not.
    #expect(accepted > 0)
    #expect(accepted < 2 * file.count)
  }

  @Test(arguments: programs.indices)
  func severalNumbersChanged(index: Int) {
    var random = SeededGenerator(seed: UInt64(index))
    let file = Self.programs[index].file()
    let interesting: [UInt32] = [0, 1, 2, 3, 4, 7, 8, 16, 64, 0x7FFF_FFFF, 0x8000_0000, .max]
    for _ in 0..<20_000 {
      var changed = file
      for _ in 0...random.next() % 3 {
        let at = Int(random.next() % UInt64(file.count / 4)) * 4
        let value = interesting[Int(random.next() % UInt64(interesting.count))]
        for byte in 0..<4 { changed[at + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
      }
      _ = runs(sealed(changed))
    }
  }

  /// Loads, and runs with guarded memory when it loads.
  ///
  /// Returns whether it was accepted.
  private func runs(_ file: [UInt8]) -> Bool {
    guard let program = try? Program(copying: file) else { return false }
    guard let memory = program.memory(of: 0), memory.sessionByteCount(threads: 1) < 1 << 20 else {
      return true
    }
    // Guard bytes on both sides of the arena and of every port.
    let arena = GuardedBuffer(byteCount: memory.arenaByteCount)
    var options = Session.Options()
    options.ownsPortBuffers = false
    guard let session = try? Session(program, options: options, arena: arena.content) else {
      return true
    }
    let entry = program.entryPoints[0]
    let inputs = entry.inputs.map { GuardedBuffer(byteCount: $0.byteCount) }
    let outputs = entry.outputs.map { GuardedBuffer(byteCount: $0.byteCount) }
    for (index, buffer) in inputs.enumerated() {
      try? session.bindInput(index, to: UnsafeRawBufferPointer(buffer.content))
    }
    for (index, buffer) in outputs.enumerated() {
      try? session.bindOutput(index, to: buffer.content)
    }
    #expect(session.run() == .completed)
    for buffer in [arena] + inputs + outputs { #expect(buffer.isIntact) }
    return true
  }
}

/// Memory with 64 bytes before and behind that must not change.
private final class GuardedBuffer {
  private static let guardBytes = 64
  private static let pattern: UInt8 = 0xA5
  private let all: UnsafeMutableRawBufferPointer

  init(byteCount: Int) {
    all = .allocate(byteCount: byteCount + 2 * Self.guardBytes, alignment: 64)
    all.initializeMemory(as: UInt8.self, repeating: Self.pattern)
    content.initializeMemory(as: UInt8.self, repeating: 0x3C)
  }

  deinit { all.deallocate() }

  var content: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: all[Self.guardBytes..<all.count - Self.guardBytes])
  }

  var isIntact: Bool {
    let (front, back) = (all.prefix(Self.guardBytes), all.suffix(Self.guardBytes))
    return front.allSatisfy { $0 == Self.pattern } && back.allSatisfy { $0 == Self.pattern }
  }
}
