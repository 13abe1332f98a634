// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import Operators
import TensorCore

/// How many answers of a classifier rounding is expected to change.
///
/// An answer is the class of the greatest score, at every position of the last axis. Counting those
/// that differ would need hundreds of samples for a share of a hundredth. Instead every answer
/// counts with its probability to change: scores are off by noise of one variance, told from all
/// samples, and the answer changes when the noise of two classes differs by more than their scores
/// do. Normal noise and a sum over the runners-up (the union bound) are what is assumed. The share
/// bounds the loss of accuracy, and needs no labels.
package struct ExpectedChanges {
  /// The leads of each answer over its nearest rivals.
  private var leads: [[Double]] = []
  private var squaredErrors = 0.0
  private var errorCount = 0

  package init() {}

  /// Takes the scores of one run, `classes` at each position.
  package mutating func add(_ float: [Double], _ quantized: [Double], classes: Int) {
    let positions = float.count / classes
    let step = (positions + Self.positionLimit - 1) / Self.positionLimit
    for position in stride(from: 0, to: positions, by: step) {
      let scores = float[position * classes..<(position + 1) * classes]
      let errors = zip(scores, quantized[position * classes..<(position + 1) * classes]).map(-)
      // What all classes are off by alike changes no answer.
      let mean = errors.reduce(0, +) / Double(classes)
      squaredErrors += errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      errorCount += classes - 1
      let best = scores.sorted(by: >).prefix(Self.rivalCount + 1)
      leads.append(best.dropFirst().map { best[best.startIndex] - $0 })
    }
  }

  /// The expected share of answers that change, 0 to 1.
  package var share: Double {
    guard !leads.isEmpty, squaredErrors > 0 else { return 0 }
    // The difference of two scores varies twice as much as one.
    let deviation = (2 * squaredErrors / Double(errorCount)).squareRoot()
    let changes = leads.reduce(0) { total, rivals in
      total + min(1, rivals.reduce(0) { $0 + normalTail($1 / deviation) })
    }
    return changes / Double(leads.count)
  }

  /// Answers of one run that are looked at: those of a map's pixels are much alike.
  private static let positionLimit = 256

  /// Classes that an answer may change to.
  private static let rivalCount = 3
}

/// The probability that a standard normal number is greater than `x`.
private func normalTail(_ x: Double) -> Double { (1 - errorFunction(x / 2.0.squareRoot())) / 2 }

extension QuantizationScheme {
  /// The greatest share of answers that one output is expected to change.
  ///
  /// - Throws: `QuantizationError.noClasses` when an output has no classes to answer with.
  func expectedChanges(
    _ samples: CalibrationSamples, pool: ThreadPool?, progress: (Int) -> Void
  ) throws -> Double {
    guard let scores = graph.scores else { throw QuantizationError.noClasses }
    let (float, quantized) = (
      try GraphRunner(graph, observing: scores, pool: pool),
      try runner(observing: scores, pool: pool)
    )
    guard quantized.values == scores else { throw QuantizationError.noClasses }
    var changes = [ExpectedChanges](repeating: ExpectedChanges(), count: scores.count)
    for index in 0..<samples.count {
      let (name, runs) = try samples[index]
      for inputs in runs {
        let reals = try float.run(inputs, sample: name)
        let others = try quantized.runner.run(inputs, sample: name)
        for position in changes.indices {
          changes[position].add(
            reals[position].storedValues, ReferenceTensor(others[position]).values,
            classes: graph.type(of: scores[position]).shape.channels)
        }
      }
      progress(index + 1)
    }
    return changes.map(\.share).max() ?? 0
  }
}

extension Graph {
  /// The scores that the outputs' answers are told from: before a softmax that they end in, for
  /// noise is even there; `nil` when an output has no classes.
  var scores: [Value]? {
    var found: [Value] = []
    for port in outputs {
      var value = port.value
      while let producer = producer(of: value), nodes[producer].keepsGreatest {
        value = nodes[producer].inputs[0]
      }
      guard type(of: value).dtype == .float32, type(of: value).shape.channels > 1,
        producer(of: value) != nil
      else { return nil }
      found.append(value)
    }
    return found
  }
}

extension Node {
  /// Whether the greatest along the last axis of what goes in is the greatest of what comes out.
  ///
  /// Classes are in the last axis inside; a model of channels first ends in a transpose.
  fileprivate var keepsGreatest: Bool { operation is Softmax || operation is Transpose }
}
