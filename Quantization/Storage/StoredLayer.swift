// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// A layer with its weights in fewer bits.
struct StoredLayer {
  private let layer: Layer
  private let format: StorageFormat
  private var groups: WeightGroups?
  private(set) var bias: [Float]

  /// Rounds the weights of a layer to nearest; `nil` when no kernel reads such, or they would be no
  /// smaller.
  init?(_ layer: Layer, _ options: StorageOptions) {
    guard layer.isProduct else { return nil }
    self.layer = layer
    format = options.format
    bias = layer.bias
    if format == .float16 {
      // The greatest finite number of float16.
      guard layer.weights.allSatisfy({ $0.magnitude <= 65504 }) else { return nil }
    } else {
      groups = WeightGroups(
        layer.weights, columns: layer.bias.count, depth: layer.depth, format: format)
    }
    guard byteCount < 4 * layer.weights.count else { return nil }
  }

  /// Rounds the weights so that outputs change least on samples, and takes what is left of the mean
  /// change out of the bias.
  mutating func settle(_ problem: LayerProblem) {
    let (means, covariance) = (problem.moments[0].means, problem.moments[0].covariance)
    let importance = (0..<layer.depth).map { covariance[$0 * layer.depth + $0] }
    var groups = WeightGroups(
      layer.weights, columns: bias.count, depth: layer.depth, format: format,
      importance: importance)
    for column in bias.indices {
      let errors = groups.settle(column, of: layer.weights, covariance: covariance)
      bias[column] -= Float(zip(errors, means).reduce(0) { $0 + Double($1.0) * $1.1 })
    }
    self.groups = groups
  }

  /// The weights as they are stored.
  var data: TensorData {
    if let groups { return groups.data(layer.shape) }
    return TensorData(
      TensorType(.float16, layer.shape),
      bytes: littleEndianBytes(of: layer.weights.map { UInt16(float16: Double($0)) }))
  }

  /// What weights and scales take.
  var byteCount: Int {
    let count = layer.weights.count
    return switch format {
    case .int8: count + 4 * (groups?.scales.count ?? 0)
    case .int4: (count + 1) / 2 + 4 * (groups?.scales.count ?? 0)
    case .float16: 2 * count
    }
  }

  /// Whether the layer has a bias now.
  var hasBias: Bool { bias.contains { $0 != 0 } }

  /// The operator that rounds its rows as they come, and its weights.
  var dynamic: (operation: DynamicFullyConnected, weights: TensorData) {
    let shape = Shape([bias.count, layer.depth])
    let type = TensorType(.int8, shape, quantization: data.type.quantization)
    return (
      DynamicFullyConnected(activation: layer.operation.activation), data.reinterpreted(as: type)
    )
  }
}

extension Layer {
  /// Whether it multiplies rows by a matrix: a dense layer, or a convolution of one pixel each.
  fileprivate var isProduct: Bool {
    guard let convolution = operation as? Convolution else { return operation is FullyConnected }
    return shape[1] == 1 && shape[2] == 1 && convolution.stride == .one
      && convolution.padding == .none
  }
}

extension Graph {
  /// The nodes that look up rows of a float32 matrix.
  var tables: [Int] {
    nodes.indices.filter { index in
      let node = nodes[index]
      guard let gather = node.operation as? Gather, gather.axis == 0, gather.batchAxes == 0,
        let table = constant(node.inputs[0]), constant(node.inputs[1]) == nil
      else { return false }
      // A scale for each row must not undo the saving.
      return table.type.dtype == .float32 && table.type.shape.rank == 2 && table.type.shape[1] > 1
    }
  }

  /// The graph with layers and tables stored otherwise.
  func storing(
    _ layers: [Int: StoredLayer], tables: Set<Int>, isDynamic: Bool
  ) throws(OperatorError) -> Graph {
    try rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let index = producer(of: node.outputs[0]) else { return nil }
      if tables.contains(index), let table = constant(node.inputs[0]) {
        return [try storedRows(of: table, at: inputs[1], node.name, &builder)]
      }
      guard let layer = layers[index] else { return nil }
      let name = "\(node.name)/weights"
      let bias =
        layer.hasBias
        ? [
          builder.constant(
            TensorData(Shape([layer.bias.count]), float32: layer.bias), name: "\(node.name)/bias")
        ] : []
      if isDynamic {
        let (operation, weights) = layer.dynamic
        let operands = [inputs[0], builder.constant(weights, name: name)]
        return try builder.add(operation, operands + bias, name: node.name)
      }
      let operands = [inputs[0], builder.constant(layer.data, name: name)]
      return try builder.add(node.operation, operands + bias, name: node.name)
    }
  }
}

/// Rows of a table in int8, times a scale for each.
private func storedRows(
  of table: TensorData, at indices: Value, _ name: String, _ builder: inout GraphBuilder
) throws(OperatorError) -> Value {
  let (rows, columns) = (table.type.shape[0], table.type.shape[1])
  let groups = WeightGroups(table.float32Values, columns: rows, depth: columns, format: .int8)
  let levels = builder.constant(
    TensorData(table.type.shape, int8: groups.levels), name: "\(name)/levels")
  let scales = builder.constant(
    TensorData(Shape([rows, 1]), float32: groups.scales), name: "\(name)/scales")
  let chosen = try builder.apply(Gather(axis: 0), [levels, indices], name: "\(name)/levels")
  let reals = try builder.apply(
    Cast(from: .int8, to: .float32), [chosen], name: "\(name)/reals")
  let steps = try builder.apply(Gather(axis: 0), [scales, indices], name: "\(name)/scales")
  return try builder.apply(Multiply(), [reals, steps], name: name)
}
