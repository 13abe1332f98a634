// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Recognises dense layers that round their rows to int8, as the exporter spells them.
  ///
  /// Rows of nothing but numbers below 127 · 2⁻¹²⁶ become zeros, as the operator has it.
  package static let dynamicFusion = Pass("dynamic fusion") { (graph) throws(OperatorError) in
    let isReadOnce = graph.isReadOnce
    return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      switch node.operation {
      case let multiply as Multiply:
        for (product, steps) in [(0, 1), (1, 0)] where isReadOnce[node.inputs[product].id] {
          guard let operands = builder.roundedProduct(inputs[product], steps: inputs[steps]),
            let outputs = try? builder.add(
              DynamicFullyConnected(activation: multiply.activation), operands, name: node.name)
          else { continue }
          return outputs
        }
        return nil
      case let add as Add:
        for (layer, bias) in [(0, 1), (1, 0)] where isReadOnce[node.inputs[layer].id] {
          let type = builder.type(of: inputs[layer])
          guard
            let (dense, sources) = builder.producer(
              of: inputs[layer], as: DynamicFullyConnected.self),
            dense.activation == .none, sources.count == 2,
            builder.constant(inputs[bias])?.type == TensorType(.float32, [type.shape[-1]])
          else { continue }
          return try builder.add(
            DynamicFullyConnected(activation: add.activation), sources + [inputs[bias]],
            name: node.name)
        }
        return nil
      default: return nil
      }
    }
  }
}

extension GraphBuilder {
  /// x and the int8 weights, where a value is the product of x's levels with the weights, and
  /// `steps` is what the levels stand for.
  fileprivate func roundedProduct(_ value: Value, steps: Value) -> [Value]? {
    guard let (dense, operands) = producer(of: value, as: FullyConnected.self),
      dense.activation == .none, dense.packing == nil, operands.count == 2,
      let (_, weights) = producer(of: operands[1], as: Dequantize.self),
      constant(weights[0])?.type.dtype == .int8,
      let (_, levels) = producer(of: operands[0], as: Round.self),
      let (_, scaled) = producer(of: levels[0], as: Multiply.self),
      let (_, step) = producer(of: steps, as: Divide.self), scalar(step[1]) == 127
    else { return nil }
    let magnitudes = step[0]
    guard let (reduce, absolutes) = producer(of: magnitudes, as: Reduce.self),
      reduce.kind == .maximum, case let axis = type(of: absolutes[0]).shape.rank - 1,
      reduce.axes == axis...axis
    else { return nil }
    let x = [(0, 1), (1, 0)].first { x, factors in
      isAbsolute(absolutes[0], of: scaled[x]) && isReciprocal(scaled[factors], of: magnitudes)
    }
    return x.map { [scaled[$0.0], weights[0]] }
  }

  /// Whether a value is another's magnitudes; a reshape that made the other may have moved behind
  /// them.
  private func isAbsolute(_ value: Value, of x: Value) -> Bool {
    if let (_, sources) = producer(of: value, as: Absolute.self) { return sources[0] == x }
    guard let (_, absolutes) = producer(of: value, as: Reshape.self),
      let (_, sources) = producer(of: absolutes[0], as: Absolute.self),
      let (_, reshaped) = producer(of: x, as: Reshape.self)
    else { return false }
    return sources == reshaped && type(of: value).shape == type(of: x).shape
  }

  /// Whether a value is 127 over magnitudes that are kept from 0.
  private func isReciprocal(_ value: Value, of magnitudes: Value) -> Bool {
    guard let (_, quotient) = producer(of: value, as: Divide.self), scalar(quotient[0]) == 127,
      let (_, operands) = producer(of: quotient[1], as: Maximum.self)
    else { return false }
    return [(0, 1), (1, 0)].contains { value, least in
      operands[value] == magnitudes
        && scalar(operands[least]).map { 0 < $0 && $0 <= 128 * Double(Float.leastNormalMagnitude) }
          == true
    }
  }
}
