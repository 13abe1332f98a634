// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Recognises layer and root mean square normalisation written out, then their scale and bias.
  package static let normalizationFusion = Pass("normalization fusion") {
    (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard graph.type(of: node.outputs[0]).dtype == .float32,
        let normalization = normalization(by: node, inputs, builder)
          ?? scaled(node, inputs, builder) ?? offset(node, inputs, builder),
        builder.type(of: normalization.x) == graph.type(of: node.outputs[0])
      else { return nil }
      return try normalization.add(to: &builder, name: node.name)
    }
  }
}

/// A normalisation over the last axis, its scale and bias known.
private struct Normalization {
  let x: Value
  let epsilon: Float
  let isCentered: Bool
  var scale: [Float]
  var bias: [Float]?

  func add(to builder: inout GraphBuilder, name: String) throws(OperatorError) -> [Value] {
    var inputs = [x]
    for vector in [scale, bias].compactMap({ $0 }) {
      inputs.append(builder.constant(TensorData(Shape([vector.count]), float32: vector)))
    }
    return isCentered
      ? try builder.add(LayerNormalization(epsilon: epsilon), inputs, name: name)
      : try builder.add(RMSNormalization(epsilon: epsilon), inputs, name: name)
  }
}

/// `x / √(mean of x² + epsilon)`, x perhaps less its mean.
private func normalization(
  by node: Node, _ inputs: [Value], _ builder: GraphBuilder
) -> Normalization? {
  switch node.operation {
  case let divide as Divide where divide.activation == .none:
    guard let (_, roots) = builder.producer(of: inputs[1], as: SquareRoot.self) else { return nil }
    return normalization(of: inputs[0], variance: roots[0], builder)
  case let multiply as Multiply where multiply.activation == .none:
    for (position, other) in [(0, 1), (1, 0)] {
      guard let variance = builder.reciprocalRoot(inputs[other]),
        let found = normalization(of: inputs[position], variance: variance, builder)
      else { continue }
      return found
    }
    return nil
  default: return nil
  }
}

private func normalization(
  of x: Value, variance: Value, _ builder: GraphBuilder
) -> Normalization? {
  guard let (add, addends) = builder.producer(of: variance, as: Add.self), add.activation == .none
  else { return nil }
  for (position, other) in [(0, 1), (1, 0)] {
    guard let epsilon = builder.scalar(addends[other]), epsilon >= 0, epsilon.isFinite,
      let squares = builder.rowMean(addends[position]),
      builder.type(of: squares) == builder.type(of: x),
      ScalarProduct(squares, in: builder).isSquare(of: x)
    else { continue }
    let ones = [Float](repeating: 1, count: builder.type(of: x).shape[-1])
    let source = builder.centered(x)
    return Normalization(
      x: source ?? x, epsilon: Float(epsilon), isCentered: source != nil, scale: ones)
  }
  return nil
}

/// A normalisation without scale, times a constant for each column.
private func scaled(_ node: Node, _ inputs: [Value], _ builder: GraphBuilder) -> Normalization? {
  guard let multiply = node.operation as? Multiply, multiply.activation == .none else { return nil }
  for (position, other) in [(0, 1), (1, 0)] {
    guard var found = builder.normalization(inputs[position]), found.bias == nil,
      found.scale.allSatisfy({ $0 == 1 }),
      let scale = builder.columnConstant(inputs[other], count: found.scale.count)
    else { continue }
    found.scale = scale
    return found
  }
  return nil
}

/// A layer normalisation without bias, plus a constant for each column.
private func offset(_ node: Node, _ inputs: [Value], _ builder: GraphBuilder) -> Normalization? {
  guard let add = node.operation as? Add, add.activation == .none else { return nil }
  for (position, other) in [(0, 1), (1, 0)] {
    guard var found = builder.normalization(inputs[position]), found.bias == nil,
      found.isCentered,
      let bias = builder.columnConstant(inputs[other], count: found.scale.count)
    else { continue }
    found.bias = bias
    return found
  }
  return nil
}

extension ScalarProduct {
  fileprivate func isSquare(of x: Value) -> Bool { factors == [x, x] && number == 1 }
}

extension GraphBuilder {
  /// v, when the value is 1 / √v.
  fileprivate func reciprocalRoot(_ value: Value) -> Value? {
    guard let node = producer(of: value) else { return nil }
    switch node.operation {
    case is ReciprocalSquareRoot: return node.inputs[0]
    case let power as Power where power.exponent == -0.5: return node.inputs[0]
    case is Reciprocal:
      return producer(of: node.inputs[0], as: SquareRoot.self)?.inputs[0]
    case let divide as Divide where divide.activation == .none && scalar(node.inputs[0]) == 1:
      return producer(of: node.inputs[1], as: SquareRoot.self)?.inputs[0]
    default: return nil
    }
  }

  /// x, when the value is its mean over the last axis.
  fileprivate func rowMean(_ value: Value) -> Value? {
    guard let (reduce, inputs) = producer(of: value, as: Reduce.self), reduce.kind == .mean else {
      return nil
    }
    let last = type(of: inputs[0]).shape.rank - 1
    return reduce.axes == last...last ? inputs[0] : nil
  }

  /// x, when the value is x less its mean over the last axis.
  fileprivate func centered(_ value: Value) -> Value? {
    guard let (subtract, inputs) = producer(of: value, as: Subtract.self),
      subtract.activation == .none, rowMean(inputs[1]) == inputs[0]
    else { return nil }
    return inputs[0]
  }

  /// One number for each index of the last axis, the same on all others.
  fileprivate func columnConstant(_ value: Value, count: Int) -> [Float]? {
    guard let data = constant(value), data.type.dtype == .float32,
      data.type.shape.elementCount == count, data.type.shape.extents.last == count
    else { return nil }
    return data.float32Values
  }

  /// The normalisation that makes a value, when its scale and bias are constants.
  fileprivate func normalization(_ value: Value) -> Normalization? {
    guard let node = producer(of: value),
      node.operation is LayerNormalization || node.operation is RMSNormalization
    else { return nil }
    let vectors = node.inputs.dropFirst().compactMap { constant($0)?.float32Values }
    guard vectors.count == node.inputs.count - 1 else { return nil }
    switch node.operation {
    case let layer as LayerNormalization:
      return Normalization(
        x: node.inputs[0], epsilon: layer.epsilon, isCentered: true, scale: vectors[0],
        bias: vectors.count > 1 ? vectors[1] : nil)
    case let rms as RMSNormalization:
      return Normalization(
        x: node.inputs[0], epsilon: rms.epsilon, isCentered: false, scale: vectors[0])
    default: return nil
    }
  }
}
