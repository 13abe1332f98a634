// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Real numbers with a shape: what operators' reference implementations compute on.
package struct ReferenceTensor: Sendable {
  package let shape: Shape

  /// Outermost axis first; `shape.elementCount` of them.
  package var values: [Double]

  package init(_ shape: Shape, _ values: [Double]) {
    precondition(values.count == shape.elementCount, "value count must match the shape")
    self.shape = shape
    self.values = values
  }

  package init(_ shape: Shape, repeating value: Double) {
    self.init(shape, [Double](repeating: value, count: shape.elementCount))
  }

  /// The real numbers that a stored tensor stands for: dequantised when it is quantised.
  package init(_ data: TensorData) {
    let type = data.type
    guard let quantization = type.quantization else {
      self.init(type.shape, data.storedValues)
      return
    }
    let channels = ScaleMap(quantization, type.shape)
    var values = data.storedValues
    for index in values.indices {
      let channel = channels(index)
      values[index] =
        Double(quantization.scale(ofChannel: channel))
        * (values[index] - Double(quantization.zeroPoint(ofChannel: channel)))
    }
    self.init(type.shape, values)
  }

  package func map(_ transform: (Double) -> Double) -> ReferenceTensor {
    ReferenceTensor(shape, values.map(transform))
  }

  /// Rounds to what `type` can hold: float32 stays exact reals, a quantised integer is rounded to
  /// nearest even and saturated.
  package func rounded(to type: TensorType) -> ReferenceTensor {
    guard let quantization = type.quantization, let parameters = quantization.perTensor else {
      return self
    }
    let range: ClosedRange<Double> =
      switch type.dtype {
      case .int8: -128...127
      case .uint8: 0...255
      case .int16: -32768...32767
      case .int32: -2147483648...2147483647
      case .float32, .float16, .float64, .int64, .bool: -Double.infinity...Double.infinity
      }
    let (scale, zeroPoint) = (Double(parameters.scale), Double(parameters.zeroPoint))
    return map { real in
      let stored = (real / scale).rounded(.toNearestOrEven) + zeroPoint
      return scale * (min(max(stored, range.lowerBound), range.upperBound) - zeroPoint)
    }
  }
}

extension Graph {
  /// Runs the graph in `Double`: the oracle that compiled programs are compared with.
  ///
  /// - Parameter inputs: one tensor for each of `inputs`, of its type.
  /// - Returns: the real numbers of each output, quantised values rounded to their type.
  package func reference(_ inputs: [TensorData]) -> [ReferenceTensor] {
    var results = [ReferenceTensor?](repeating: nil, count: values.count)
    for (port, data) in zip(self.inputs, inputs) {
      precondition(data.type.shape == type(of: port.value).shape, "input shape")
      results[port.value.id] = ReferenceTensor(
        data.reinterpreted(as: type(of: port.value)))
    }
    for (index, value) in values.enumerated() {
      if case .constant(let data) = value.origin { results[index] = ReferenceTensor(data) }
    }
    for node in nodes {
      let operands = node.inputs.map { input in
        guard let tensor = results[input.id] else { preconditionFailure("read before written") }
        return tensor
      }
      for (output, tensor) in zip(node.outputs, node.operation.reference(operands)) {
        results[output.id] = tensor.rounded(to: type(of: output))
      }
    }
    return outputs.map { port in
      guard let tensor = results[port.value.id] else { preconditionFailure("output not written") }
      return tensor
    }
  }
}
