// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension Reduce {
  static let onnxSpellings: [Spelling] = [
    .onnx("ReduceMean", since: 1) { node throws(OperatorError) in try fromONNX(&node, mean) },
    .onnx("ReduceSum", since: 1) { node throws(OperatorError) in
      try fromONNX(&node, plain(.sum))
    },
    .onnx("ReduceMax", since: 1) { node throws(OperatorError) in
      try fromONNX(&node, plain(.maximum))
    },
    .onnx("ReduceMin", since: 1) { node throws(OperatorError) in
      try fromONNX(&node, plain(.minimum))
    },
    .onnx("ReduceProd", since: 1) { node throws(OperatorError) in
      try fromONNX(&node, plain(.product))
    },
    .onnx("ReduceSumSquare", since: 1) { node throws(OperatorError) in
      try fromONNX(&node, plain(.sumOfSquares))
    },
    .onnx("ReduceL1", since: 1) { node throws(OperatorError) in
      try fromONNX(&node) { node, x, axes throws(OperatorError) in
        try node.apply(Reduce(.sum, axes: axes), [try node.apply(Absolute(), [x])])
      }
    },
    .onnx("ReduceL2", since: 1) { node throws(OperatorError) in
      try fromONNX(&node) { node, x, axes throws(OperatorError) in
        try node.apply(SquareRoot(), [try node.apply(Reduce(.sumOfSquares, axes: axes), [x])])
      }
    },
    .onnx("ReduceLogSum", since: 1) { node throws(OperatorError) in
      try fromONNX(&node) { node, x, axes throws(OperatorError) in
        try node.apply(Logarithm(), [try node.apply(Reduce(.sum, axes: axes), [x])])
      }
    },
    .onnx("ReduceLogSumExp", since: 1) { node throws(OperatorError) in
      try fromONNX(&node) { node, x, axes throws(OperatorError) in
        let greatest = try node.apply(Reduce(.maximum, axes: axes), [x])
        let rest = try node.logarithmOfSum(x, below: greatest, axes: axes).logarithm
        return try node.apply(Add(), [rest, greatest])
      }
    },
  ]

  static let tfliteSpellings: [Spelling] = [
    .tflite(40) { node throws(OperatorError) in try fromTFLite(&node, mean) },
    .tflite(74) { node throws(OperatorError) in try fromTFLite(&node, plain(.sum)) },
    .tflite(81) { node throws(OperatorError) in try fromTFLite(&node, plain(.product)) },
    .tflite(82) { node throws(OperatorError) in try fromTFLite(&node, plain(.maximum)) },
    .tflite(89) { node throws(OperatorError) in try fromTFLite(&node, plain(.minimum)) },
  ]

  /// Reduces neighbouring axes, which stay with extent 1.
  typealias Reduction =
    @Sendable (inout ImportedNode, Value, ClosedRange<Int>) throws(OperatorError) -> Value

  private static func plain(_ kind: Kind) -> Reduction {
    { node, x, axes throws(OperatorError) in try node.apply(Reduce(kind, axes: axes), [x]) }
  }

  /// The mean over rows and columns of an NHWC image is a pool, whose contract finds rows.
  private static let mean: Reduction = { node, x, axes throws(OperatorError) in
    guard axes == 1...2, node.shape(of: x).rank == 4 else {
      return try node.apply(Reduce(.mean, axes: axes), [x])
    }
    return try node.apply(AveragePool(window: node.imageExtent(of: x)), [x])
  }

  /// The axes are an attribute, or input 1 in later versions; all when there are none.
  private static func fromONNX(
    _ node: inout ImportedNode, _ reduction: Reduction
  ) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let axes = try node.axes()
    if axes ?? [] == [], try node.attributes.bool("noop_with_empty_axes", default: false) {
      return [x]
    }
    let keepsAxes = try node.attributes.bool("keepdims", default: true)
    let reduced = try ReducedAxes(axes, of: node.shape(of: x))
    return [try reduced.apply(reduction, to: x, keepsAxes: keepsAxes, &node)]
  }

  private static func fromTFLite(
    _ node: inout ImportedNode, _ reduction: Reduction
  ) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let reduced = try ReducedAxes(try node.indices(1), of: node.shape(of: x))
    let keepsAxes = try node.attributes.bool("keep_dims", default: false)
    return [try reduced.apply(reduction, to: x, keepsAxes: keepsAxes, &node)]
  }
}

extension ImportedNode {
  /// `x − greatest`, and the logarithm of the sum of its exponentials.
  mutating func logarithmOfSum(
    _ x: Value, below greatest: Value, axes: ClosedRange<Int>
  ) throws(OperatorError) -> (difference: Value, logarithm: Value) {
    try type(of: x).check(dtype: .float32, input: 0)
    let difference = try apply(Subtract(), [x, greatest])
    let powers = try apply(Exponential(), [difference])
    let sum = try apply(Reduce(.sum, axes: axes), [powers])
    return (difference, try apply(Logarithm(), [sum]))
  }
}
