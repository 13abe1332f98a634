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
    let tensors = zip(self.inputs, inputs).map { port, data in
      ReferenceTensor(data.reinterpreted(as: type(of: port.value)))
    }
    return reference(tensors, of: outputs.map(\.value))
  }

  /// Runs the graph in `Double` and gives the real numbers of some of its values.
  ///
  /// - Parameters:
  ///   - inputs: one tensor for each of `inputs`, of its shape.
  ///   - wanted: values of the graph.
  ///   - states: what states hold instead of their initial values.
  /// - Returns: one tensor for each wanted value.
  package func reference(
    _ inputs: [ReferenceTensor], of wanted: [Value], states: [Value: ReferenceTensor] = [:]
  ) -> [ReferenceTensor] {
    var results = [ReferenceTensor?](repeating: nil, count: values.count)
    for (port, tensor) in zip(self.inputs, inputs) {
      precondition(tensor.shape == type(of: port.value).shape, "input shape")
      results[port.value.id] = tensor
    }
    for (index, value) in values.enumerated() {
      switch value.origin {
      case .constant(let data): results[index] = ReferenceTensor(data)
      case .state(let data): results[index] = states[Value(id: index)] ?? ReferenceTensor(data)
      case .input, .node: break
      }
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
    return wanted.map { value in
      guard let tensor = results[value.id] else { preconditionFailure("value not written") }
      return tensor
    }
  }
}
