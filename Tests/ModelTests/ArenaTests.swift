// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Foundation
import Graph
import Importers
import TensorFiles
import TestSupport
import Testing

/// Arenas of real networks meet their lower bound, as `tools/check-arena` finds it in the file.
struct ArenaTests {
  @Test(.enabled(if: Assets.isAvailable, Assets.skipMessage), arguments: SharedModel.all)
  func meetsTheBound(_ model: SharedModel) throws {
    let graph = try model.golden().graph()
    for inPlaceDepthwise in [CompileOptions.InPlaceDepthwise.never, .whenItLowersThePeak] {
      _ = try arenaBytes(of: graph, inPlaceDepthwise)
    }
  }

  /// The arena of MobileNetV2 in float32 at 224 pixels; input and output are the caller's.
  @Test(.enabled(if: PythonTools.isAvailable, PythonTools.skipMessage)) func mobileNetV2() throws {
    let graph = try withTemporaryFolder { folder in
      let path = folder.appending(path: "mobilenetv2.onnx").path
      try PythonTools.run("make-mobilenetv2", [path])
      return try importModel(readFile(path), options: ImportOptions())
    }
    // The 112x112x96 expansion beside the 56x56x96 output of its depthwise convolution, or, with
    // that one in place, beside its own 112x112x16 input.
    #expect(try arenaBytes(of: graph, .never) == (112 * 112 * 96 + 56 * 56 * 96) * 4)
    #expect(
      try arenaBytes(of: graph, .whenItLowersThePeak) == (112 * 112 * 96 + 112 * 112 * 16) * 4)
  }

  /// Sharing bytes, in another order and with other kernels, changes no bit of the outputs.
  @Test(.enabled(if: PythonTools.isAvailable, PythonTools.skipMessage), arguments: [1, 2])
  func sameBitsInPlace(threads: Int) throws {
    let bytes = try withTemporaryFolder { folder in
      let path = folder.appending(path: "small.onnx").path
      try PythonTools.run("make-mobilenetv2", [path, "--width", "0.35", "--size", "96"])
      return try readFile(path)
    }
    let graph = try importModel(bytes, options: ImportOptions())
    let input = randomInputs(of: graph, seed: 3)
    let choices: [CompileOptions.InPlaceDepthwise] = [.never, .whenItLowersThePeak]
    let runs = try choices.map { choice in
      var options = CompileOptions()
      options.inPlaceDepthwise = choice
      let compiled = try compile(graph, options: options)
      let outputs = try run(Program(copying: compiled.bytes), input, threads: threads)
      return (outputs: outputs, arenaBytes: compiled.report.arenaBytes)
    }
    #expect(runs[0].outputs == runs[1].outputs)
    #expect(runs[1].arenaBytes < runs[0].arenaBytes)
  }

  /// The checker finds outputs of convolutions that were moved onto their inputs, and tensors that
  /// were moved out of the arena.
  @Test(.enabled(if: Assets.isAvailable, Assets.skipMessage)) func collisionsAreFound() throws {
    let model = try Assets.bytes("models/mlperf-tiny/ic01_resnet8_int8.tflite")
    let program = try compile(importModel(model, options: ImportOptions())).bytes
    let tensors = try section(.tensors, of: program).lowerBound
    let steps = try section(.steps, of: program)
    /// The bytes of a tensor's offset field.
    func offsetField(_ tensor: UInt32) -> Range<Int> {
      let start = tensors + Int(tensor) * TensorRecord.byteCount + 8
      return start..<start + 8
    }
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "damaged.thimble").path
      var moved = 0
      for start in stride(from: steps.lowerBound, to: steps.upperBound, by: StepRecord.byteCount) {
        guard let step = StepRecord(decoding: Array(program[start...]).span),
          [2, 12, 71].contains(step.contract),  // s8_conv_requant, _runs_requant, _requant_add
          let input = step.operands.first, let output = step.operands.last,
          [input, output].allSatisfy({ program[offsetField($0).lowerBound - 6] == 1 })
        else { continue }
        for offset in [Array(program[offsetField(input)]), [0, 0, 0, 0, 1, 0, 0, 0]] {
          var damaged = program
          damaged.replaceSubrange(offsetField(output), with: offset)
          try writeFileAtomically(path, damaged)
          #expect(try checkArena([path]).status == 1)
        }
        moved += 1
      }
      #expect(moved >= 8)
      try writeFileAtomically(path, Array(program.dropLast(64)))
      #expect(try checkArena([path]).status == 2, "truncated")
    }
  }

  /// Where a section is in a program.
  private func section(
    _ kind: ProgramFormat.Section, of program: [UInt8]
  ) throws -> Range<Int> {
    let header = ProgramHeader(decoding: program.span)
    let sections = (0..<Int(header?.sectionCount ?? 0)).compactMap { index in
      let start = ProgramHeader.byteCount + index * SectionRecord.byteCount
      return SectionRecord(decoding: Array(program[start...]).span)
    }
    let section = try #require(sections.first { $0.kind == kind.rawValue })
    return Int(section.offset)..<Int(section.offset + section.bytes)
  }

  /// Compiles a model, has its file checked for collisions and a gap, and returns the arena's size.
  private func arenaBytes(
    of graph: Graph, _ inPlaceDepthwise: CompileOptions.InPlaceDepthwise
  ) throws -> Int {
    var options = CompileOptions()
    options.inPlaceDepthwise = inPlaceDepthwise
    let program = try compile(graph, options: options)
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "model.thimble").path
      try writeFileAtomically(path, program.bytes)
      let printed = try checkArena([path, "--gap", "0"])
      #expect(printed.status == 0, "\(printed.output)")
    }
    return program.report.arenaBytes
  }

  /// Runs the checker, which needs nothing but Python itself.
  private func checkArena(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    let output = Pipe()
    process.executableURL = PythonTools.repository.appending(path: "tools/check-arena")
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: printed, as: UTF8.self))
  }
}
