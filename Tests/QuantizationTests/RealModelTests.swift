// SPDX-License-Identifier: Apache-2.0
import Compiler
import DataFolders
import Engine
import Foundation
import Graph
import Importers
import Quantization
import TensorCore
import TensorFiles
import TestSupport
import Testing

/// Trained networks on real data; samples that calibrate are never among those that test.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage), .serialized)
struct RealModelTests {
  /// The index of the greatest output of each sample.
  private func answers(_ graph: Graph, _ samples: [[TensorData]]) throws -> [Int] {
    let program = try Program(copying: compile(graph).bytes)
    let session = try Session(program)
    return try samples.map { inputs in
      try session.setInput(0, to: inputs[0].bytes)
      session.run()
      let type = program.entryPoints[0].outputs[0].type
      let values = TensorData(type, bytes: try session.outputBytes(0)).float32Values
      return values.indices.max { values[$0] < values[$1] } ?? 0
    }
  }

  private func options(_ effort: QuantizationOptions.Effort) -> QuantizationOptions {
    var options = QuantizationOptions()
    options.effort = effort
    return options
  }

  /// Keyword spectra as reals, with their classes.
  private func keywords() throws -> [(input: [TensorData], label: Int)] {
    let stored = try readNPY(Assets.bytes("data/kws/mfcc_int8_1000x49x10.npy")).int8Values
    let labels = try readNPY(Assets.bytes("data/kws/labels_u8_1000.npy")).storedValues
    return labels.indices.map { index in
      let values = stored[index * 490..<(index + 1) * 490].map {
        (Float($0) - 83) * 0.5847029089927673
      }
      return ([TensorData(Shape([1, 49, 10, 1]), float32: values)], Int(labels[index]))
    }
  }

  @Test("keywords: at most 6 of 800 clips are lost, and 3 when more is tried")
  func keywordSpotting() throws {
    let clips = try keywords()
    let calibration = clips.indices.filter { $0 % 5 == 0 }.map { clips[$0].input }
    let tested = clips.indices.filter { $0 % 5 != 0 }.map { clips[$0] }
    let graph = try importModel(Assets.bytes("models/mlperf-tiny/kws01_dscnn_fp32.tflite"))
    func right(_ graph: Graph) throws -> Int {
      zip(try answers(graph, tested.map(\.input)), tested).count { $0 == $1.label }
    }
    let float = try right(graph)
    let samples = CalibrationSamples(calibration)
    for (effort, allowed) in [(QuantizationOptions.Effort.low, 6), (.medium, 3), (.high, 3)] {
      let quantized = try quantize(graph, samples: samples, options: options(effort)).graph
      let lost = try float - right(quantized)
      #expect(lost <= allowed, "\(effort): \(float) right in float")
    }
  }

