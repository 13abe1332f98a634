// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Normalisation of each row by its root mean square: `y = x / √(Σx²/C + epsilon) · scale`.
///
/// Inputs: x `[…, C]`, scale `[C]`. Float32 only; made by `normalizationFusion`. Source: Zhang and
/// Sennrich 2019, arXiv:1910.07467.
package struct RMSNormalization: Operator, Hashable {
  package static let name = "RMSNormalization"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  /// Added to the mean of the squares; in its units.
  package var epsilon: Float

  package init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inferNormalization(inputs, epsilon: epsilon)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    referenceNormalization(inputs, epsilon: epsilon, isCentered: false)
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    node.normalization(epsilon: epsilon, isCentered: false)
  }
}

// MARK: - Gradient

extension RMSNormalization: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    try builder.normalizationGradients(node, epsilon: epsilon, isCentered: false) {
      (builder, inputs) throws(OperatorError) in try builder.apply(self, inputs)
    }
  }
}

// MARK: - Training

extension RMSNormalization: ParametricOperator {
  package static let parameters: [ParameterInput] = [.init(1, .scale)]
}

// MARK: - Samples

extension RMSNormalization {
  package static let samples: [Sample] = [
    Sample(
      "float32", RMSNormalization(), [.variable(.float([2, 3, 75])), .constant(.float([75]))])
  ]
}
