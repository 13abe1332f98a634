// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// How a parameter lies in state: as a kernel reads it where one layer alone does, else as it is.
package struct StateLayout: Sendable {
  /// The operator that reads packed weights; `nil` for what is stored as it is.
  private let packer: (any PackableOperator)?
  private let natural: Shape

  /// The layout of a parameter of a graph.
  ///
  /// Weights that anything but products reads, such as a table that is the last layer too, stay as
  /// they are.
  init(of parameter: Parameter, in graph: Graph) {
    natural = parameter.initial.type.shape
    let readers = graph.consumers[parameter.value.id].map { graph.nodes[$0] }
    let first = readers.first?.operation as? any PackableOperator
    let arePackable = readers.allSatisfy { node in
      Swift.type(of: node.operation) == Swift.type(of: readers[0].operation)
        && node.inputs.indices.filter { node.inputs[$0] == parameter.value } == [1]
    }
    packer = parameter.role == .weights && arePackable ? first : nil
  }

  /// Whether the state holds panels instead of the natural layout.
  package var isPacked: Bool { packer != nil }

  /// The operator as it reads the state.
  func reader(_ operation: any PackableOperator) -> any PackableOperator {
    operation.packing(natural)
  }

  /// What the state holds of natural numbers.
  ///
  /// - Throws: `OperatorError` when the operator has no weights of this shape.
  func stored(_ numbers: [Float]) throws(OperatorError) -> TensorData {
    guard let packer else { return TensorData(natural, float32: numbers) }
    let shape = try packer.packedLayout(natural).shape
    return TensorData(shape, float32: try packer.packedWeights(numbers, natural))
  }

  /// The natural numbers of what the state holds.
  ///
  /// - Throws: `OperatorError` when the operator has no weights of this shape.
  package func natural(_ stored: [Float]) throws(OperatorError) -> [Float] {
    try packer?.unpackedWeights(stored, natural) ?? stored
  }
}
