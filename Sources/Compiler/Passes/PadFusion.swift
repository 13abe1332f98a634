// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Gives the padding of an image to the convolution or pooling that reads it.
  package static let padFusion = Pass("pad fusion") { (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let input = inputs.first,
        let (pad, padInputs) = builder.producer(of: input, as: Pad.self),
        let padding = pad.imagePadding,
        let operation = padded(node.operation, pad, padding, of: padInputs[0], builder)
      else { return nil }
      return try builder.add(
        operation, [padInputs[0]] + inputs.dropFirst(),
        quantization: graph.type(of: node.outputs[0]).quantization, name: node.name)
    }
  }
}

extension Pad {
  /// The padding, when it is around the rows and columns of an NHWC image only.
  fileprivate var imagePadding: Padding? {
    guard before.count == 4, before[0] == 0, before[3] == 0, after[0] == 0, after[3] == 0 else {
      return nil
    }
    return Padding(top: before[1], left: before[2], bottom: after[1], right: after[2])
  }
}

extension Padding {
  fileprivate static func + (a: Padding, b: Padding) -> Padding {
    Padding(
      top: a.top + b.top, left: a.left + b.left, bottom: a.bottom + b.bottom,
      right: a.right + b.right)
  }

  /// Whether every window sees the image, as pools demand.
  fileprivate func isSmaller(than window: Extent2D) -> Bool {
    max(top, bottom) < window.height && max(left, right) < window.width
  }
}

/// The operator that pads by itself; `nil` when its own padding means something else.
private func padded(
  _ operation: any Operator, _ pad: Pad, _ padding: Padding, of source: Value,
  _ builder: GraphBuilder
) -> (any Operator)? {
  switch operation {
  case var convolution as Convolution where pad.value == 0:
    convolution.padding = convolution.padding + padding
    return convolution
  case var convolution as DepthwiseConvolution where pad.value == 0:
    convolution.padding = convolution.padding + padding
    return convolution
  case var pool as AveragePool where pad.value == 0:
    // The padding counts in the divisor, so the pool's own has to count too.
    guard pool.countsPadding || pool.padding == .none else { return nil }
    pool.countsPadding = true
    pool.padding = pool.padding + padding
    return pool.padding.isSmaller(than: pool.window) ? pool : nil
  case var pool as MaxPool:
    // The padding of a pool never wins: the same where the padded value never wins either.
    pool.padding = pool.padding + padding
    let neverWins =
      pad.value == -.infinity || pad.value <= lowerBound(of: source, builder)
    return neverWins && pool.padding.isSmaller(than: pool.window) ? pool : nil
  default:
    return nil
  }
}

/// A real number that no element of a value is below.
private func lowerBound(of value: Value, _ builder: GraphBuilder) -> Float {
  switch builder.producer(of: value)?.operation {
  case let clamp as Clamp: clamp.range.min
  case let operation as any ActivatedOperator: operation.activation.min
  default: -.infinity
  }
}
