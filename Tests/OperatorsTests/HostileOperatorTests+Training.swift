// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TestSupport

extension HostileOperatorTests {
  /// The operators that only training needs.
  func trainingOperation(_ name: String, _ real: () -> Float) -> (any Operator)? {
    switch name {
    case "Affine": Affine(activation: ActivationRange(min: real(), max: real()))
    case "AffinePair": AffinePair()
    case "BinaryCrossEntropy": BinaryCrossEntropy()
    case "Blend": Blend(real(), real())
    case "BlendSquare": BlendSquare(real(), real())
    case "BlockProducts": BlockProducts()
    case "BlockSquares": BlockSquares()
    case "BlockSums": BlockSums()
    case "ClampGradient": ClampGradient(range: ActivationRange(min: real(), max: real()))
    case "DenseWeightGradient": DenseWeightGradient()
    case "Descend": Descend()
    case "DescendScaled": DescendScaled(epsilon: real())
    case "Dropout": Dropout(probability: real(), stream: .max)
    case "Hinge": Hinge(margin: real())
    case "Huber": Huber(delta: real())
    case "JoinBlocks": JoinBlocks(factor: real())
    case "KullbackLeibler": KullbackLeibler(temperature: real())
    case "MapGradient": mapGradient(real)
    case "MeanAbsoluteError": MeanAbsoluteError()
    case "MeanSquaredError": MeanSquaredError()
    case "NormalizationGradient":
      NormalizationGradient(epsilon: real(), isCentered: real() > 0)
    case "SoftmaxCrossEntropy": SoftmaxCrossEntropy()
    case "SoftmaxGradient": SoftmaxGradient()
    case "Triplet": Triplet(margin: real())
    default: nil
    }
  }

  private func mapGradient(_ real: () -> Float) -> MapGradient {
    let alpha = real()
    if alpha > 1 { return MapGradient(of: ELU(alpha: real())) }
    if alpha < 0 { return MapGradient(of: HardSigmoid(alpha: real(), beta: real())) }
    return MapGradient(of: Power(exponent: real()))
  }

  /// The gradients of windows over each channel.
  func windowGradient(_ name: String, _ random: inout SeededGenerator) -> any Operator {
    func pair() -> Extent2D { Extent2D(number(&random), number(&random)) }
    let (before, behind) = (pair(), pair())
    let padding = Padding(
      top: before.height, left: before.width, bottom: behind.height, right: behind.width)
    switch name {
    case "DepthwiseInputGradient":
      return DepthwiseInputGradient(
        stride: pair(), dilation: pair(), padding: padding, image: pair())
    case "DepthwiseWeightGradient":
      return DepthwiseWeightGradient(
        kernel: pair(), stride: pair(), dilation: pair(), padding: padding)
    default: return MaxPoolGradient(window: pair(), stride: pair(), padding: padding)
    }
  }
}
