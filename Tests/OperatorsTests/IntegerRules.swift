// SPDX-License-Identifier: Apache-2.0
import Foundation
import Graph
import Operators
import TensorCore

// The int8 and int16 arithmetic of docs/architecture.md, "Same bits", written a second time: from
// the rule and with nothing of the operators' own code, so that the two check each other.

/// Stored integers with the numbers they stand for.
struct StoredTensor {
  let extents: [Int]
  let values: [Int]
  let scales: [Float]
  let zeroPoint: Int

  /// What is not stored in integers: a bias that is rounded to its unit only then.
  let reals: [Double]?

  init(_ data: TensorData) {
    reals = data.type.dtype == .float32 ? data.storedValues : nil
    extents = data.type.shape.extents
    values = data.storedValues.map { Int($0) }
    scales = data.type.quantization?.scales ?? [1]
    zeroPoint = Int(data.type.quantization?.zeroPoints[0] ?? 0)
  }

  func scale(_ channel: Int) -> Double { Double(scales[scales.count == 1 ? 0 : channel]) }
}

/// An int8 or int16 output: how accumulators are stored.
struct StoredOutput {
  let extents: [Int]
  let scale: Float
  let zeroPoint: Int
  let levels: ClosedRange<Int>
  var low: Int
  var high: Int

  init?(_ type: TensorType, activation: ActivationRange = .none) {
    guard type.dtype == .int8 || type.dtype == .int16,
      let parameters = type.quantization?.perTensor
    else { return nil }
    levels = type.dtype == .int8 ? -128...127 : -32768...32767
    (low, high) = (levels.lowerBound, levels.upperBound)
    extents = type.shape.extents
    scale = parameters.scale
    zeroPoint = Int(parameters.zeroPoint)
    if activation.min.isFinite { low = store(Double(activation.min)) }
    if activation.max.isFinite { high = store(Double(activation.max)) }
  }

  /// A real number, by exact division: rounded to nearest even and saturated.
  func store(_ real: Double) -> Int {
    let steps = (real / Double(scale)).rounded(.toNearestOrEven)
    let stored = Int(steps.isNaN ? 0 : max(min(steps, 100_000), -100_000)) + zeroPoint
    return min(max(stored, levels.lowerBound), levels.upperBound)
  }

  /// An accumulator times a float32 multiplier.
  func requantize(_ accumulator: Int, _ multiplier: Float) -> Int {
    // Of int16 the sum has 64 bits, and goes by float64.
    let sum = levels.upperBound == 127 ? Float(Int32(accumulator)) : Float(Double(accumulator))
    return round(sum * multiplier)
  }

  /// Clamps in float32, rounds to nearest even, adds the zero point.
  func round(_ value: Float) -> Int {
    let (low, high) = (Float(low - zeroPoint), Float(high - zeroPoint))
    let raised = value > low ? value : low
    let clamped = raised < high ? raised : high
    return Int(Int(clamped.rounded(.toNearestOrEven)) + zeroPoint)
  }
}

/// What an int8 or int16 node must give, level for level; `nil` when no rule here covers it.
func integerRule(_ node: SampleNode) throws -> [Int]? {
  let inputs = node.inputs.map { StoredTensor($0) }
  if let rescaled = wideRule(node, inputs[0]) { return rescaled }
  switch node.operation {
  case let operation as Convolution:
    return StoredOutput(node.output, activation: operation.activation).map {
      convolved(inputs, operation.stride, operation.dilation, operation.padding, into: $0)
    }
  case let operation as DepthwiseConvolution:
    return StoredOutput(node.output, activation: operation.activation).map {
      convolvedByChannel(inputs, operation.stride, operation.dilation, operation.padding, into: $0)
    }
  case let operation as TransposedConvolution:
    return StoredOutput(node.output, activation: operation.activation).map {
      spread(inputs, operation, into: $0)
    }
  case let operation as FullyConnected:
    return StoredOutput(node.output, activation: operation.activation).map {
      multiplied(inputs, into: $0)
    }
  case let operation as AveragePool:
    return StoredOutput(node.output, activation: operation.activation).map {
      averaged(inputs[0], operation, into: $0)
    }
  case let operation as MaxPool:
    return StoredOutput(node.output, activation: operation.activation).map {
      maximum(inputs[0], operation, into: $0)
    }
  case let operation as Add:
    return StoredOutput(node.output, activation: operation.activation).map {
      added(inputs, sign: 1, into: $0)
    }
  case let operation as Subtract:
    return StoredOutput(node.output, activation: operation.activation).map {
      added(inputs, sign: -1, into: $0)
    }
  case let operation as Multiply:
    return StoredOutput(node.output, activation: operation.activation).map {
      product(inputs, into: $0)
    }
  case is Clamp, is PReLU, is any RealFunction:
    guard let function = elementFunction(node) else { return nil }
    return StoredOutput(node.output).map { mapped(inputs[0], into: $0, function) }
  case let operation as Reduce:
    return StoredOutput(node.output).map { reduced(inputs[0], operation, into: $0) }
  case is Quantize:
    guard node.inputs[0].type.dtype == .int8 else {
      return StoredOutput(node.output).map { quantized(node.inputs[0].float32Values, into: $0) }
    }
    return StoredOutput(node.output).map { mapped(inputs[0], into: $0) { $0 } }
  case let operation as Softmax:
    return StoredOutput(node.output).map { softmax(inputs[0], operation, into: $0) }
  case let operation as Resize where operation.mode == .bilinear:
    return StoredOutput(node.output).map { resized(inputs[0], operation, into: $0) }
  default: return try moveRule(node, inputs)
  }
}

/// The rule of what takes elements as they are.
private func moveRule(_ node: SampleNode, _ inputs: [StoredTensor]) throws -> [Int]? {
  switch node.operation {
  case is Minimum, is Maximum:
    return StoredOutput(node.output).map {
      extremum(inputs, isMaximum: node.operation is Maximum, into: $0)
    }
  case is any MovingOperator, is Pad, is Resize, is Cast, is SignConversion:
    // Values move and keep their scale, or are plain integers: the reference is exact.
    return try node.reference.stored(as: node.output)?.storedValues.map { Int($0) }
  default: return try layerRule(node, inputs)
  }
}

/// What int16, or integers that become int16, are: multiplied once and rounded; `nil` for the rest.
private func wideRule(_ node: SampleNode, _ x: StoredTensor) -> [Int]? {
  let dtypes = [node.inputs[0].type.dtype, node.output.dtype]
  guard dtypes.contains(.int16), !dtypes.contains(.float32) else { return nil }
  let output: StoredOutput?
  switch node.operation {
  case let clamp as Clamp: output = StoredOutput(node.output, activation: clamp.range)
  case is Quantize: output = StoredOutput(node.output)
  default: return nil
  }
  return output.map { output in
    let multiplier = Float(x.scale(0) / Double(output.scale))
    return x.values.map { output.round(Float($0 - x.zeroPoint) * multiplier) }
  }
}
