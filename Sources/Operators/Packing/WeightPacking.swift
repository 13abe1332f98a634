// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Says that an operator's weights, input 1, lie as its kernel reads them: an attribute of the
/// operator.
///
/// They are float32 and need not be constants: weights that are trained are packed once, when
/// training starts. Padding is 0.
package struct WeightPacking: Hashable, Sendable {
  /// What the weights' shape is when they are not packed.
  package var natural: Shape

  package init(_ natural: Shape) { self.natural = natural }
}

/// An operator whose weights, input 1, may be packed.
package protocol PackableOperator: Operator {
  /// `nil` where the weights have their natural shape.
  var packing: WeightPacking? { get set }

  /// How the kernel has weights of a natural shape.
  ///
  /// - Throws: `OperatorError` for a shape that the operator has no weights of.
  func packedLayout(_ natural: Shape) throws(OperatorError) -> PackedLayout
}

extension PackableOperator {
  /// The layout of the weights, if they are packed.
  package func packedLayout() throws(OperatorError) -> PackedLayout? {
    guard let packing else { return nil }
    return try packedLayout(try Shape(checked: packing.natural.extents))
  }

  /// The operator for weights that are packed as its kernel reads them.
  package func packing(_ natural: Shape) -> Self {
    var operation = self
    operation.packing = WeightPacking(natural)
    return operation
  }

  /// The types of the inputs, that of packed weights checked and replaced by the natural one.
  func naturalTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    guard let packing, let layout = try packedLayout() else { return inputs }
    for input in 0...1 { try inputs[input].check(dtype: .float32, input: input) }
    try inputs[1].check(extents: layout.shape.extents, input: 1)
    var types = inputs
    types[1] = TensorType(.float32, packing.natural)
    return types
  }

  /// The inputs with weights as they are when they are not packed.
  package func natural(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard let packing else { return inputs }
    guard let layout = try? packedLayout(packing.natural) else {
      preconditionFailure("types were inferred")
    }
    var tensors = inputs
    tensors[1] = ReferenceTensor(packing.natural, layout.unpacked(inputs[1].values))
    return tensors
  }

  /// The node as it is with the natural type of its weights.
  func natural(_ node: NodeContext) throws(OperatorError) -> NodeContext {
    NodeContext(
      inputs: try naturalTypes(node.inputs), outputs: node.outputs, constants: node.constants,
      floatClass: node.floatClass)
  }

  /// Packs weights of a natural shape, which the operator then reads with `packing`.
  package func packedWeights(
    _ weights: [Float], _ natural: Shape
  ) throws(OperatorError) -> [Float] {
    try packedLayout(try Shape(checked: natural.extents)).packed(weights)
  }

  /// The natural weights of packed ones, such as training leaves in a program's state.
  package func unpackedWeights(
    _ packed: [Float], _ natural: Shape
  ) throws(OperatorError) -> [Float] {
    try packedLayout(try Shape(checked: natural.extents)).unpacked(packed)
  }
}

extension FullyConnected: PackableOperator {
  package func packedLayout(_ natural: Shape) throws(OperatorError) -> PackedLayout {
    try natural.check(rank: 2)
    return try .panels(columns: natural[0], taps: 1, depth: natural[1])
  }
}

extension Convolution: PackableOperator {
  package func packedLayout(_ natural: Shape) throws(OperatorError) -> PackedLayout {
    try natural.check(rank: 4)
    return try .panels(columns: natural[0], taps: natural[1] * natural[2], depth: natural[3])
  }
}

extension DepthwiseConvolution: PackableOperator {
  package func packedLayout(_ natural: Shape) throws(OperatorError) -> PackedLayout {
    try natural.check(rank: 3)
    return try .channels(natural[2], taps: natural[0] * natural[1])
  }
}

extension TransposedConvolution: PackableOperator {
  package func packedLayout(_ natural: Shape) throws(OperatorError) -> PackedLayout {
    try natural.check(rank: 4)
    guard groups > 0, natural[0] % groups == 0 else {
      throw .attributeValue("group", .int(groups))
    }
    let (depth, overflows) = natural[3].multipliedReportingOverflow(by: groups)
    guard !overflows else { throw .tooLarge }
    guard natural[1] * natural[2] <= kernelLimit else { throw .tooLarge }
    // No phase depends on the image.
    let image = TensorType(.float32, try Shape(checked: [1, 1, 1, depth]))
    let window = try TransposedWindow(
      over: image, kernel: Extent2D(natural[1], natural[2]), stride: stride, dilation: dilation,
      before: before, output: output)
    return try .phases(
      try window.phases(), columns: natural[0], taps: natural[1] * natural[2], depth: natural[3],
      groups: groups)
  }
}

/// The most taps of a kernel whose phases are laid out.
private let kernelLimit = 1 << 12

extension Shape {
  /// Checks the axes of natural weights.
  fileprivate func check(rank expected: Int) throws(OperatorError) {
    guard rank == expected else {
      throw .rank(input: 1, expected: expected...expected, actual: rank)
    }
  }
}
