// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// The gradient of a dense layer's weights: `y[n, k] = Σ x[r, k] · dy[r, n]` over all rows r.
///
/// Inputs: x `[…, K]`, dy `[…, N]`; output packed as kernels read weights, `[⌈N / 16⌉, 1, K, 16]`,
/// with 0 where no column is. Float32 only; rows are summed in blocks, see `BlockSums`.
package struct DenseWeightGradient: Operator, Hashable {
  package static let name = "DenseWeightGradient"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    for (index, input) in inputs.enumerated() {
      try input.check(dtype: .float32, input: index)
      try input.check(rank: 1...ProgramFormat.maximumRank, input: index)
    }
    let (columns, depth) = (inputs[1].shape[-1], inputs[0].shape[-1])
    try inputs[1].check(extents: inputs[0].shape.extents.dropLast() + [columns], input: 1)
    return [inputs[0].output(try packedWeights(columns: columns, taps: 1, depth: depth))]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let (x, dy) = (inputs[0].values, inputs[1].values)
    let (columns, depth) = (inputs[1].shape[-1], inputs[0].shape[-1])
    var y = PackedGradient(columns: columns, taps: 1, depth: depth)
    for row in 0..<x.count / depth {
      for column in 0..<columns {
        for k in 0..<depth {
          y[column, 0, k] += x[row * depth + k] * dy[row * columns + column]
        }
      }
    }
    return [y.tensor]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let (columns, depth) = (node.inputs[1].shape[-1], node.inputs[0].shape[-1])
    return node.denseWeightGradient(
      rows: node.inputs[0].shape.elementCount / depth, columns: columns, depth: depth)
  }
}

/// `[⌈columns / 16⌉, taps, depth, 16]`: weights in the panels that kernels read.
func packedWeights(columns: Int, taps: Int, depth: Int) throws(OperatorError) -> Shape {
  try Shape(checked: [(columns + 15) / 16, taps, depth, 16])
}

/// The sums of a weight gradient, found by where a weight is used.
struct PackedGradient {
  private(set) var tensor: ReferenceTensor

  init(columns: Int, taps: Int, depth: Int) {
    tensor = ReferenceTensor(Shape([(columns + 15) / 16, taps, depth, 16]), repeating: 0)
  }

  subscript(column: Int, tap: Int, k: Int) -> Double {
    get { tensor.values[index(column, tap, k)] }
    set { tensor.values[index(column, tap, k)] = newValue }
  }

  private func index(_ column: Int, _ tap: Int, _ k: Int) -> Int {
    ((column / 16 * tensor.shape[1] + tap) * tensor.shape[2] + k) * 16 + column % 16
  }
}

extension NodeContext {
  /// The step for x and dy as matrices of so many rows.
  func denseWeightGradient(rows: Int, columns: Int, depth: Int) -> Lowering {
    step(
      contract(
        fma: .UK_CONTRACT_f32_gemm_weight_gradient_fma,
        muladd: .UK_CONTRACT_f32_gemm_weight_gradient_muladd),
      uk_f32_gemm_transposed_parameters(
        rows: UInt32(rows), columns: UInt32(columns), depth: UInt32(depth), reserved: 0),
      overwritable: 0, macCount: rows * columns * depth)
  }
}

// MARK: - Samples

extension DenseWeightGradient {
  package static let samples: [Sample] = [
    Sample(
      "one block", DenseWeightGradient(),
      [.variable(.float([3, 5, 37])), .variable(.float([3, 5, 19]))]),
    Sample(
      "three blocks", DenseWeightGradient(),
      [.variable(.float([523, 21])), .variable(.float([523, 70]))]),
    Sample(
      "one row", DenseWeightGradient(), [.variable(.float([7])), .variable(.float([33]))]),
  ]
}
