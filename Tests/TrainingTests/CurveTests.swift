// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Foundation
import Graph
import Importers
import Operators
import TensorCore
import TensorFiles
import Testing
import Training

/// The loss of each of 300 steps, against PyTorch's in float64; `docs/training-oracle.md` says how
/// the curves were made and what 1e-4 can mean.
@Suite struct CurveTests {
  private static let tolerance = 1e-4

  @Test(arguments: Curve.all)
  func isPyTorchs(_ curve: Curve) throws {
    let training = try CurveTraining(curve)
    var worst = (step: 0, distance: 0.0)
    for (step, expected) in try curve.losses().enumerated() {
      let loss = try training.step(step)
      let distance = (loss - expected).magnitude / expected.magnitude
      if !(distance <= worst.distance) { worst = (step, distance) }
    }
    #expect(worst.distance <= Self.tolerance, "step \(worst.step): \(worst.distance)")
  }

  /// Every parameter is trained, so none is missed on the way from ONNX.
  @Test(arguments: [("small-mlp", 18858), ("smooth-cnn", 3842), ("encoder", 18538)])
  func everyParameterIsFound(_ network: String, _ count: Int) throws {
    let model = try prepareForTraining(Curve.model(network))
    #expect(model.parameters.reduce(0) { $0 + $1.count } == count)
  }

  /// What batch normalisation keeps for inference.
  @Test func runningStatisticsArePyTorchs() throws {
    let curve = try #require(
      Curve.all.first { $0.network == "smooth-cnn" && $0.optimizer == "sgd" })
    let training = try CurveTraining(curve)
    for step in 0..<300 { _ = try training.step(step) }
    let expected = try readNPZ(Curve.file("statistics.npz"))
    let session = training.session
    let states = session.program.stateNames.filter { $0.contains("running") }
    #expect(states.count == expected.count)
    for state in states {
      let numbers = session.program.state(state, in: session.first).map(Double.init)
      let kind = state.hasSuffix("mean") ? "mean" : "variance"
      let candidates = expected.filter {
        $0.name.hasSuffix(kind) && $0.tensor.type.shape.elementCount == numbers.count
      }
      let reference = try #require(candidates.first).tensor.storedValues
      let scale = reference.map(\.magnitude).max() ?? 1
      for (own, theirs) in zip(numbers, reference) {
        #expect((own - theirs).magnitude <= Self.tolerance * scale, "\(state)")
      }
    }
  }
}

/// A golden curve: a network, an optimiser, and where in the samples it begins.
struct Curve: CustomTestStringConvertible, Sendable, Decodable {
  let network: String
  let optimizer: String
  let firstBatch: Int

  private enum CodingKeys: String, CodingKey {
    case network, optimizer
    case firstBatch = "first batch"
  }

  var testDescription: String { "\(network), \(optimizer)" }

  private struct File: Decodable { let curves: [Curve] }

  static let all: [Curve] = {
    guard let bytes = try? file("curves.json"),
      let file = try? JSONDecoder().decode(File.self, from: Data(bytes))
    else { preconditionFailure("the fixtures are part of the repository") }
    return file.curves
  }()

  static func file(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    return try Array(Data(contentsOf: folder.appending(path: "Fixtures/Curves/\(name)")))
  }

  static func model(_ network: String) throws -> Graph {
    try importModel(try file("\(network).onnx"), options: ImportOptions())
  }

  func losses() throws -> [Double] {
    let name = "\(network)_\(optimizer)_f64"
    let tensors = try readNPZ(Self.file("curves.npz"))
    return try #require(tensors.first { $0.name == name }).tensor.storedValues
  }

  /// With the constants of `curves.json`.
  var rule: (rule: UpdateRule, rate: Float) {
    var rule: UpdateRule
    var rate: Float = 0.001953125
    switch optimizer {
    case "sgd": (rule, rate) = (UpdateRule(GradientDescent()), 0.015625)
    case "momentum", "momentum-l2": rule = UpdateRule(GradientDescent(momentum: 0.9))
    case "nesterov": rule = UpdateRule(GradientDescent(momentum: 0.9, isNesterov: true))
    case "adagrad": rule = UpdateRule(Adagrad())
    case "rmsprop": (rule, rate) = (UpdateRule(RMSProp()), 0.0001220703125)
    default: (rule, rate) = (UpdateRule(Adam()), 0.000244140625)
    }
    if optimizer.hasSuffix("-l2") { rule.l2 = 0.015625 }
    if optimizer == "adamw" { rule.decay = 0.25 }
    return (rule, rate)
  }
}

/// A curve's network in memory, with its batches.
final class CurveTraining {
  let session: TrainingSession
  private let curve: Curve
  private let pixels: [Double]
  private let labels: [Int]
  private let rate: Float
  private let microBatches: Int
  private static let batch = 16
  private static let classes = 10

  init(
    _ curve: Curve, limit: InstructionSet? = nil, pool: ThreadPool? = nil, microBatches: Int = 1
  ) throws {
    self.curve = curve
    self.microBatches = microBatches
    let samples = try readNPZ(Curve.file("samples.npz"))
    pixels = try #require(samples.first { $0.name == "x" }).tensor.storedValues
    labels = try #require(samples.first { $0.name == "y" }).tensor.storedValues.map { Int($0) }
    let model = try Curve.model(curve.network)
    let names = try prepareForTraining(model).parameters.map(\.name)
    rate = curve.rule.rate
    var plan = TrainingPlan(
      loss: SoftmaxCrossEntropy(), rule: curve.rule.rule,
      choices: Dictionary(uniqueKeysWithValues: names.map { ($0, TrainingPlan.Choice()) }),
      batch: Self.batch / microBatches)
    plan.microBatches = microBatches
    session = try TrainingSession(TrainingProgram(model, plan: plan), pool: pool, limit: limit)
  }

  /// Runs a step, counted from 0, and gives the mean loss before its update.
  func step(_ step: Int, isObserved: Bool = false) throws -> Double {
    let pixelCount = pixels.count / labels.count
    var inputs: [Float] = []
    var targets: [Float] = []
    for row in 0..<Self.batch {
      let sample = (Self.batch * (curve.firstBatch + step) + row) % labels.count
      inputs += pixels[sample * pixelCount..<(sample + 1) * pixelCount].map {
        Float(($0 - 120) / 256)
      }
      targets += (0..<Self.classes).map { $0 == labels[sample] ? 1 / Float(Self.batch) : 0 }
    }
    func part(_ values: [Float], _ index: Int) -> [Float] {
      let length = values.count / microBatches
      return Array(values[index * length..<(index + 1) * length])
    }
    var loss = 0.0
    for index in 0..<microBatches {
      try session.train(
        [part(inputs, index)], target: part(targets, index), rate: rate,
        isLast: index == microBatches - 1, isObserved: isObserved)
      loss += session.losses.reduce(0) { $0 + Double($1) }
    }
    return loss
  }
}
