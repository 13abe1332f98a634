// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators

extension Recipe.Loss {
  /// The operator that computes the loss of each sample.
  var operation: any Operator {
    switch self {
    case .crossEntropy: SoftmaxCrossEntropy()
    case .binaryCrossEntropy: BinaryCrossEntropy()
    case .meanSquaredError: MeanSquaredError()
    case .meanAbsoluteError: MeanAbsoluteError()
    case .huber(let delta): Huber(delta: Float(delta))
    case .kullbackLeibler: KullbackLeibler()
    case .hinge: Hinge()
    case .triplet(let margin): Triplet(margin: Float(margin))
    }
  }

  /// Whether the targets hold each sample's part in the batch already.
  var isWeightedByTargets: Bool {
    if case .crossEntropy = self { true } else { false }
  }

  /// Whether it looks at what a softmax or sigmoid at the model's end is of.
  var takesLogits: Bool {
    switch self {
    case .crossEntropy, .binaryCrossEntropy, .kullbackLeibler: true
    case .meanSquaredError, .meanAbsoluteError, .huber, .hinge, .triplet: false
    }
  }
}
