// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// A product of matrices that are both computed: `y[…, m, n] = Σ a[…, m, k] · b[…, k, n]`.
///
/// Inputs: a `[…, M, K]` and b `[…, K, N]`, or b `[…, N, K]` when transposed; the leading axes
/// broadcast as in NumPy, as far as two axes express it. Float32 only. A constant matrix on the
/// right is `FullyConnected`.
package struct MatMul: Operator, Hashable {
  package static let name = "MatMul"
  package static let spellings: [Spelling] = [
    .onnx("MatMul", since: 1) { node throws(OperatorError) in
      [try product(&node, try node.input(0), try node.input(1), isTransposed: false)]
    },
    .tflite(126, fromTFLite),
  ]
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  /// Whether b holds the columns of the right side as its rows.
  package var isTransposed: Bool

  package init(isTransposed: Bool = false) { self.isTransposed = isTransposed }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    for (index, input) in inputs.enumerated() {
      try input.check(dtype: .float32, input: index)
      try input.check(rank: 2...ProgramFormat.maximumRank, input: index)
    }
    let product = try Product(inputs[0].shape, inputs[1].shape, isTransposed: isTransposed)
    guard product.depth == product.rightDepth else {
      let inner = [product.depth, product.columns]
      try inputs[1].check(
        extents: inputs[1].shape.extents.dropLast(2)
          + (isTransposed ? Array(inner.reversed()) : inner),
        input: 1)
      return []
    }
    let batch = product.batch.extents
    guard batch.count + 2 <= ProgramFormat.maximumRank else { throw .tooLarge }
    return [inputs[0].output(try Shape(checked: batch + [product.rows, product.columns]))]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard
      let p = try? Product(inputs[0].shape, inputs[1].shape, isTransposed: isTransposed)
    else { preconditionFailure("types were inferred") }
    let (a, b) = (inputs[0].values, inputs[1].values)
    var y: [Double] = []
    for (left, right) in p.sources {
      for row in 0..<p.rows {
        for column in 0..<p.columns {
          var sum = 0.0
          for k in 0..<p.depth {
            let within = isTransposed ? column * p.depth + k : k * p.columns + column
            sum +=
              a[(left * p.rows + row) * p.depth + k] * b[right * p.depth * p.columns + within]
          }
          y.append(sum)
        }
      }
    }
    return [ReferenceTensor(Shape(p.batch.extents + [p.rows, p.columns]), y)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let p = try Product(
      node.inputs[0].shape, node.inputs[1].shape, isTransposed: isTransposed)
    let contract: uk_contract =
      switch node.floatClass {
      case .fma: .UK_CONTRACT_f32_matmul_fma
      case .muladd: .UK_CONTRACT_f32_matmul_muladd
      }
    guard let parameters = p.stored(isTransposed: isTransposed) else {
      throw .broadcastUnsupported(node.inputs[0].shape, node.inputs[1].shape)
    }
    return .step(
      KernelRequest(
        contract, parameters: parameters,
        operands: [.input(0), .input(1), .output(0)],
        macCount: p.batch.elementCount * p.rows * p.columns * p.depth))
  }
}

/// The extents of a product.
private struct Product {
  let rows: Int
  let columns: Int
  let depth: Int

  /// The depth as the right side has it.
  let rightDepth: Int

  /// The leading axes of the output.
  let batch: Shape

  /// For each of them, from one of the operand's matrices to the next; 0 repeats one.
  private let left: [Int]
  private let right: [Int]

  init(_ a: Shape, _ b: Shape, isTransposed: Bool) throws(OperatorError) {
    (rows, depth) = (a[-2], a[-1])
    (rightDepth, columns) = isTransposed ? (b[-1], b[-2]) : (b[-2], b[-1])
    let (a, b) = (Shape(Array(a.extents.dropLast(2))), Shape(Array(b.extents.dropLast(2))))
    let batch = try Broadcast(a, b).output
    func strides(_ shape: Shape) -> [Int] {
      let extents = [Int](repeating: 1, count: batch.rank - shape.rank) + shape.extents
      return zip(extents, Shape(extents).strides).map { $0 == 1 ? 0 : $1 }
    }
    self.batch = batch
    (left, right) = (strides(a), strides(b))
  }

