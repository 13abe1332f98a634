// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators

/// A value as a number times other values: however a model groups a product, it reads the same.
struct ScalarProduct {
  /// Enough for every pattern; a longer product is a factor by itself.
  private static let maximumDepth = 6

  private(set) var number = 1.0
  private(set) var factors: [Value] = []

  /// Takes products, quotients by a number, and small powers apart.
  init(_ values: Value..., dividedBy divisor: Double = 1, in builder: GraphBuilder) {
    number = 1 / divisor
    for value in values { collect(value, builder, depth: 0) }
  }

  private mutating func collect(_ value: Value, _ builder: GraphBuilder, depth: Int) {
    if let constant = builder.scalar(value) {
      number *= constant
      return
    }
    guard depth < Self.maximumDepth, let node = builder.producer(of: value) else {
      factors.append(value)
      return
    }
    switch node.operation {
    case let multiply as Multiply where multiply.activation == .none:
      for input in node.inputs { collect(input, builder, depth: depth + 1) }
    case let divide as Divide where divide.activation == .none:
      guard let divisor = builder.scalar(node.inputs[1]) else {
        factors.append(value)
        return
      }
      number /= divisor
      collect(node.inputs[0], builder, depth: depth + 1)
    case let power as Power where power.exponent == 2 || power.exponent == 3:
      for _ in 0..<Int(power.exponent) { collect(node.inputs[0], builder, depth: depth + 1) }
    default:
      factors.append(value)
    }
  }

  /// Whether the number is the given one, as closely as float32 states numbers.
  func isScaled(by expected: Double) -> Bool { abs(number / expected - 1) < 0x1p-22 }

  /// The other one of two factors when one of them is `factor`.
  func cofactor(of factor: Value) -> Value? {
    guard factors.count == 2, let index = factors.firstIndex(of: factor) else { return nil }
    return factors[1 - index]
  }
}

extension GraphBuilder {
  /// The number that a constant of one element is.
  func scalar(_ value: Value) -> Double? {
    guard let data = constant(value), data.type.dtype == .float32,
      data.type.shape.elementCount == 1
    else { return nil }
    return data.storedValues[0]
  }

  /// The other addend of a value that is the sum of a number and something.
  func addend(of value: Value, besides number: Double) -> Value? {
    guard let (add, inputs) = producer(of: value, as: Add.self), add.activation == .none else {
      return nil
    }
    for (position, other) in [(0, 1), (1, 0)] where scalar(inputs[other]) == number {
      return inputs[position]
    }
    return nil
  }
}
