// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// One of two elements: `y = condition ? a : b`.
///
/// Inputs: condition (bool), then a and b of one dtype, any, and one scale and zero point. Shapes
/// broadcast as in NumPy.
package struct Select: Operator, MovingOperator, Hashable {
  package static let name = "Select"
  package static let spellings: [Spelling] = [
    .onnx("Where", since: 9) { node throws(OperatorError) in
      [
        try node.apply(
          Select(), [try node.input(0), try node.input(1), try node.input(2)])
      ]
    },
    .tflite(64) { node throws(OperatorError) in
      // A condition of one axis is about whole entries.
      let condition = try node.input(0)
      let (own, rank) = (node.shape(of: condition), node.shape(of: try node.input(1)).rank)
      guard own.rank == 1, rank > 1 else { return try fromTFLite(&node, condition) }
      let ones = [Int](repeating: 1, count: rank - 1)
      return try fromTFLite(&node, try node.reshaped(condition, to: own.extents + ones))
    },
    .tflite(123) { node throws(OperatorError) in try fromTFLite(&node, try node.input(0)) },
  ]
  package static let inputCount = 3...3
  package static let movedInputs = 1...2
  package static let quantization = QuantizationRule.sameAsInput

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(dtype: .bool, input: 0)
    try inputs[2].check(dtype: inputs[1].dtype, input: 2)
    if let quantization = inputs[1].quantization, quantization.perTensor == nil {
      throw .quantizationUnsupported(input: 1)
    }
    guard inputs[1].quantization == inputs[2].quantization else {
      throw .quantizationUnsupported(input: 2)
    }
    return [inputs[1].moved(to: try broadcast(inputs.map(\.shape)).output)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard let broadcast = try? broadcast(inputs.map(\.shape)) else {
      preconditionFailure("types were inferred")
    }
    let sources = broadcast.sources
    let values = broadcast.output.indices.map { index in
      let chosen = inputs[0].values[sources[0][index]] == 0 ? 2 : 1
      return inputs[chosen].values[sources[chosen][index]]
    }
    return [ReferenceTensor(broadcast.output, values)]
  }

  private func broadcast(_ shapes: [Shape]) throws(OperatorError) -> Broadcast {
    try Broadcast(shapes[0], shapes[1], shapes[2])
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let (extents, strides) = try broadcast(node.inputs.map(\.shape)).fourAxes()
    return .step(
      KernelRequest(
        .UK_CONTRACT_xx_select,
        parameters: uk_select_parameters(
          extents: extents, a: strides[1], b: strides[2], condition: strides[0],
          element_bytes: UInt32(node.outputs[0].dtype.byteCount), reserved: (0, 0, 0)),
        operands: [.input(1), .input(2), .input(0), .output(0)],
        overwritableInputs: [1, 2].filter { node.inputs[$0].shape == node.outputs[0].shape }))
  }
}

extension Shape {
  /// The flat index of every element.
  fileprivate var indices: Range<Int> { 0..<elementCount }
}

// MARK: - Gradient

extension Select: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let (condition, dy, zero) = (node.inputs[0], node.outputGradient, builder.scalar(0))
    return try node.each { (input) throws(OperatorError) in
      let part = try builder.apply(
        Select(), [condition] + (input == 1 ? [dy, zero] : [zero, dy]))
      return try builder.summed(part, to: builder.shape(of: node.inputs[input]))
    }
  }
}

// MARK: - Samples

extension Select {
  package static let samples: [Sample] = [
    Sample(
      "float32", Select(),
      [
        .variable(TensorType(.bool, [3, 41]), 0...1), .variable(.float([3, 41])),
        .variable(.float([3, 41])),
      ]),
    Sample(
      "float32, mask", Select(),
      [
        .variable(TensorType(.bool, [2, 1, 4, 5]), 0...1),
        .data(TensorData([], float32: [-Float.greatestFiniteMagnitude])),
        .variable(.float([2, 3, 4, 5])),
      ]),
    Sample(
      "int64", Select(),
      [
        .variable(TensorType(.bool, [4, 1]), 0...1), .variable(TensorType(.int64, [1, 3])),
        .variable(TensorType(.int64, [4, 3])),
      ]),
    Sample(
      "int8", Select(),
      [
        .variable(TensorType(.bool, [7]), 0...1), .variable(.int8([2, 7], scale: 0.02)),
        .variable(.int8([2, 7], scale: 0.02)),
      ]),
  ]
}

// MARK: - Spellings

extension Select {
  /// Inputs of another scale than the output's are requantised first.
  private static func fromTFLite(
    _ node: inout ImportedNode, _ condition: Value
  ) throws(OperatorError) -> [Value] {
    let a = try node.asDeclared(try node.input(1))
    let b = try node.asDeclared(try node.input(2))
    return [try node.apply(Select(), [condition, a, b])]
  }
}