  /// For every product, the numbers of its matrices.
  var sources: Zip2Sequence<[Int], [Int]> {
    zip(stridedIndices(batch.extents, left), stridedIndices(batch.extents, right))
  }

  /// The leading axes with those merged that both operands treat alike, innermost first.
  private var mergedAxes: [(extent: Int, left: Int, right: Int)] {
    var axes: [(extent: Int, left: Int, right: Int)] = []
    for axis in batch.extents.indices.reversed() where batch[axis] > 1 {
      if let inner = axes.last, left[axis] == inner.left * inner.extent,
        right[axis] == inner.right * inner.extent
      {
        axes[axes.count - 1].extent *= batch[axis]
      } else {
        axes.append((batch[axis], left[axis], right[axis]))
      }
    }
    return axes
  }

  /// One matrix on the right serves all rows on the left, whatever batch they are in.
  ///
  /// `nil` when two axes of products do not suffice.
  func stored(isTransposed: Bool) -> uk_f32_matmul_parameters? {
    var axes = mergedAxes
    guard axes.count <= 2 else { return nil }
    axes += [(extent: Int, left: Int, right: Int)](repeating: (1, 0, 0), count: 2 - axes.count)
    var (height, inner, outer) = (rows, axes[0], axes[1])
    if outer.extent == 1, inner.right == 0 {
      height *= inner.extent
      inner = outer
    }
    let (a, b) = (rows * depth, depth * columns)
    return uk_f32_matmul_parameters(
      outer: UInt32(outer.extent), inner: UInt32(inner.extent), rows: UInt32(height),
      columns: UInt32(columns), depth: UInt32(depth), is_transposed: isTransposed ? 1 : 0,
      a_outer: UInt32(outer.left * a), a_inner: UInt32(inner.left * a),
      b_outer: UInt32(outer.right * b), b_inner: UInt32(inner.right * b), reserved: (0, 0))
  }
}

// MARK: - Samples

extension MatMul {
  package static let samples: [Sample] = [
    Sample(
      "float32", MatMul(), [.variable(.float([2, 3, 7, 19])), .variable(.float([2, 3, 19, 21]))]),
    Sample(
      "float32, transposed", MatMul(isTransposed: true),
      [.variable(.float([3, 7, 19])), .variable(.float([3, 37, 19]))]),
    Sample(
      "float32, repeated", MatMul(),
      [.variable(.float([2, 3, 1, 5])), .variable(.float([2, 1, 5, 16]))]),
    Sample(
      "float32, shared", MatMul(), [.variable(.float([2, 13, 5])), .variable(.float([5, 40]))]),
  ]
}

// MARK: - Spellings

extension MatMul {
  /// A dense layer when b is a matrix known at compile time.
  ///
  /// A vector on the left is a row, on the right a column, and the axis this adds goes again.
  static func product(
    _ node: inout ImportedNode, _ a: Value, _ b: Value, isTransposed: Bool
  ) throws(OperatorError) -> Value {
    let (left, right) = (node.shape(of: a), node.shape(of: b))
    if right.rank == 2, left.rank > 0, node.builder.isFoldable(b) {
      let weights = isTransposed ? b : try node.transposed(b, [1, 0])
      return try node.apply(FullyConnected(), [a, weights])
    }
    let row = left.rank == 1 ? try node.reshaped(a, to: [1, left[0]]) : a
    let column = right.rank == 1 ? try node.reshaped(b, to: [right[0], 1]) : b
    let y = try node.apply(MatMul(isTransposed: isTransposed), [row, column])
    var extents = node.shape(of: y).extents
    if left.rank == 1 { extents.remove(at: extents.count - 2) }
    if right.rank == 1 { extents.removeLast() }
    return try node.reshaped(y, to: extents)
  }

  private static func fromTFLite(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    var a = try node.input(0)
    if try node.attributes.bool("adj_x", default: false) {
      let rank = node.shape(of: a).rank
      try node.type(of: a).check(rank: 2...ProgramFormat.maximumRank, input: 0)
      a = try node.transposed(a, Array(0..<rank - 2) + [rank - 1, rank - 2])
    }
    let isTransposed = try node.attributes.bool("adj_y", default: false)
    return [try product(&node, a, try node.input(1), isTransposed: isTransposed)]
  }
}
