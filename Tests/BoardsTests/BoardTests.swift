// SPDX-License-Identifier: Apache-2.0
import Boards
import CKernels
import Compiler
import Engine
import Foundation
import Testing

struct BoardTests {
  private func board(kernels: String) throws(BoardError) -> Board {
    try Board(yaml: "name: small\ncpu: one\nkernels:\n\(kernels)")
  }

  @Test("rates are read by contract")
  func rates() throws {
    let board = try board(
      kernels: "  f32_add_clamp: {isa: avx2, gigabytes: 40}\n  s8_gemm_requant: {gmacs: 2.5}\n")
    #expect(board.name == "small")
    #expect(
      board.rates
        == KernelRates(["f32_add_clamp": .bytes(40), "s8_gemm_requant": .multiplyAccumulates(2.5)]))
  }

  @Test(
    "a kernel without one positive rate is refused by name",
    arguments: [
      "{}", "{gmacs: 0}", "{gmacs: -1}", "{gmacs: 1e-300}", "{gigabytes: .nan}",
      "{gmacs: 1, gigabytes: 1}",
    ])
  func invalidRate(entry: String) {
    #expect(throws: BoardError.rate(kernel: "xx_copy")) {
      try board(kernels: "  xx_copy: \(entry)\n")
    }
  }

  @Test("what is no YAML, or none of a board, is refused", arguments: ["", ":", "name: x", "[1]"])
  func notABoard(text: String) {
    #expect(throws: BoardError.self) { try Board(yaml: text) }
  }

  @Test("the boards that come along are whole: every kernel there is has a rate")
  func shippedBoards() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../boards")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "yaml" }
    #expect(!files.isEmpty)
    let contracts = (0..<UInt32(1000)).compactMap { uk_contract(rawValue: $0)?.name }
      .filter { $0 != "unknown" }
    for file in files {
      let board = try Board(yaml: String(contentsOf: file, encoding: .utf8))
      #expect(board.name == file.deletingPathExtension().lastPathComponent)
      #expect(Set(board.rates.rates.keys).isSubset(of: contracts))
      #expect(Set(contracts).subtracting(board.rates.rates.keys).isEmpty)
    }
  }
}
