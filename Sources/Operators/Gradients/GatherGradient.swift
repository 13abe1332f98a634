// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The gradient of what a `Gather` takes from: each entry's is the sum of those of the entries that
/// were taken from it, 0 where none was.
///
/// Inputs: dy, of the gather's output, and its indices (int32 or int64), of which negative ones and
/// those that lie outside mean what they mean there; output of the shape that was taken from.
/// Float32. Only differentiation makes it.
package struct GatherGradient: Operator, Hashable {
  package static let name = "GatherGradient"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  package var gather: Gather

  /// Of what was taken from.
  package var shape: Shape

  package init(of gather: Gather, shape: Shape) {
    self.gather = gather
    self.shape = shape
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(dtype: .float32, input: 0)
    guard shape.elementCount > 0 else { throw .emptyOutput }
    let x = TensorType(.float32, shape)
    try inputs[0].check(
      extents: try gather.inferTypes([x, inputs[1]])[0].shape.extents, input: 0)
    return [x]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard let view = try? Gather.View(gather, shape, inputs[1].shape) else {
      preconditionFailure("types were inferred")
    }
    var dx = ReferenceTensor(shape, repeating: 0)
    for outer in 0..<view.outer {
      for number in 0..<view.count {
        let stated = inputs[1].values[outer / view.outerPerBatch * view.count + number]
        let index = outer * view.extent + position(stated, in: view.extent)
        for c in 0..<view.inner {
          dx.values[index * view.inner + c] +=
            inputs[0].values[(outer * view.count + number) * view.inner + c]
        }
      }
    }
    return [dx]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let view = try Gather.View(gather, shape, node.inputs[1].shape)
    guard TensorType(.float32, shape).byteCount <= Int(Int32.max) else { throw .tooLarge }
    return node.step(
      .UK_CONTRACT_f32_gather_gradient,
      uk_gather_parameters(
        outer: UInt32(view.outer), extent: UInt32(view.extent), count: UInt32(view.count),
        repeat: UInt32(view.outerPerBatch),
        run_bytes: UInt32(view.inner * DType.float32.byteCount),
        index_bytes: UInt32(node.inputs[1].dtype.byteCount), reserved: (0, 0)),
      overwritable: 0)
  }
}

// MARK: - Samples

extension GatherGradient {
  package static let samples: [Sample] = [
    Sample(
      "rows", GatherGradient(of: Gather(axis: 0), shape: [5, 19]),
      [.variable(.float([4, 3, 19])), .variable(TensorType(.int64, [4, 3]), -6...6)]),
    Sample(
      "inner axis", GatherGradient(of: Gather(axis: -1), shape: [3, 2, 5]),
      [.variable(.float([3, 2, 4])), .variable(TensorType(.int32, [4]), -6...6)]),
    Sample(
      "one", GatherGradient(of: Gather(axis: 1), shape: [3, 4, 2]),
      [.variable(.float([3, 2])), .data(TensorData([], int64: [-2]))]),
    Sample(
      "batches", GatherGradient(of: Gather(axis: 2, batchAxes: 1), shape: [2, 3, 4, 5]),
      [.variable(.float([2, 3, 6, 5])), .variable(TensorType(.int32, [2, 6]), -5...5)]),
  ]
}
