// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// Entries of a tensor by number along an axis: `y[o, i…, :] = x[o, indices[i…], :]`.
///
/// Inputs: x of any dtype, indices (int32 or int64). A negative index counts from the end; one that
/// lies outside all the same takes the nearest entry, since a running program cannot fail. With
/// batch axes, the indices' leading axes are x's, and each batch has indices of its own.
package struct Gather: Operator, MovingOperator, Hashable {
  package static let name = "Gather"
  package static let spellings: [Spelling] = [
    .onnx("Gather", since: 1) { node throws(OperatorError) in
      try node.binary(Gather(axis: try node.attributes.int("axis", default: 0)))
    },
    .tflite(36) { node throws(OperatorError) in
      let gather = Gather(
        axis: try node.attributes.int("axis", default: 0),
        batchAxes: try node.attributes.int("batch_dims", default: 0))
      return [try node.asDeclared(try node.binary(gather)[0])]
    },
  ]
  package static let inputCount = 2...2
  package static let movedInputs = 0...0
  package static let quantization = QuantizationRule.sameAsInput

  /// A negative axis counts from the last.
  package var axis: Int

  /// How many leading axes x and indices share; a negative number counts from the indices' rank.
  package var batchAxes: Int

  package init(axis: Int, batchAxes: Int = 0) {
    self.axis = axis
    self.batchAxes = batchAxes
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
    try inputs[1].check(rank: 0...ProgramFormat.maximumRank, input: 1)
    try inputs[1].check(dtype: .int32, .int64, input: 1)
    if let quantization = inputs[0].quantization, quantization.perTensor == nil {
      throw .quantizationUnsupported(input: 0)
    }
    let view = try View(self, inputs[0].shape, inputs[1].shape)
    return [inputs[0].moved(to: view.output)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard let view = try? View(self, inputs[0].shape, inputs[1].shape) else {
      preconditionFailure("types were inferred")
    }
    var values: [Double] = []
    for outer in 0..<view.outer {
      for number in 0..<view.count {
        let stated = inputs[1].values[outer / view.outerPerBatch * view.count + number]
        let index = position(stated, in: view.extent)
        let first = (outer * view.extent + index) * view.inner
        values += inputs[0].values[first..<first + view.inner]
      }
    }
    return [ReferenceTensor(view.output, values)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let view = try View(self, node.inputs[0].shape, node.inputs[1].shape)
    guard node.inputs[0].byteCount <= Int(Int32.max) else { throw .tooLarge }
    return .step(
      KernelRequest(
        .UK_CONTRACT_xx_gather,
        parameters: uk_gather_parameters(
          outer: UInt32(view.outer), extent: UInt32(view.extent), count: UInt32(view.count),
          repeat: UInt32(view.outerPerBatch),
          run_bytes: UInt32(view.inner * node.inputs[0].dtype.byteCount),
          index_bytes: UInt32(node.inputs[1].dtype.byteCount), reserved: (0, 0)),
        operands: [.input(0), .input(1), .output(0)]))
  }

  /// x as `[outer, extent, inner]`, and the indices as `[batch, count]`.
  struct View {
    let outer: Int
    let extent: Int
    let inner: Int
    let count: Int
    /// Outer entries that share a batch's indices.
    let outerPerBatch: Int
    let output: Shape

    init(_ gather: Gather, _ x: Shape, _ indices: Shape) throws(OperatorError) {
      let axis = try x.axis(gather.axis)
      let batchAxes = gather.batchAxes < 0 ? gather.batchAxes + indices.rank : gather.batchAxes
      guard 0...min(axis, indices.rank) ~= batchAxes else {
        throw .attributeValue("batch_dims", .int(gather.batchAxes))
      }
      let batch = Array(x.extents[..<batchAxes])
      guard indices.extents[..<batchAxes].elementsEqual(batch) else {
        throw .attributeValue("batch_dims", .int(gather.batchAxes))
      }
      let own = indices.extents[batchAxes...]
      output = try Shape(
        checked: Array(x.extents[..<axis]) + own + x.extents[(axis + 1)...])
      outer = x.extents[..<axis].reduce(1, *)
      extent = x[axis]
      inner = x.extents[(axis + 1)...].reduce(1, *)
      count = own.reduce(1, *)
      outerPerBatch = outer / batch.reduce(1, *)
    }
  }
}

/// The position that a stated index means: negative ones count from the end, and what lies outside
/// takes the nearest inside.
func position(_ index: Double, in extent: Int) -> Int {
  let fromFront = index < 0 ? index + Double(extent) : index
  return Int(min(max(fromFront, 0), Double(extent - 1)))
}

// MARK: - Gradient

extension Gather: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let (x, indices) = (node.inputs[0], node.inputs[1])
    let gradient = GatherGradient(of: self, shape: builder.shape(of: x))
    return [try builder.apply(gradient, [node.outputGradient, indices]), nil]
  }
}

// MARK: - Training

extension Gather: ParametricOperator {
  package static let parameters: [ParameterInput] = [.init(0, .table)]
}

// MARK: - Samples

extension Gather {
  package static let samples: [Sample] = [
    Sample(
      "float32, rows", Gather(axis: 0),
      [.variable(.float([5, 7])), .variable(TensorType(.int64, [2, 3]), -6...6)]),
    Sample(
      "float32, inner axis", Gather(axis: -1),
      [.variable(.float([3, 2, 5])), .variable(TensorType(.int32, [4]), -6...6)]),
    Sample(
      "float32, one", Gather(axis: 1),
      [.variable(.float([3, 4, 2])), .data(TensorData([], int64: [-2]))]),
    Sample(
      "float32, batches", Gather(axis: 2, batchAxes: 1),
      [.variable(.float([2, 3, 4, 5])), .variable(TensorType(.int32, [2, 6]), -5...5)]),
    Sample(
      "int8", Gather(axis: 0),
      [
        .constant(.int8([6, 9], scale: 0.02, zeroPoint: 4)),
        .variable(TensorType(.int32, [5]), -7...7),
      ]),
  ]
}
