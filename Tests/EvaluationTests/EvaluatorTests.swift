// SPDX-License-Identifier: Apache-2.0
import DataFolders
import Evaluation
import Foundation
import TensorCore
import TensorFiles
import TestSupport
import Testing

/// Metrics on folders, with models that are a line of Swift.
@Suite("evaluator")
struct EvaluatorTests {
  private let vector = InputPort(name: "x", type: TensorType(.float32, [1, 3]))
  private let picture = InputPort(name: "image", type: TensorType(.float32, [1, 2, 4, 3]))

  /// Evaluates a model on `x.npy` and `y.npy`.
  private func evaluate(
    _ x: TensorData, _ y: TensorData, outputs: TensorType, _ metrics: [MetricName] = [],
    model: (TensorData) -> TensorData
  ) throws -> Evaluator.Result {
    try withTemporaryFolder { folder in
      try writeFileAtomically(folder.appending(path: "x.npy").path, writeNPY(x))
      try writeFileAtomically(folder.appending(path: "y.npy").path, writeNPY(y))
      let data = try DataFolder(folder.path, inputs: [vector])
      let evaluator = try Evaluator(data, inputs: [vector], outputs: [outputs], metrics: metrics)
      return try evaluator.evaluate { [model($0[0])] }
    }
  }

  private func value(_ name: String, _ result: Evaluator.Result) throws -> Double {
    try #require(result.measurements.first { $0.name == name }).value
  }

  // MARK: - Classes

