// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// Entries of a tensor by tuples of indices: `y[b…, i…, :] = x[b…, tuple…, :]`, where the tuple is
/// `indices[b…, i…]`, the indices' last axis.
///
/// Inputs: x of any dtype, indices (int32 or int64). Indices outside their axis are treated as by
/// `Gather`.
package struct GatherND: Operator, MovingOperator, Hashable {
  package static let name = "GatherND"
  package static let spellings: [Spelling] = [
    .onnx("GatherND", since: 11) { node throws(OperatorError) in
      try node.binary(GatherND(batchAxes: try node.attributes.int("batch_dims", default: 0)))
    },
    .tflite(107) { node throws(OperatorError) in
      [try node.asDeclared(try node.binary(GatherND())[0])]
    },
  ]
  package static let inputCount = 2...2
  package static let movedInputs = 0...0
  package static let quantization = QuantizationRule.sameAsInput

  /// How many leading axes x and indices share.
  package var batchAxes: Int

  package init(batchAxes: Int = 0) { self.batchAxes = batchAxes }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
    try inputs[1].check(rank: 1...ProgramFormat.maximumRank, input: 1)
    try inputs[1].check(dtype: .int32, .int64, input: 1)
    if let quantization = inputs[0].quantization, quantization.perTensor == nil {
      throw .quantizationUnsupported(input: 0)
    }
    return [inputs[0].moved(to: try View(batchAxes, inputs[0].shape, inputs[1].shape).output)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard let view = try? View(batchAxes, inputs[0].shape, inputs[1].shape) else {
      preconditionFailure("types were inferred")
    }
    var values: [Double] = []
    for row in 0..<view.batch * view.count {
      var entry = row / view.count
      for (axis, extent) in view.extents.enumerated() {
        let stated = inputs[1].values[row * view.extents.count + axis]
        entry = entry * extent + position(stated, in: extent)
      }
      values += inputs[0].values[entry * view.inner..<(entry + 1) * view.inner]
    }
    return [ReferenceTensor(view.output, values)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let view = try View(batchAxes, node.inputs[0].shape, node.inputs[1].shape)
    guard node.inputs[0].byteCount <= Int(Int32.max) else { throw .tooLarge }
    let unused = [Int](repeating: 0, count: 8 - view.extents.count)
    let e = (view.extents + unused).map { UInt32($0) }
    return .step(
      KernelRequest(
        .UK_CONTRACT_xx_gather_nd,
        parameters: uk_gather_nd_parameters(
          batch: UInt32(view.batch), count: UInt32(view.count),
          depth: UInt32(view.extents.count),
          index_bytes: UInt32(node.inputs[1].dtype.byteCount),
          run_bytes: UInt32(view.inner * node.inputs[0].dtype.byteCount), reserved: (0, 0, 0),
          extents: (e[0], e[1], e[2], e[3], e[4], e[5], e[6], e[7])),
        operands: [.input(0), .input(1), .output(0)]))
  }

  /// x as `[batch, extents…, inner]`, and the indices as `[batch, count, extents.count]`.
  private struct View {
    let batch: Int
    let extents: [Int]
    let inner: Int
    let count: Int
    let output: Shape

    init(_ batchAxes: Int, _ x: Shape, _ indices: Shape) throws(OperatorError) {
      guard 0..<indices.rank ~= batchAxes, batchAxes < x.rank,
        indices.extents[..<batchAxes] == x.extents[..<batchAxes]
      else { throw .attributeValue("batch_dims", .int(batchAxes)) }
      let depth = indices[-1]
      guard 1...x.rank - batchAxes ~= depth else {
        throw .elementCount(input: 1, expected: x.rank - batchAxes, actual: depth)
      }
      let tuples = indices.extents[batchAxes..<indices.rank - 1]
      let rest = x.extents[(batchAxes + depth)...]
      output = try Shape(checked: Array(x.extents[..<batchAxes]) + tuples + rest)
      batch = x.extents[..<batchAxes].reduce(1, *)
      extents = Array(x.extents[batchAxes..<batchAxes + depth])
      inner = rest.reduce(1, *)
      count = tuples.reduce(1, *)
    }
  }
}

// MARK: - Samples

extension GatherND {
  package static let samples: [Sample] = [
    Sample(
      "float32, elements", GatherND(),
      [.variable(.float([3, 4])), .variable(TensorType(.int64, [2, 5, 2]), -5...5)]),
    Sample(
      "float32, runs in batches", GatherND(batchAxes: 1),
      [.variable(.float([2, 3, 4, 5])), .variable(TensorType(.int32, [2, 3, 1]), -4...4)]),
    Sample(
      "int8", GatherND(),
      [
        .variable(.int8([3, 4, 2], scale: 0.02, zeroPoint: 4)),
        .variable(TensorType(.int32, [4, 2]), -5...5),
      ]),
  ]
}
