// SPDX-License-Identifier: Apache-2.0
import Engine
import Foundation
import TensorCore
import Testing

/// The runner as a process: what it prints, writes and returns.
@Suite struct RunnerTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "runner-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(SamplePrograms.addAndClamp.file()).write(to: folder.appending(path: "add.thimble"))
  }

  @Test(arguments: ["scalar", "avx2", "neon"])
  func runsAProgram(isa: String) throws {
    let x = (0..<32).map { Float($0) / 4 }
    try writeArray("x.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (8, 4), }", x)
    let result = try runner(
      ["run", "add.thimble", "--input", "x=x.npy", "--output", "out", "--threads", "2"],
      environment: ["THIMBLE_ISA": isa])
    #expect(result.code == 0, "\(result.error)")
    let file = [UInt8](try Data(contentsOf: folder.appending(path: "out/y.npy")))
    #expect(file.count % 64 == 0)
    let text = String(decoding: file[10..<file.count - 128], as: UTF8.self)
    #expect(text.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (8, 4, ), }"))
    #expect(floats(Array(file.suffix(128))) == SamplePrograms.addAndClamp(x))
    #expect(try FileManager.default.contentsOfDirectory(atPath: outPath) == ["y.npy"])
  }

  @Test func describesAProgram() throws {
    let result = try runner(["info", "add.thimble"])
    #expect(result.code == 0)
    #expect(result.output.contains("input  x  float32 8x4"))
    #expect(result.output.contains("arena     128 bytes"))
  }

  @Test func benchesAProgram() throws {
    let result = try runner(["bench", "add.thimble", "--rounds", "5", "--json"])
    #expect(result.code == 0)
    let report = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let object = try #require(report as? [String: Any])
    #expect((object["latencies_ms"] as? [Double])?.count == 5)
    #expect(object["arena_bytes"] as? Int == 128)
    #expect(object["cold_ms"] is Double)
    #expect(try runner(["bench", "add.thimble", "--rounds", "1"]).output.contains("median"))
  }

  @Test(arguments: [
    [], ["walk"], ["run"], ["run", "add.thimble"], ["info", "add.thimble", "extra"],
    ["bench", "add.thimble", "--rounds"], ["bench", "add.thimble", "--rounds", "0"],
    ["bench", "add.thimble", "--speed", "9"],
    ["run", "add.thimble", "--output", "out", "--input", "x"],
    ["run", "add.thimble", "--output", "out", "--input", "z=x.npy"],
  ])
  func badUsageReturns2(arguments: [String]) throws {
    let result = try runner(arguments)
    #expect(result.code == 2)
    #expect(result.error.contains("usage:"))
  }

  @Test func unknownInstructionSetReturns2() throws {
    #expect(try runner(["bench", "add.thimble"], environment: ["THIMBLE_ISA": "mmx"]).code == 2)
  }

  @Test func failuresReturn1() throws {
    #expect(try runner(["info", "nothing.thimble"]).error.contains("cannot be read (errno 2)"))
    try Data([1, 2, 3]).write(to: folder.appending(path: "broken.thimble"))
    let broken = try runner(["info", "broken.thimble"])
    #expect(broken.code == 1)
    #expect(broken.error.contains("broken.thimble: the file is cut off (3 bytes)"))
    let missing = try runner(["run", "add.thimble", "--output", "out"])
    #expect(missing.code == 1)
    #expect(missing.error.contains("no --input for x (float32 8x4)"))
  }

  @Test(arguments: [
    "", "{", "{'descr': '<f4', 'fortran_order': False}",
    "{'descr': '<f4', 'fortran_order': True, 'shape': (8, 4), }",
    "{'descr': '<c8', 'fortran_order': False, 'shape': (8, 4), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (8, 2), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 8), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (8, 5), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (8, 99999999999999999999), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (999999999, 999999999), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-8, -4), }",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (8, 4), }",
    "{'descr': '<f4, 'fortran_order': False, 'shape': (8, 4), }",
  ])
  func wrongArraysAreRefused(header: String) throws {
    try writeArray("x.npy", header, [Float](repeating: 1, count: 32))
    let result = try runner(
      ["run", "add.thimble", "--input", "x=x.npy", "--output", "out"])
    #expect(result.code == 1, "\(header)")
    #expect(!FileManager.default.fileExists(atPath: outPath))
  }

  private var outPath: String { folder.appending(path: "out").path }

  private func writeArray(_ name: String, _ header: String, _ values: [Float]) throws {
    let length = header.utf8.count
    let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length), 0]
    let file = start + Array(header.utf8) + littleEndianBytes(of: values)
    try Data(file).write(to: folder.appending(path: name))
  }

  private func runner(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (code: Int32, output: String, error: String) {
    let process = Process()
    process.executableURL = Bundle.main.executableURL?.deletingLastPathComponent()
      .appending(path: "thimble-runner")
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = folder
    let (output, error) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    try process.run()
    let texts = try [output, error].map {
      String(decoding: try $0.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }
    process.waitUntilExit()
    return (process.terminationStatus, texts[0], texts[1])
  }
}
