// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Foundation
import TensorCore
import TestSupport
import Testing

/// A decoder that writes, token after token.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage)) struct GreedyTextTests {
  /// The Llama-style model continues its first token as ONNX Runtime did, for all recorded tokens.
  ///
  /// Compiled once for the whole text: what follows a token does not touch its logits.
  @Test func writesTheRecordedText() throws {
    let golden = try Golden("aidreams260K_fp32_onnx")
    let recorded = try JSONDecoder().decode(
      [Int64].self, from: Data(Assets.bytes("golden/aidreams260K_fp32_onnx/greedy_ids.json")))
    let program = try Program(copying: compile(golden.graph()).bytes)
    let session = try Session(program)
    var tokens = [recorded[0]]
    while tokens.count < recorded.count {
      let padding = [Int64](repeating: 0, count: recorded.count - tokens.count)
      try session.setInput(0, to: (tokens + padding).flatMap { littleEndianBytes(of: $0) })
      #expect(session.run() == .completed)
      let port = program.entryPoints[0].outputs[0]
      let logits = TensorData(port.type, bytes: try session.outputBytes(0)).storedValues
      let vocabulary = port.type.shape.extents[2]
      let last = logits.dropFirst((tokens.count - 1) * vocabulary).prefix(vocabulary)
      let best = try #require(last.indices.max { last[$0] < last[$1] })
      tokens.append(Int64(best - last.startIndex))
    }
    #expect(tokens == recorded)
  }
}
