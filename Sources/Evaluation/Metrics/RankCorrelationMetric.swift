// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// Spearman's correlation of the model's answers with given scores.
///
/// For pairs the answer is the cosine of two embeddings: the mean of the first output over the
/// tokens that `attention_mask` shows (all without such an input), or the output itself when it is
/// one vector. Otherwise it is the only number of the first output.
struct RankCorrelationMetric: Metric {
  private let isPaired: Bool
  private let tokens: Int
  private let width: Int
  /// The position of `attention_mask` among the inputs.
  private let mask: Int?
  private var answers: [Double] = []
  private var scores: [Double] = []

  init(inputs: [InputPort], outputs: [TensorType], isPaired: Bool) throws(EvaluationError) {
    self.isPaired = isPaired
    guard let shape = outputs.first?.shape, shape.elementCount > 0 else {
      throw .outputs(.spearman, outputs)
    }
    let extents = shape.extents.first == 1 ? Array(shape.extents.dropFirst()) : shape.extents
    guard isPaired ? (1...2).contains(extents.count) : shape.elementCount == 1 else {
      throw .outputs(.spearman, outputs)
    }
    width = extents.last ?? 1
    let tokens = shape.elementCount / width
    self.tokens = tokens
    mask = inputs.firstIndex {
      $0.name == "attention_mask" && $0.type.shape.elementCount == tokens
    }
  }

  mutating func add(
    _ outputs: [[TensorData]], of sample: Sample
  ) throws(EvaluationError) {
    guard case .values(let score) = sample.truth else { return }
    guard score.count == 1 else {
      throw .valueCount(sample: sample.name, expected: 1, found: score.count)
    }
    var answer = realValues(outputs[0][0])[0]
    if isPaired {
      let embeddings = zip(outputs, sample.runs).map { outputs, inputs in
        embedding(realValues(outputs[0]), weights: mask.map { realValues(inputs[$0]) })
      }
      answer = cosine(embeddings[0], embeddings[1])
    }
    guard !answer.isNaN, !score[0].isNaN else { throw .notFinite(sample: sample.name) }
    answers.append(answer)
    scores.append(score[0])
  }

  func measurements() throws(EvaluationError) -> [Measurement] {
    guard let value = rankCorrelation(answers, scores) else { throw .undefined(.spearman) }
    return [
      Measurement(
        name: MetricName.spearman.rawValue, value: value,
        interval: rankCorrelationInterval(value, count: answers.count),
        method: "Bonett-Wright", count: answers.count)
    ]
  }

  /// The mean of the tokens' vectors, weighed by the mask.
  private func embedding(_ values: [Double], weights: [Double]?) -> [Double] {
    var sum = [Double](repeating: 0, count: width)
    for token in 0..<tokens {
      let weight = weights?[token] ?? 1
      for index in 0..<width { sum[index] += weight * values[token * width + index] }
    }
    return sum
  }
}

/// The cosine of the angle between two vectors; their lengths do not matter.
package func cosine(_ first: [Double], _ second: [Double]) -> Double {
  func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  return product(first, second)
    / (product(first, first).squareRoot() * product(second, second).squareRoot())
}
