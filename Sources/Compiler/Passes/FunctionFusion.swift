// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Recognises SiLU, hard swish and GELU written out as products.
  ///
  /// Float32 only: in int8 the steps between are rounded, and one step would not be.
  package static let functionFusion = Pass("function fusion") { (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      let type = graph.type(of: node.outputs[0])
      guard type.dtype == .float32, let product = ScalarProduct(of: node, inputs, builder),
        product.factors.count == 2
      else { return nil }
      for x in product.factors where builder.type(of: x) == type {
        guard let gate = product.cofactor(of: x),
          let function = function(gating: x, by: gate, product, builder)
        else { continue }
        return try builder.add(function, [x], name: node.name)
      }
      return nil
    }
  }
}

extension ScalarProduct {
  /// The product that a node is; `nil` when it is none.
  fileprivate init?(of node: Node, _ inputs: [Value], _ builder: GraphBuilder) {
    switch node.operation {
    case let multiply as Multiply where multiply.activation == .none:
      self.init(inputs[0], inputs[1], in: builder)
    case let divide as Divide where divide.activation == .none:
      guard let divisor = builder.scalar(inputs[1]) else { return nil }
      self.init(inputs[0], dividedBy: divisor, in: builder)
    default: return nil
    }
  }
}

/// The function f with `f(x) = number · x · gate`.
private func function(
  gating x: Value, by gate: Value, _ product: ScalarProduct, _ builder: GraphBuilder
) -> (any RealFunction)? {
  guard let node = builder.producer(of: gate) else { return nil }
  switch node.operation {
  case is Sigmoid where node.inputs == [x] && product.isScaled(by: 1):
    return SiLU()
  case let hard as HardSigmoid where node.inputs == [x] && product.isScaled(by: 1):
    let isSixth = abs(hard.alpha * 6 - 1) < 0x1p-22
    return isSixth && hard.beta == 0.5 ? HardSwish() : nil
  case let clamp as Clamp where clamp.range == .relu6 && product.isScaled(by: 1 / 6.0):
    return builder.addend(of: node.inputs[0], besides: 3) == x ? HardSwish() : nil
  case let add as Add where add.activation == .relu6 && product.isScaled(by: 1 / 6.0):
    return zip(node.inputs, node.inputs.reversed()).contains { $0 == x && builder.scalar($1) == 3 }
      ? HardSwish() : nil
  case is Add where product.isScaled(by: 0.5):
    return builder.addend(of: gate, besides: 1).flatMap { gelu(of: x, distribution: $0, builder) }
  default: return nil
  }
}

/// The form of GELU whose normal distribution function is half of 1 + the given value.
private func gelu(of x: Value, distribution: Value, _ builder: GraphBuilder) -> GELU? {
  if let (_, inputs) = builder.producer(of: distribution, as: Erf.self) {
    let argument = ScalarProduct(inputs[0], in: builder)
    return argument.factors == [x] && argument.isScaled(by: 0.5.squareRoot()) ? GELU() : nil
  }
  guard let (_, inputs) = builder.producer(of: distribution, as: Tanh.self) else { return nil }
  let argument = ScalarProduct(inputs[0], in: builder)
  guard argument.isScaled(by: (2 / Double.pi).squareRoot()) else { return nil }
  // x + 0.044715·x³, or x · (1 + 0.044715·x²).
  let cubic: ScalarProduct?
  let power: Int
  if let factor = argument.cofactor(of: x) {
    cubic = builder.addend(of: factor, besides: 1).map { ScalarProduct($0, in: builder) }
    power = 2
  } else {
    cubic = argument.factors.first.flatMap { builder.addend(of: $0, besides: x) }
      .map { ScalarProduct($0, in: builder) }
    power = 3
  }
  guard let cubic, argument.factors.count == 4 - power, cubic.isScaled(by: 0.044715),
    cubic.factors == [Value](repeating: x, count: power)
  else { return nil }
  return GELU(form: .tanh)
}

extension GraphBuilder {
  /// The other addend of a value that is the sum of `value` and something.
  fileprivate func addend(of sum: Value, besides value: Value) -> Value? {
    guard let (add, inputs) = producer(of: sum, as: Add.self), add.activation == .none,
      let index = inputs.firstIndex(of: value)
    else { return nil }
    return inputs[1 - index]
  }
}
