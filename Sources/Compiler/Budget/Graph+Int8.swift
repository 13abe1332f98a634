// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Graph {
  /// The graph with 8-bit activations and weights wherever a kernel computes in them, to see what
  /// that saves.
  ///
  /// Only sizes are right: activations are not calibrated, so it computes nothing of use. Every
  /// float tensor is spelled as quantised and dequantised again, as int8 models are in ONNX, and
  /// it is left to the passes to find out what can run in integers. Ports keep their types.
  func inInt8() throws -> Graph {
    var graph = self
    // A layer that adds a residual has no place to quantise its own result.
    for pass in Pass.pipeline where pass.name != Pass.residualFusion.name {
      graph = try pass.run(graph)
    }
    return try graph.quantizationSpelledOut()
  }

  private func quantizationSpelledOut() throws(OperatorError) -> Graph {
    var quantizedPorts: [Value: Value] = [:]
    return try rewritten { (node, inputs, builder) throws(OperatorError) in
      guard node.outputs.count == 1, type(of: node.outputs[0]).dtype == .float32 else { return nil }
      var operands = inputs
      for (position, input) in inputs.enumerated()
      where builder.type(of: input).dtype == .float32 && builder.producer(of: input) == nil {
        if builder.constant(input) != nil {
          operands[position] = try builder.storedInInt8(node, operands, position)
        } else if let known = quantizedPorts[input] {
          operands[position] = known
        } else {
          operands[position] = try builder.requantized(input)
          quantizedPorts[input] = operands[position]
        }
      }
      let result = try builder.apply(node.operation, operands, name: node.name)
      return [try builder.requantized(result)]
    }
  }
}

/// The step of every activation: it stands for any other.
private let activationScale: Float = 0x1p-4

extension GraphBuilder {
  /// The value in 8 bits and back.
  fileprivate mutating func requantized(_ value: Value) throws(OperatorError) -> Value {
    let name = name(of: value)
    let stored = try apply(
      Quantize(), [value],
      quantization: QuantizationParameters(scale: activationScale, zeroPoint: 0), name: name)
    return try apply(Dequantize(), [stored], name: name)
  }

  /// A constant operand in 8 bits, or in 32 when it is the bias of a layer, and back; the operands
  /// before it are stored already.
  fileprivate mutating func storedInInt8(
    _ node: Node, _ operands: [Value], _ position: Int
  ) throws(OperatorError) -> Value {
    guard let data = constant(operands[position]) else { return operands[position] }
    let stored: TensorData
    if let operation = node.operation as? any WeightedOperator {
      // Such are trained, and stay float32.
      guard operation.packing == nil else { return operands[position] }
      let weights = operands[1]
      if position == 2,
        let scales = producer(of: weights).flatMap({
          type(of: $0.inputs[0]).quantization?.scales
        })
      {
        stored = data.storedAsBias(weightScales: scales)
      } else {
        stored = data.storedInInt8(along: Swift.type(of: operation).weightChannelAxis)
      }
    } else {
      stored = data.storedInInt8(along: nil)
    }
    let name = name(of: operands[position])
    return try apply(Dequantize(), [constant(stored, name: name)], name: name)
  }
}

extension TensorData {
  /// Rounded to the 255 symmetric steps of the largest magnitude: of all elements, or of each index
  /// along an axis.
  fileprivate func storedInInt8(along axis: Int?) -> TensorData {
    let (stride, extent) = axis.map { (type.shape.strides[$0], type.shape[$0]) } ?? (1, 1)
    let values = float32Values
    var greatest = [Float](repeating: 0, count: extent)
    for (index, value) in values.enumerated() where value.isFinite {
      let channel = index / stride % extent
      greatest[channel] = max(greatest[channel], abs(value))
    }
    // Not so small that a bias in these units would be none.
    let scales = greatest.map { max($0 / 127, 0x1p-40) }
    let stored = values.enumerated().map { index, value in
      Int8(max(-127, min(127, (value / scales[index / stride % extent]).rounded())))
    }
    let quantization =
      axis.map {
        QuantizationParameters(
          axis: $0, scales: scales, zeroPoints: [Int32](repeating: 0, count: extent))
      } ?? QuantizationParameters(scale: scales[0], zeroPoint: 0)
    return TensorData(type.shape, int8: stored, quantization: quantization)
  }

  /// In 32 bits and units of the sums of products, as integer layers take their biases.
  fileprivate func storedAsBias(weightScales: [Float]) -> TensorData {
    let scales = weightScales.map { $0 * activationScale }
    // Clamped so as not to overflow the sums it is added to.
    let stored = zip(float32Values, scales).map { value, scale in
      Int32(max(-0x1p20, min(0x1p20, (value / scale).rounded())))
    }
    let quantization = QuantizationParameters(
      axis: 0, scales: scales, zeroPoints: [Int32](repeating: 0, count: scales.count))
    return TensorData(type.shape, int32: stored, quantization: quantization)
  }
}