  /// Pictures of pets: those of a class of ImageNet, and the rest.
  private func pets(_ input: InputPort) throws -> (
    known: [([TensorData], Int)], rest: [[TensorData]]
  ) {
    try withTemporaryFolder { folder in
      let rows = String(decoding: try Assets.bytes("data/pets/labels.csv"), as: UTF8.self)
        .split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",") }
      let table = rows.map { "images/\($0[0]),\($0[4] == "-1" ? "1000" : $0[4])\n" }
      try writeFileAtomically(
        folder.appending(path: "labels.csv").path, Array("file,label\n\(table.joined())".utf8))
      try writeFileAtomically(
        folder.appending(path: "preprocess.yaml").path,
        Array("resize: none\ncrop: 224\nmean: 127\nstd: 128\n".utf8))
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: "images"), withDestinationURL: Assets.url("data/pets/images"))
      let data = try DataFolder(folder.path, inputs: [input])
      var known: [([TensorData], Int)] = []
      var rest: [[TensorData]] = []
      for index in 0..<data.count {
        let sample = try data.sample(index, truth: .label)
        guard case .label(let label) = sample.truth else { continue }
        if label < 1000 { known.append((sample.runs[0], label)) } else { rest += sample.runs }
      }
      return (known, rest)
    }
  }

  /// EfficientNet-Lite0, and the same with the channels of its linear values multiplied at random,
  /// which their readers undo.
  private func spoiledNetwork() throws -> (plain: Graph, spoiled: Graph, places: [String]) {
    let graph = try prepare(
      importModel(Assets.bytes("models/classification/efficientnet_lite0_fp32.onnx")))
    var random = SplitMix64(seed: 2)
    let sets = graph.freeScalingSets.map { set in
      let channels = graph.type(of: set.values[0]).shape[-1]
      return (
        set: set,
        factors: (0..<channels).map { _ in
          Double(sign: .plus, exponent: Int.random(in: -4...4, using: &random), significand: 1)
        }
      )
    }
    #expect(sets.count >= 7, "each stage of the network has a linear value of its own")
    return (
      graph, try graph.scaled(sets),
      sets.flatMap(\.set.values).map { graph.name(of: $0) }.sorted()
    )
  }

  private func input(of graph: Graph) -> InputPort {
    InputPort(name: graph.inputs[0].name, type: graph.type(of: graph.inputs[0].value))
  }

  @Test("diagnosis names the planted spreads, all of them and nothing else")
  func plantedSpreadsAreNamed() throws {
    let (plain, spoiled, places) = try spoiledNetwork()
    let rest = try pets(input(of: plain)).rest
    let samples = CalibrationSamples(rest).spread(12)
    var options = options(.low)
    options.diagnoses = true
    options.threads = 2
    let balanced = try #require(try quantize(spoiled, samples: samples, options: options).diagnosis)
    // Twelve pictures are few, which is another matter.
    func harms(_ diagnosis: Diagnosis) -> [Finding] {
      diagnosis.findings.filter { $0.severity == .harm && $0.cause != "too few samples" }
    }
    let planted = places.map { "spread of channels at \($0)" }
    func described(_ findings: [Finding]) -> [String] {
      findings.map { "\($0.cause) at \($0.place)" }.sorted()
    }
    #expect(described(harms(balanced)) == planted)
    #expect(described(harms(balanced).filter(\.isPresent)) == [])
    #expect(try #require(balanced.cures.first { $0.action == .equalize }).gain > 10)

    options.equalizes = false
    let found = try #require(try quantize(spoiled, samples: samples, options: options).diagnosis)
    #expect(described(harms(found)) == planted)
    #expect(described(harms(found).filter { !$0.isBalanced }) == [])
  }

  @Test("diagnosis finds nothing wrong with a healthy network")
  func healthyKeywords() throws {
    let graph = try importModel(Assets.bytes("models/mlperf-tiny/kws01_dscnn_fp32.tflite"))
    let clips = try keywords()
    let samples = clips.indices.filter { $0 % 5 == 0 }.map { clips[$0].input }
    var options = options(.medium)
    options.diagnoses = true
    let diagnosis = try #require(
      try quantize(graph, samples: CalibrationSamples(samples), options: options).diagnosis)
    #expect(diagnosis.isHealthy)
  }

  @Test("EfficientNet with planted spreads of channels: 2 of 150 pictures are lost at most")
  func plantedSpreads() throws {
    let (graph, spoiled, _) = try spoiledNetwork()
    let (known, rest) = try pets(input(of: graph))
    let inputs = known.map(\.0)
    func right(_ answers: [Int]) -> Int { zip(answers, known).count { $0 == $1.1 } }

    let float = try answers(graph, inputs)
    #expect(try answers(spoiled, inputs) == float, "powers of two change nothing")
    let samples = CalibrationSamples(Array(rest.prefix(36)))
    var plain = options(.low)
    plain.equalizes = false
    let collapsed = try quantize(spoiled, samples: samples, options: plain).graph
    #expect(try right(answers(collapsed, inputs)) < right(float) - 30)
    let repaired = try quantize(spoiled, samples: samples, options: options(.medium)).graph
    #expect(try right(answers(repaired, inputs)) >= right(float) - 2)
  }
}
