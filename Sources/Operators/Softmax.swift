// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// Softmax over the last axis: `y = exp(beta · (x − max)) / Σ exp(beta · (x − max))`.
///
/// Any rank but 0; float32 or int8.
package struct Softmax: Operator, Hashable {
  package static let name = "Softmax"
  package static let spellings: [Spelling] = [
    .onnx("Softmax", since: 1, fromONNX1),
    .onnx("Softmax", since: 13, fromONNX13),
    .tflite(25) { node throws(OperatorError) in
      try node.unary(Softmax(beta: try node.attributes.float("beta", default: 1)))
    },
    .onnx("LogSoftmax", since: 1) { node throws(OperatorError) in
      let axis = try node.shape(of: try node.input(0)).axis(
        try node.attributes.int("axis", default: 1))
      let x = try node.input(0)
      return [try logarithm(&node, of: x, over: axis...node.shape(of: x).rank - 1)]
    },
    .onnx("LogSoftmax", since: 13) { node throws(OperatorError) in
      try overLastAxis(&node) { node, x throws(OperatorError) in
        let last = node.shape(of: x).rank - 1
        return try logarithm(&node, of: x, over: last...last)
      }
    },
    .tflite(50) { node throws(OperatorError) in
      let last = try node.shape(of: try node.input(0)).axis(-1)
      return [try logarithm(&node, of: try node.input(0), over: last...last)]
    },
  ]
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.freeOutputScale

  /// Multiplier of the logits: the inverse temperature.
  package var beta: Float

  package init(beta: Float = 1) { self.beta = beta }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
    try inputs[0].checkArithmetic(input: 0)
    // A finite beta above 0 keeps exponents at or below 0.
    guard beta > 0, beta.isFinite else { throw .attributeValue("beta", .float(beta)) }
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    var y = inputs[0]
    let columns = y.shape[-1]
    for row in stride(from: 0, to: y.values.count, by: columns) {
      let logits = y.values[row..<row + columns]
      let greatest = logits.reduce(-.infinity, max)
      let powers = logits.map { exponential(Double(beta) * ($0 - greatest)) }
      let sum = powers.reduce(0, +)
      for (column, power) in powers.enumerated() { y.values[row + column] = power / sum }
    }
    return [y]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let matrix = MatrixView(channelsOf: node.inputs[0].shape)
    let (rows, columns) = (UInt32(matrix.rows), UInt32(matrix.columns))
    if try node.isQuantized() {
      let x = try node.inputs[0].perTensorQuantization(input: 0)
      let y = try node.outputQuantization()
      let step = Double(x.scale) * Double(beta)
      let powers = (0...255).map { Float(exponential(-Double($0) * step)) }
      // What a run would flush is 0 in the file too.
      let table = powers.map { $0.isNormal ? $0 : 0 }
      return .step(
        KernelRequest(
          .UK_CONTRACT_s8_softmax,
          parameters: uk_s8_softmax_parameters(
            rows: rows, columns: columns,
            multiplier: try requantizationScale(1 / Double(y.scale), input: 0), reserved: 0,
            output: uk_requantize(y)),
          operands: [.input(0), .table(table, .float32), .output(0)], overwritableInputs: [0]))
    }
    let contract: uk_contract =
      switch node.floatClass {
      case .fma: .UK_CONTRACT_f32_softmax_fma
      case .muladd: .UK_CONTRACT_f32_softmax_muladd
      }
    return .step(
      KernelRequest(
        contract,
        parameters: uk_f32_softmax_parameters(
          rows: rows, columns: columns, beta: beta, reserved: 0),
        operands: [.input(0), .output(0)], overwritableInputs: [0]))
  }
}

// MARK: - Gradient

extension Softmax: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let dx = try builder.apply(SoftmaxGradient(), [node.outputs[0], node.outputGradient])
    return [try builder.scaled(dx, by: beta)]
  }
}

// MARK: - Samples

extension Softmax {
  package static let samples: [Sample] = [
    Sample("float32", Softmax(), [.variable(.float([3, 45]), -9...9)]),
    Sample("float32, beta", Softmax(beta: 0.25), [.variable(.float([2, 2, 1001]), -40...40)]),
    Sample(
      "int8", Softmax(), [.variable(.int8([3, 45], scale: 0.06, zeroPoint: 12), -7...7)],
      outputQuantization: QuantizationParameters(scale: 1.0 / 256, zeroPoint: -128)),
  ]
}

// MARK: - Spellings

extension Softmax {
  /// Before version 13: over all axes from `axis` on, as one.
  private static func fromONNX1(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let shape = node.shape(of: x)
    let axis = try shape.axis(try node.attributes.int("axis", default: 1))
    let rows = shape.extents[..<axis].reduce(1, *)
    let matrix = try node.reshaped(x, to: [rows, shape.extents[axis...].reduce(1, *)])
    return [try node.reshaped(try node.apply(Softmax(), [matrix]), to: shape.extents)]
  }

  /// The logarithm of the softmax over axes, as `x − max − log Σ exp(x − max)`.
  private static func logarithm(
    _ node: inout ImportedNode, of x: Value, over axes: ClosedRange<Int>
  ) throws(OperatorError) -> Value {
    let greatest = try node.apply(Reduce(.maximum, axes: axes), [x])
    let (difference, logarithm) = try node.logarithmOfSum(x, below: greatest, axes: axes)
    return try node.apply(Subtract(), [difference, logarithm])
  }

  private static func fromONNX13(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    try overLastAxis(&node) { node, x throws(OperatorError) in try node.apply(Softmax(), [x]) }
  }

  /// What is done along the axis that the node names, with that axis made the last meanwhile.
  private static func overLastAxis(
    _ node: inout ImportedNode,
    _ apply: (inout ImportedNode, Value) throws(OperatorError) -> Value
  ) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let shape = node.shape(of: x)
    let axis = try shape.axis(try node.attributes.int("axis", default: -1))
    let axes = Array(0..<shape.rank)
    let toLast = axes[..<axis] + axes[(axis + 1)...] + [axis]
    let back = axes[..<axis] + [shape.rank - 1] + axes[axis..<shape.rank - 1]
    let y = try apply(&node, try node.transposed(x, Array(toLast)))
    return [try node.transposed(y, Array(back))]
  }
}
