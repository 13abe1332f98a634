// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Graph {
  /// The same model for a batch of another size.
  ///
  /// The batch is the first axis of every input, of one extent in all of them.
  /// - Returns: `nil` when a node does not accept it: a shape is written into the model in which
  ///   the batch cannot be told.
  package func batched(_ batch: Int) -> Graph? {
    guard let old = inputs.first.map({ type(of: $0.value).shape }), old.rank > 0,
      inputs.allSatisfy({ type(of: $0.value).shape.extents.first == old[0] })
    else { return nil }
    guard old[0] != batch else { return self }
    var values = values
    for port in inputs {
      let type = type(of: port.value)
      let shape = Shape([batch] + type.shape.extents.dropFirst())
      values[port.value.id] = ValueInfo(
        name: port.name, type: TensorType(type.dtype, shape, quantization: type.quantization),
        origin: .input)
    }
    let changed = Graph(
      values: values, nodes: nodes, inputs: inputs, outputs: outputs, updates: updates)
    let result = try? changed.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard
        let operation = (node.operation as? any BatchShaped)?.batched(
          from: old[0], to: batch, changed.type(of: node.inputs[0]).shape)
      else { return nil }
      return try builder.add(
        operation, inputs, quantization: self.type(of: node.outputs[0]).quantization,
        name: node.name)
    }
    guard let result, (try? result.verify()) != nil,
      zip(outputs, result.outputs).allSatisfy({ before, after in
        let (before, after) = (type(of: before.value).shape, result.type(of: after.value).shape)
        return before.rank > 0 && after.rank == before.rank
          && after[0] * old[0] == before[0] * batch
          && after.extents.dropFirst() == before.extents.dropFirst()
      })
    else { return nil }
    return result
  }
}

/// An operator whose attributes hold a shape, and with it the batch.
private protocol BatchShaped: Operator {
  /// The same for another batch; `shape` is that of the first input, before the change.
  func batched(from old: Int, to new: Int, _ shape: Shape) -> Self?
}

extension Reshape: BatchShaped {
  fileprivate func batched(from old: Int, to new: Int, _ input: Shape) -> Reshape? {
    guard let first = shape.extents.first, first % old == 0 else { return nil }
    return Reshape(shape: Shape([first / old * new] + shape.extents.dropFirst()))
  }
}

extension Expand: BatchShaped {
  fileprivate func batched(from old: Int, to new: Int, _ input: Shape) -> Expand? {
    // Only what had the input's batch has it; a table that is repeated for each sample grows too.
    guard shape.rank >= input.rank, shape.extents.first == old else { return nil }
    return Expand(shape: Shape([new] + shape.extents.dropFirst()))
  }
}

extension Slice: BatchShaped {
  fileprivate func batched(from old: Int, to new: Int, _ input: Shape) -> Slice? {
    guard start.first == 0, step.first == 1, count.first == old else { return nil }
    return Slice(start: start, step: step, count: [new] + count.dropFirst())
  }
}
