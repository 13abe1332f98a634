// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The input gradient of layer normalisation, or of root mean square normalisation where it is not
/// centered.
///
/// With `n = (x − mean) / √(variance + epsilon)` and `g = dy · scale`, over the last axis of C
/// columns:
///
///     dx = (g − Σg/C − n · Σ(g·n)/C) / √(variance + epsilon)
///
/// The mean and Σg/C count as 0 when not centered. Inputs: x and dy `[…, C]`, scale `[C]`. Float32
/// only. Source: Ba et al. 2016, arXiv:1607.06450.
///
/// The other gradients need no operator of their own: with n from the same normalisation by a scale
/// of 1 and a bias of 0, the scale's is `BlockProducts` of dy and n with a center of 0, joined, and
/// the bias's `sumOfRows(dy)`.
package struct NormalizationGradient: Operator, Hashable {
  package static let name = "NormalizationGradient"
  package static let spellings: [Spelling] = []
  package static let inputCount = 3...3
  package static let quantization = QuantizationRule.floatOnly

  /// Added to the variance; in its units.
  package var epsilon: Float
  package var isCentered: Bool

  package init(epsilon: Float = 1e-5, isCentered: Bool = true) {
    self.epsilon = epsilon
    self.isCentered = isCentered
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    guard epsilon >= 0, epsilon.isFinite else { throw .attributeValue("epsilon", .float(epsilon)) }
    try checkFloats(inputs, whole: 2, leastRank: 1)
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    var dx = inputs[0]
    let columns = dx.shape[-1]
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(columns) }
    for row in stride(from: 0, to: dx.values.count, by: columns) {
      let x = Array(inputs[0].values[row..<row + columns])
      let center = isCentered ? mean(x) : 0
      let deviation =
        (mean(x.map { ($0 - center) * ($0 - center) }) + Double(epsilon)).squareRoot()
      let n = x.map { ($0 - center) / deviation }
      let g = (0..<columns).map { inputs[1].values[row + $0] * inputs[2].values[$0] }
      let (a, b) = (isCentered ? mean(g) : 0, mean(zip(g, n).map { $0 * $1 }))
      for c in 0..<columns { dx.values[row + c] = (g[c] - a - n[c] * b) / deviation }
    }
    return [dx]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let contract = node.contract(
      fma: .UK_CONTRACT_f32_normalize_gradient_fma,
      muladd: .UK_CONTRACT_f32_normalize_gradient_muladd)
    let shape = node.inputs[0].shape
    let matrix = MatrixView(channelsOf: shape)
    let parameters = uk_f32_normalize_parameters(
      rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), epsilon: epsilon,
      is_centered: isCentered ? 1 : 0)
    return node.step(contract, parameters, overwritable: 2, macCount: 6 * shape.elementCount)
  }
}

// MARK: - Samples

extension NormalizationGradient {
  package static let samples: [Sample] = [
    Sample(
      "float32", NormalizationGradient(),
      [.variable(.float([2, 3, 75])), .variable(.float([2, 3, 75])), .constant(.float([75]))]),
    Sample(
      "float32, not centered", NormalizationGradient(epsilon: 0.1, isCentered: false),
      [.variable(.float([7, 32])), .variable(.float([7, 32])), .variable(.float([32]))]),
  ]
}
