// SPDX-License-Identifier: Apache-2.0
import Engine
import Foundation
import TensorFiles
import Testing
import Training

@Suite("checkpoints") struct CheckpointTests {
  private static func sample() throws -> Checkpoint {
    let recipe = try Recipe(yaml: "batch: 8\ntrainable: [\"a*\"]", path: "")
    var checkpoint = Checkpoint(
      recipe: recipe, program: 0x1234, epoch: 2, batch: 1, history: .sample,
      state: [1, 2, 3, 4, 5])
    checkpoint.plateau = PlateauState(factor: 0.5, lowest: 0.25, epochsWithoutFall: 3)
    checkpoint.earlyStopping = EarlyStopping(bestEpoch: 1, best: 0.75, epochsWithoutBest: 1)
    checkpoint.bestState = [5, 4, 3, 2, 1]
    return checkpoint
  }

  /// NaN is no equal of itself: bytes are compared.
  @Test func comesBack() throws {
    let checkpoint = try Self.sample()
    let bytes = checkpoint.encoded()
    let found = try Checkpoint(decoding: bytes)
    #expect(found.encoded() == bytes)
    #expect(found.recipe == checkpoint.recipe && found.program == 0x1234)
    #expect(found.epoch == 2 && found.batch == 1)
    #expect(found.plateau == checkpoint.plateau)
    #expect(found.earlyStopping == checkpoint.earlyStopping)
    #expect(found.state == [1, 2, 3, 4, 5] && found.bestState == [5, 4, 3, 2, 1])
    #expect(found.history.epochsCSV == checkpoint.history.epochsCSV)
    #expect(found.history.layersCSV == checkpoint.history.layersCSV)
  }

  @Test func isFoundOutWhenCutAnywhere() throws {
    let bytes = try Self.sample().encoded()
    for count in bytes.indices {
      #expect(throws: CheckpointProblem.self) {
        try Checkpoint(decoding: Array(bytes[..<count]))
      }
    }
    #expect(throws: CheckpointProblem.truncated(found: bytes.count + 1, expected: bytes.count)) {
      try Checkpoint(decoding: bytes + [0])
    }
  }

  @Test func isFoundOutWhenAnyByteIsFlipped() throws {
    let bytes = try Self.sample().encoded()
    for position in bytes.indices {
      var flipped = bytes
      flipped[position] ^= UInt8(1 << (position % 8))
      #expect(throws: CheckpointProblem.self) { try Checkpoint(decoding: flipped) }
    }
  }

  /// What a forger with a checksum can do: it may be refused or read, never more.
  @Test("survives any byte with a right checksum", arguments: [UInt8(0), 0x7F, 0x80, 0xFF])
  func forged(value: UInt8) throws {
    let bytes = try Self.sample().encoded()
    for position in 0..<bytes.count - 8 {
      var forged = Array(bytes.dropLast(8))
      forged[position] = value
      let checksum = xxh64(of: forged)
      for shift in stride(from: 0, to: 64, by: 8) {
        forged.append(UInt8(truncatingIfNeeded: checksum >> UInt64(shift)))
      }
      if let found = try? Checkpoint(decoding: forged) { #expect(found.encoded() == forged) }
    }
  }

  @Test func isNotOfAnotherTraining() throws {
    let checkpoint = try Self.sample()
    func problem(_ recipe: Recipe, _ program: UInt64, _ stateBytes: Int) throws -> String {
      let error = #expect(throws: TrainingError.self) {
        try checkpoint.check(
          path: "c", recipe: recipe, program: program, stateBytes: stateBytes)
      }
      return try #require(error).description
    }
    try checkpoint.check(
      path: "c", recipe: checkpoint.recipe, program: 0x1234, stateBytes: 5)
    var other = checkpoint.recipe
    other.threads = 3
    try checkpoint.check(path: "c", recipe: other, program: 0x1234, stateBytes: 5)
    other.batch = 16
    #expect(
      try problem(other, 0x1234, 5).hasPrefix(
        "c: the checkpoint is of another recipe: it says batch: 8; this one says batch: 16"))
    #expect(
      try problem(checkpoint.recipe, 0x1235, 5).contains(
        "of the program 0000000000001234, this one is 0000000000001235"))
    #expect(
      try problem(checkpoint.recipe, 0x1234, 6).contains("take 5 bytes, the program's 6"))
  }

  @Test func replacesTheOneBefore() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "thimble-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var checkpoint = try Self.sample()
    try checkpoint.write(to: path)
    checkpoint.epoch = 7
    try checkpoint.write(to: path)
    #expect(try Checkpoint(file: path).epoch == 7)
    try Data("THIMCKP".utf8).write(to: URL(filePath: path))
    #expect(throws: TrainingError.checkpoint(path: path, .notCheckpoint)) {
      try Checkpoint(file: path)
    }
    let error = #expect(throws: TrainingError.self) {
      try checkpoint.write(to: "\(path)/nowhere/file")
    }
    guard case .system = try #require(error) else {
      Issue.record("\(error as Any)")
      return
    }
  }
}
