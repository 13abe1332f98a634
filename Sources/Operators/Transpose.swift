// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Permutes axes: output axis `i` is input axis `permutation[i]`.
///
/// Any dtype. A permutation that moves no element costs nothing.
package struct Transpose: Operator, MovingOperator, Hashable {
  package static let name = "Transpose"
  package static let spellings: [Spelling] = [
    .onnx("Transpose", since: 1) { node throws(OperatorError) in
      let x = try node.input(0)
      let reversed = Array((0..<node.shape(of: x).rank).reversed())
      return [try node.transposed(x, try node.attributes.ints("perm", default: reversed))]
    },
    .onnx("DepthToSpace", since: 1) { node throws(OperatorError) in
      try onnxDepthToSpace(&node)
    },
    .onnx("SpaceToDepth", since: 1) { node throws(OperatorError) in
      try onnxSpaceToDepth(&node)
    },
    .tflite(5) { node throws(OperatorError) in
      let block = try node.attributes.int("block_size")
      return [try node.depthToSpace(try node.image4D(0), block: block, blocksFirst: true)]
    },
    .tflite(26) { node throws(OperatorError) in
      let block = try node.attributes.int("block_size")
      return [try node.spaceToDepth(try node.image4D(0), block: block, blocksFirst: true)]
    },
    .tflite(39) { node throws(OperatorError) in
      let permutation = try node.indices(1)
      return [try node.asDeclared(try node.transposed(try node.input(0), permutation))]
    },
  ]
  package static let inputCount = 1...1
  package static let movedInputs = 0...0
  package static let quantization = QuantizationRule.sameAsInput

  package var permutation: [Int]

  package init(permutation: [Int]) { self.permutation = permutation }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let input = inputs[0]
    guard permutation.sorted() == Array(0..<input.shape.rank) else {
      throw .attributeValue("permutation", .ints(permutation))
    }
    var output = input.moved(to: try Shape(checked: permutation.map { input.shape[$0] }))
    output.quantization = input.quantization?.transposed(permutation, input.shape)
    return [output]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let shape = inputs[0].shape
    let extents = permutation.map { shape[$0] }
    let sources = stridedIndices(extents, permutation.map { shape.strides[$0] })
    return [ReferenceTensor(Shape(extents), sources.map { inputs[0].values[$0] })]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let shape = node.inputs[0].shape
    var axes = movedAxes(of: shape)
    if axes.count <= 1 { return .alias }
    guard axes.count <= 4 else {
      let strides = permutation.map { shape.strides[$0] }
      return try StridedView(node.outputs[0].shape.extents, strides: strides).lower(node)
    }
    if axes.count == 2 { splitForThreads(&axes) }
    axes = [Axis](repeating: Axis(extent: 1, stride: 0), count: 4 - axes.count) + axes
    func stored(_ field: KeyPath<Axis, Int>) -> (UInt32, UInt32, UInt32, UInt32) {
      let values = axes.map { UInt32($0[keyPath: field]) }
      return (values[0], values[1], values[2], values[3])
    }
    return .step(
      KernelRequest(
        .UK_CONTRACT_xx_transpose,
        parameters: uk_transpose_parameters(
          out: stored(\.extent), in_stride: stored(\.stride),
          element_bytes: UInt32(node.inputs[0].dtype.byteCount), reserved: (0, 0, 0)),
        operands: [.input(0), .output(0)]))
  }

  /// An axis of the output, and the distance of its neighbours in the input.
  private struct Axis {
    var extent: Int
    var stride: Int
  }

  /// The output's axes, without those of extent 1 and with those that stay neighbours merged.
  private func movedAxes(of shape: Shape) -> [Axis] {
    var axes: [Axis] = []
    for axis in permutation where shape[axis] > 1 {
      let next = Axis(extent: shape[axis], stride: shape.strides[axis])
      if let last = axes.last, last.stride == next.stride * next.extent {
        axes[axes.count - 1] = Axis(extent: last.extent * next.extent, stride: next.stride)
      } else {
        axes.append(next)
      }
    }
    return axes
  }

  /// Splits the rows of a matrix transpose in two: the kernel's row range is over the first two
  /// axes, and threads share it.
  private func splitForThreads(_ axes: inout [Axis]) {
    // Rows of one call: enough to fill cache lines, few enough to share out.
    let rows = axes[0]
    guard let tile = (1...32).last(where: { rows.extent % $0 == 0 }) else { return }
    axes = [
      Axis(extent: rows.extent / tile, stride: rows.stride * tile),
      Axis(extent: tile, stride: rows.stride), axes[1],
    ]
  }
}

// MARK: - Gradient

extension Transpose: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let inverse = permutation.indices.sorted { permutation[$0] < permutation[$1] }
    return [try builder.apply(Transpose(permutation: inverse), [node.outputGradient])]
  }
}

// MARK: - Samples

extension Transpose {
  package static let samples: [Sample] = [
    Sample(
      "float32, to channels last", Transpose(permutation: [0, 2, 3, 1]),
      [.variable(.float([2, 3, 5, 7]))]),
    Sample("float32, matrix", Transpose(permutation: [1, 0]), [.variable(.float([70, 13]))]),
    Sample(
      "float32, rank 6", Transpose(permutation: [4, 5, 0, 3, 1, 2]),
      [.variable(.float([2, 3, 2, 1, 4, 5]))]),
    Sample(
      "float32, five axes", Transpose(permutation: [4, 3, 2, 1, 0]),
      [.variable(.float([2, 3, 4, 5, 6]))]),
    Sample(
      "float32, nothing moves", Transpose(permutation: [0, 2, 3, 1]),
      [.variable(.float([2, 3, 1, 1]))]),
    Sample("int8", Transpose(permutation: [2, 1, 0]), [.variable(.int8([4, 5, 6], scale: 0.02))]),
  ]
}