  @Test("top-k counts the right class among the highest, the first of equals before the others")
  func topClasses() throws {
    // The model says 5 − |class − x|: the order is by distance from x, and 2.5 is a tie.
    let x = TensorData([4, 3], float32: [0, 0, 0, 2.5, 0, 0, 7, 0, 0, 2, 0, 0])
    let y = TensorData([4], int64: [0, 2, 1, 3])
    let type = TensorType(.float32, [1, 8])
    let result = try evaluate(x, y, outputs: type, [.top1, .top5]) { input in
      let middle = input.float32Values[0]
      return TensorData([1, 8], float32: (0..<8).map { 5 - abs(Float($0) - middle) })
    }
    #expect(try value("top1", result) == 0.5)
    #expect(try value("top5", result) == 0.75)
    let confusions = try #require(result.confusions)
    #expect(confusions.predictions == [0, 2, 7, 2])
    #expect(
      confusions.cells.map { [$0.label, $0.prediction, $0.count] } == [
        [0, 0, 1], [1, 7, 1], [2, 2, 1], [3, 2, 1],
      ])
    let interval = try #require(result.measurements.first).interval
    #expect(interval == wilsonInterval(successes: 2, of: 4))
  }

  @Test func labelsBeyondTheClassesAreRefused() throws {
    let error = #expect(throws: EvaluationError.self) {
      try evaluate(
        TensorData([1, 3], float32: [0, 0, 0]), TensorData([1], int64: [3]),
        outputs: vector.type
      ) { $0 }
    }
    #expect(
      "\(try #require(error))".hasSuffix(
        "x.npy, sample 0: the label is class 3; the model has 3, counted from 0"))
  }

  @Test func answersThatAreNoNumbersAreRefused() throws {
    let x = TensorData([1, 3], float32: [0, .nan, 0])
    for (metric, y) in [
      (MetricName.top1, TensorData([1], int64: [1])),
      (.mse, TensorData([1, 3], float32: [0, 0, 0])),
    ] {
      #expect(throws: EvaluationError.self) {
        try evaluate(x, y, outputs: vector.type, [metric]) { $0 }
      }
    }
  }

  // MARK: - Scores

  @Test("auc of the second of two numbers, and of an autoencoder's error")
  func areas() throws {
    let x = TensorData([3, 3], float32: [1, 0, 0, 3, 0, 0, 2, 0, 0])
    let y = TensorData([3], int64: [0, 1, 0])
    let two = TensorType(.float32, [1, 2])
    let second = try evaluate(x, y, outputs: two, [.auc]) {
      TensorData([1, 2], float32: [0, $0.float32Values[0]])
    }
    #expect(try value("auc", second) == 1)
    // The error of answering 3 is least where the label is 1.
    let autoencoder = try evaluate(x, y, outputs: vector.type, [.auc]) { _ in
      TensorData([1, 3], float32: [3, 0, 0])
    }
    #expect(try value("auc", autoencoder) == 0)
    #expect(throws: EvaluationError.undefined(.auc)) {
      try evaluate(
        x, TensorData([3], int64: [1, 1, 1]), outputs: two, [.auc]
      ) { _ in
        TensorData([1, 2], float32: [0, 1])
      }
    }
  }

  @Test("mse in real numbers of a quantised output")
  func squaredError() throws {
    let type = TensorType(
      .int8, [1, 3], quantization: QuantizationParameters(scale: 0.5, zeroPoint: 1))
    let x = TensorData([2, 3], float32: [0, 0, 0, 1, 1, 1])
    let y = TensorData([2, 3], float32: [1, 2, 3, 1, 2, 3])
    let result = try evaluate(x, y, outputs: type) { _ in
      TensorData(type, bytes: [3, 5, 9])
    }
    // 1, 2, 4 against 1, 2, 3.
    #expect(abs(try value("mse", result) - 1.0 / 3) < 1e-12)
  }

  @Test("spearman of single numbers, and of pairs with padding that does not count")
  func correlation() throws {
    let x = TensorData([4, 3], float32: [1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0])
    let y = TensorData([4], float32: [1, 5, 7, 9])
    let one = TensorType(.float32, [1, 1])
    let single = try evaluate(x, y, outputs: one, [.spearman]) {
      TensorData([1, 1], float32: [-$0.float32Values[0]])
    }
    #expect(try value("spearman", single) == -1)
  }

  @Test("spearman of pairs: the cosine of means over the tokens of the mask")
  func pairs() throws {
    let ports = ["attention_mask", "tokens"].map {
      InputPort(name: $0, type: TensorType(.int64, [1, 2]))
    }
    let result = try withTemporaryFolder { folder in
      func write(_ name: String, _ tensor: TensorData) throws {
        try writeFileAtomically(folder.appending(path: name).path, writeNPY(tensor))
      }
      // A token t becomes (cos, sin) of t · 10°; 9 is padding.
      try write("tokens.npy", TensorData([3, 2, 2], int64: [0, 9, 1, 9, 0, 0, 4, 9, 2, 2, 8, 9]))
      try write(
        "attention_mask.npy", TensorData([3, 2, 2], int64: [1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0]))
      try write("y.npy", TensorData([3], float32: [3, 2, 1]))
      let data = try DataFolder(folder.path, inputs: ports)
      let output = TensorType(.float32, [1, 2, 2])
      let evaluator = try Evaluator(data, inputs: ports, outputs: [output])
      return try evaluator.evaluate { inputs in
        let angles = inputs[1].storedValues.map { $0 * .pi / 18 }
        return [
          TensorData([1, 2, 2], float32: angles.flatMap { [Float(cos($0)), Float(sin($0))] })
        ]
      }
    }
    // Apart by 10°, 40° and 60°: the order of the scores.
    #expect(try value("spearman", result) == 1)
  }

  // MARK: - Pictures

  private func evaluate(
    table: String, settings: String = "", files: [String: Image], output: TensorType,
    outputs: [TensorData]
  ) throws -> Evaluator.Result {
    try withTemporaryFolder { folder in
      func write(_ name: String, _ bytes: [UInt8]) throws {
        try writeFileAtomically(folder.appending(path: name).path, bytes)
      }
      try write("labels.csv", Array(table.utf8))
      try write("preprocess.yaml", Array(settings.utf8))
      for (name, image) in files { try write(name, writePNG(image)) }
      let data = try DataFolder(folder.path, inputs: [picture])
      let evaluator = try Evaluator(
        data, inputs: [picture], outputs: outputs.isEmpty ? [output] : outputs.map(\.type))
      return try evaluator.evaluate { _ in outputs }
    }
  }

  private func grey(_ levels: [UInt8], width: Int) -> Image {
    Image(
      width: width, height: levels.count / width, samples: levels.flatMap { [$0, $0, $0] })
  }

  @Test("detection maps the best box back to the picture")
  func detection() throws {
    // The picture is twice as large as the input: the box of the input's left half is 0…4, 0…4.
    let outputs = [
      TensorData([1, 1, 4], float32: [0, 0, 1, 0.5]), TensorData([1, 1], float32: [5]),
      TensorData([1, 1], float32: [0.5]), TensorData([1], float32: [1]),
    ]
    let result = try evaluate(
      table: "file,label,x0,y0,x1,y1\na.png,5,0,0,4,4\na.png,5,0,0,8,4\na.png,5,4,0,8,4\n"
        + "a.png,6,0,0,4,4\n",
      settings: "resize: stretch",
      files: ["a.png": grey([UInt8](repeating: 0, count: 32), width: 8)],
      output: outputs[0].type, outputs: outputs)
    #expect(try value("detection_class", result) == 0.75)
    #expect(try value("detection", result) == 0.5)
    #expect(result.confusions?.predictions == [5, 5, 5, 5])
  }

  @Test("miou of a foreground at the size of the picture")
  func foreground() throws {
    // The input is the middle of a picture of 8 x 2; the output is half the input's size.
    let output = TensorData([1, 1, 2], int32: [2, 7])
    let mask: [UInt8] = [255, 255, 0, 9, 0, 0, 255, 0, 0, 0, 1, 1, 1, 0, 0, 0]
    let result = try evaluate(
      table: "file,mask\na.png,m.png\n",
      settings: "crop: [2, 4]\nclasses: [a, b, c]\nforeground: [c, 1]",
      files: [
        "a.png": grey([UInt8](repeating: 0, count: 16), width: 8), "m.png": grey(mask, width: 8),
      ], output: output.type, outputs: [output])
    // Columns 2…5 are seen; 2 and 3 are called foreground. True there: (0,3), (1,2), (1,3), (1,4).
    #expect(try value("miou", result) == 3.0 / 5)
  }

  @Test("miou over the classes that occur, without unknown pixels")
  func classes() throws {
    let scores = TensorData(
      [1, 2, 4, 2], float32: [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1])
    let result = try evaluate(
      table: "file,mask\na.png,m.png\n",
      files: [
        "a.png": grey([UInt8](repeating: 0, count: 8), width: 4),
        "m.png": grey([0, 1, 1, 255, 0, 1, 0, 3], width: 4),
      ], output: scores.type, outputs: [scores])
    // Said 0 1 0 1 / 0 1 0 1. Class 0: 3 of 4; class 1: 2 of 4; class 3: none of 1.
    #expect(abs(try value("miou", result) - (3.0 / 4 + 2.0 / 4) / 3) < 1e-12)
  }

  // MARK: - Bad usage

  @Test("metrics that the folder cannot serve")
  func unsuitedMetrics() throws {
    let x = TensorData([1, 3], float32: [0, 0, 0])
    let y = TensorData([1], int64: [1])
    let error = #expect(throws: EvaluationError.self) {
      try evaluate(x, y, outputs: vector.type, [.miou]) { $0 }
    }
    #expect(error?.isBadUsage == true)
    #expect(
      "\(try #require(error))".hasPrefix(
        "miou needs a mask for each sample; the folder has a label, target values; "
          + "use --metric top1"
      ))
    #expect(throws: EvaluationError.mixed(.top1, .mse)) {
      try evaluate(x, y, outputs: vector.type, [.top1, .mse]) { $0 }
    }
    let square = TensorType(.float32, [1, 2, 2])
    #expect(throws: EvaluationError.outputs(.top1, [square])) {
      try evaluate(x, y, outputs: square, [.top1]) { $0 }
    }
  }
}
