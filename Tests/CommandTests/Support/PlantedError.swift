// SPDX-License-Identifier: Apache-2.0
import Importers
import TensorCore
import Testing

/// A copy of a model file in which the weights of one node are changed.
struct PlantedError {
  let model: [UInt8]
  /// The node's name.
  let node: String

  /// Changes the weights of the node of a name.
  init(_ file: [UInt8], node name: String) throws {
    let model = try ForeignModel(file)
    let node = try #require(model.nodes.first { $0.name == name })
    try self.init(file, model, node)
  }

  /// Changes the weights of a node, counted among those that multiply by a constant.
  init(_ file: [UInt8], weightedNode number: Int) throws {
    let model = try ForeignModel(file)
    let weighted = model.nodes.filter { Self.weights(of: $0, model) != nil }
    try self.init(file, model, weighted[number])
  }

  private init(_ file: [UInt8], _ model: ForeignModel, _ node: ForeignNode) throws {
    let weights = try #require(Self.weights(of: node, model))
    let changed: [UInt8] =
      switch weights.type.dtype {
      case .float32: littleEndianBytes(of: weights.float32Values.map { $0 * 1.01 })
      // One step of 127 at most is about a hundredth.
      default: weights.int8Values.map { UInt8(bitPattern: $0 == .max ? $0 : $0 + 1) }
      }
    let start = try #require(file.firstRange(of: weights.bytes)?.lowerBound)
    var copy = file
    copy.replaceSubrange(start..<start + changed.count, with: changed)
    self.model = copy
    self.node = node.name
  }

  /// The second input, when it is a constant of several axes.
  private static func weights(of node: ForeignNode, _ model: ForeignModel) -> TensorData? {
    guard node.inputs.count > 1, let input = node.inputs[1],
      case .constant(let data) = model.values[input].origin, data.type.shape.rank > 1,
      [.float32, .int8].contains(data.type.dtype)
    else { return nil }
    return data
  }
}
