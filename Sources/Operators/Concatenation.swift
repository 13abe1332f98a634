// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// Joins tensors along an axis.
///
/// The other extents agree, and so do dtypes and quantisation: nothing but copies.
package struct Concatenation: Operator, MovingOperator, Hashable {
  package static let name = "Concatenation"
  package static let spellings: [Spelling] = [
    .onnx("Concat", since: 4) { node throws(OperatorError) in
      let axis = try node.attributes.int("axis")
      // Parts of shapes may be empty.
      let all = try node.allInputs()
      let inputs = all.filter { node.shape(of: $0).elementCount > 0 }
      return [try node.apply(Concatenation(axis: axis), inputs.isEmpty ? all : inputs)]
    },
    .tflite(2, fromTFLite),
    .tflite(83, fromPack),
  ]
  package static let inputCount = 1...Int(UInt16.max)
  package static let movedInputs = 0...Int(UInt16.max)
  package static let quantization = QuantizationRule.sameAsInput

  /// A negative axis counts from the last.
  package var axis: Int

  package init(axis: Int) { self.axis = axis }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let first = inputs[0]
    try first.check(rank: 1...ProgramFormat.maximumRank, input: 0)
    let axis = try first.shape.axis(axis)
    var extents = first.shape.extents
    for (index, input) in inputs.enumerated().dropFirst() {
      try input.check(rank: extents.count...extents.count, input: index)
      try input.check(dtype: first.dtype, input: index)
      guard input.quantization == first.quantization else {
        throw .quantizationUnsupported(input: index)
      }
      var expected = first.shape.extents
      expected[axis] = input.shape[axis]
      try input.check(extents: expected, input: index)
      extents[axis] += input.shape[axis]
    }
    return [first.moved(to: try Shape(checked: extents))]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard let axis = try? inputs[0].shape.axis(axis) else {
      preconditionFailure("types were inferred")
    }
    let rows = inputs[0].shape.extents[..<axis].reduce(1, *)
    var values: [Double] = []
    for row in 0..<rows {
      for input in inputs {
        let run = input.values.count / rows
        values += input.values[row * run..<(row + 1) * run]
      }
    }
    var extents = inputs[0].shape.extents
    extents[axis] = inputs.map { $0.shape[axis] }.reduce(0, +)
    return [ReferenceTensor(Shape(extents), values)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let axis = try node.inputs[0].shape.axis(axis)
    let rows = node.inputs[0].shape.extents[..<axis].reduce(1, *)
    let outputPitch = node.outputs[0].byteCount / rows
    guard node.outputs[0].byteCount <= Int(UInt32.max) else { throw .tooLarge }
    var offset = 0
    var copies: [KernelRequest] = []
    for (index, input) in node.inputs.enumerated() {
      let run = input.byteCount / rows
      copies.append(
        KernelRequest(
          .UK_CONTRACT_xx_copy,
          parameters: uk_copy_parameters(
            rows: UInt32(rows), run_bytes: UInt32(run), in_pitch_bytes: UInt32(run),
            out_pitch_bytes: UInt32(outputPitch), out_offset_bytes: UInt32(offset),
            in_offset_bytes: 0, reserved: (0, 0)),
          operands: [.input(index), .output(0)]))
      offset += run
    }
    return .steps(copies)
  }
}

// MARK: - Gradient

extension Concatenation: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let shapes = node.inputs.map { builder.shape(of: $0) }
    let axis = try shapes[0].axis(axis)
    return try node.each { (input) throws(OperatorError) in
      let count = shapes[input].extents
      var start = count.map { _ in 0 }
      start[axis] = shapes[..<input].map { $0[axis] }.reduce(0, +)
      let slice = Slice(start: start, step: count.map { _ in 1 }, count: count)
      return try builder.apply(slice, [node.outputGradient])
    }
  }
}

// MARK: - Samples

extension Concatenation {
  package static let samples: [Sample] = [
    Sample(
      "float32, channels", Concatenation(axis: -1),
      [.variable(.float([2, 3, 4])), .constant(.float([2, 3, 7])), .variable(.float([2, 3, 1]))]),
    Sample(
      "int8, rows", Concatenation(axis: 0),
      [.variable(.int8([2, 5], scale: 0.02)), .variable(.int8([1, 5], scale: 0.02))]),
  ]
}

// MARK: - Spellings

extension Concatenation {
  /// Inputs of other scales than the output's are requantised first.
  private static func fromTFLite(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    var inputs = try node.allInputs()
    for index in inputs.indices {
      inputs[index] = try node.requantized(inputs[index], to: node.outputQuantization())
    }
    let y = try node.apply(
      Concatenation(axis: try node.attributes.int("axis", default: 0)), inputs)
    let activation = try node.fusedActivation()
    return [activation == .none ? y : try node.apply(Clamp(range: activation), [y])]
  }

  /// `PACK`: inputs of one shape along a new axis.
  private static func fromPack(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    var inputs = try node.allInputs()
    let shape = node.shape(of: try node.input(0))
    let stated = try node.attributes.int("axis", default: 0)
    let axis = stated < 0 ? stated + shape.rank + 1 : stated
    guard 0...shape.rank ~= axis else { throw .axis(stated, rank: shape.rank + 1) }
    for index in inputs.indices {
      var extents = node.shape(of: inputs[index]).extents
      guard extents.count == shape.rank else {
        throw .rank(input: index, expected: shape.rank...shape.rank, actual: extents.count)
      }
      extents.insert(1, at: axis)
      let input = try node.asDeclared(inputs[index])
      inputs[index] = try node.reshaped(input, to: extents)
    }
    return [try node.apply(Concatenation(axis: axis), inputs)]
  }
}
