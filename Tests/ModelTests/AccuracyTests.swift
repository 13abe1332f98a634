// SPDX-License-Identifier: Apache-2.0
import Compiler
import DataFolders
import Engine
import Evaluation
import Foundation
import Importers
import TensorCore
import TensorFiles
import TestSupport
import Testing

/// Two rows of docs/accuracy.md: one of arrays in int8, one of pictures in float32.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage))
struct AccuracyTests {
  /// What the models' own runtimes were measured to give: a value and the number of samples.
  private struct References: Decodable {
    let values: [String: [Double]]

    init() throws {
      self = try JSONDecoder().decode(
        Self.self, from: Data(Assets.bytes("reference_accuracy.json")))
    }
  }

  @Test("keyword spotting in int8, on stored spectra")
  func keywords() throws {
    try withTemporaryFolder { folder in
      let spectra = try readNPY(Assets.bytes("data/kws/mfcc_int8_1000x49x10.npy"))
      let samples = spectra.reinterpreted(as: TensorType(.int8, [1000, 49, 10, 1]))
      try writeFileAtomically(folder.appending(path: "x.npy").path, writeNPY(samples))
      try writeFileAtomically(
        folder.appending(path: "y.npy").path, Assets.bytes("data/kws/labels_u8_1000.npy"))
      try expectReference(
        "models/mlperf-tiny/kws01_dscnn_int8.tflite", folder,
        [.top1: "kws01_dscnn_int8:kws01 top-1"])
    }
  }

  @Test("pictures of pets that are classes of ImageNet, in float32")
  func pets() throws {
    try withTemporaryFolder { folder in
      let rows = String(decoding: try Assets.bytes("data/pets/labels.csv"), as: UTF8.self)
        .split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",") }
      let table = rows.filter { $0[4] != "-1" }.map { "images/\($0[0]),\($0[4])\n" }
      try writeFileAtomically(
        folder.appending(path: "labels.csv").path, Array("file,label\n\(table.joined())".utf8))
      let settings = "crop: 224\nmean: 127.5\nstd: 127.5\nlabel_offset: 1\n"
      try writeFileAtomically(
        folder.appending(path: "preprocess.yaml").path, Array(settings.utf8))
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: "images"), withDestinationURL: Assets.url("data/pets/images"))
      try expectReference(
        "models/classification/mobilenet_v1_0.25_224_fp32.tflite", folder,
        [
          .top1: "mobilenet_v1_0.25_224_fp32:pets ImageNet top-1",
          .top5: "mobilenet_v1_0.25_224_fp32:pets ImageNet top-5",
        ])
    }
  }

  /// Expects the references within one sample in 200, and the 5e-5 that they are rounded by.
  private func expectReference(
    _ model: String, _ folder: URL, _ names: [MetricName: String]
  ) throws {
    let references = try References().values
    let program = try Program(copying: compile(importModel(Assets.bytes(model))).bytes)
    let ports = program.entryPoints[0]
    let inputs = ports.inputs.map { InputPort(name: $0.name, type: $0.type) }
    let evaluator = try Evaluator(
      DataFolder(folder.path, inputs: inputs), inputs: inputs, outputs: ports.outputs.map(\.type),
      metrics: Array(names.keys))
    let session = try Session(program)
    let result = try evaluator.evaluate { tensors in
      try session.setInput(0, to: tensors[0].bytes)
      session.run()
      return [TensorData(ports.outputs[0].type, bytes: try session.outputBytes(0))]
    }
    for (metric, name) in names {
      let reference = try #require(references[name])
      let found = try #require(result.measurements.first { $0.name == metric.rawValue })
      #expect(found.count == Int(reference[1]), "\(name)")
      #expect(abs(found.value - reference[0]) <= 1.0 / 200 + 5e-5, "\(name)")
    }
  }
}
