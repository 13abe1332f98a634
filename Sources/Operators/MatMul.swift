// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// A product of matrices that are both computed: `y[…, m, n] = Σ a[…, m, k] · b[…, k, n]`.
///
/// Inputs: a `[…, M, K]` and b `[…, K, N]`, or b `[…, N, K]` when transposed; the leading axes
/// broadcast as in NumPy, as far as two axes express it. Float32 or int8. A constant matrix on the
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
  package static let quantization = QuantizationRule.freeOutputScale

  /// Whether b holds the columns of the right side as its rows.
  package var isTransposed: Bool

  package init(isTransposed: Bool = false) { self.isTransposed = isTransposed }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    for (index, input) in inputs.enumerated() {
      try input.check(dtype: inputs[0].dtype, input: index)
      try input.checkArithmetic(input: index)
      try input.check(rank: 2...ProgramFormat.maximumRank, input: index)
    }
    let product = try BatchedProduct(inputs[0].shape, inputs[1].shape, isTransposed: isTransposed)
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
      let p = try? BatchedProduct(inputs[0].shape, inputs[1].shape, isTransposed: isTransposed)
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
    let p = try BatchedProduct(
      node.inputs[0].shape, node.inputs[1].shape, isTransposed: isTransposed)
    guard let shape = p.stored(isTransposed: isTransposed) else {
      throw .broadcastUnsupported(node.inputs[0].shape, node.inputs[1].shape)
    }
    let macCount = p.batch.elementCount * p.rows * p.columns * p.depth
    let operands: [KernelRequest.Operand] = [.input(0), .input(1), .output(0)]
    if try node.isQuantized() {
      return .step(
        KernelRequest(
          .UK_CONTRACT_s8_matmul_requant, parameters: try integers(node, shape),
          operands: operands, macCount: macCount))
    }
    let contract: uk_contract =
      switch node.floatClass {
      case .fma: .UK_CONTRACT_f32_matmul_fma
      case .muladd: .UK_CONTRACT_f32_matmul_muladd
      }
    return .step(
      KernelRequest(contract, parameters: shape, operands: operands, macCount: macCount))
  }

  /// The parameters in int8, where no sum leaves 32 bits.
  private func integers(
    _ node: NodeContext, _ shape: uk_f32_matmul_parameters
  ) throws(OperatorError) -> uk_s8_matmul_parameters {
    let a = try node.inputs[0].perTensorQuantization(input: 0)
    let b = try node.inputs[1].perTensorQuantization(input: 1)
    let y = try node.outputQuantization()
    func greatest(_ zeroPoint: Int32) -> Int { Int(max(127 - zeroPoint, zeroPoint + 128)) }
    guard Int(shape.depth) * greatest(a.zeroPoint) * greatest(b.zeroPoint) <= Int(Int32.max) else {
      throw .accumulatorOverflow
    }
    let scale = Double(a.scale) * Double(b.scale) / Double(y.scale)
    return uk_s8_matmul_parameters(
      shape: shape, a_zero_point: a.zeroPoint, b_zero_point: b.zeroPoint,
      scale: try requantizationScale(scale, input: 1), reserved: 0, output: uk_requantize(y))
  }
}

// MARK: - Gradient

extension MatMul: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let (a, b, dy) = (node.inputs[0], node.inputs[1], node.outputGradient)
    return try node.each { (input) throws(OperatorError) in
      guard input == 1 else {
        let da = try builder.apply(MatMul(isTransposed: !isTransposed), [dy, b])
        return try builder.summed(da, to: builder.shape(of: a))
      }
      let shape = builder.shape(of: b)
      let isShared = shape.extents.dropLast(2).allSatisfy { $0 == 1 }
      let rows = isShared ? try builder.asRows(a) : a
      let dyRows = isShared ? try builder.asRows(dy) : dy
      let (left, right) = isTransposed ? (dyRows, rows) : (rows, dyRows)
      let db = try builder.apply(MatMul(), [try builder.matricesTransposed(left), right])
      return isShared
        ? try builder.reshaped(db, as: shape) : try builder.summed(db, to: shape)
    }
  }
}

extension GraphBuilder {
  /// All matrices of a value as one: what one matrix on the right was multiplied with.
  fileprivate mutating func asRows(_ value: Value) throws(OperatorError) -> Value {
    let shape = shape(of: value)
    return try reshaped(value, as: [shape.elementCount / shape[-1], shape[-1]])
  }

  fileprivate mutating func matricesTransposed(_ value: Value) throws(OperatorError) -> Value {
    let rank = shape(of: value).rank
    let permutation = Array(0..<rank - 2) + [rank - 1, rank - 2]
    return try apply(Transpose(permutation: permutation), [value])
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
    Sample(
      "int8", MatMul(),
      [
        .variable(.int8([2, 3, 7, 19], scale: 1.0 / 256, zeroPoint: -128)),
        .variable(.int8([2, 3, 19, 21], scale: 0.02, zeroPoint: 5)),
      ],
      outputQuantization: QuantizationParameters(scale: 0.05, zeroPoint: -9)),
    Sample(
      "int8, transposed", MatMul(isTransposed: true),
      [
        .variable(.int8([3, 17, 35], scale: 0.02, zeroPoint: 127)),
        .variable(.int8([3, 37, 35], scale: 0.013, zeroPoint: -60)),
      ],
      outputQuantization: QuantizationParameters(scale: 0.1, zeroPoint: 3)),
    Sample(
      "int8, batched constant", MatMul(),
      [
        .variable(.int8([2, 3, 9, 6], scale: 0.02, zeroPoint: 5)),
        .constant(.int8([3, 6, 11], scale: 0.009)),
      ],
      outputQuantization: QuantizationParameters(scale: 0.005, zeroPoint: 0)),
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
