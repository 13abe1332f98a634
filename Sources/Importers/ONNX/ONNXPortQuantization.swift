// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// ONNX states the scale of an integer beside the operator that reads it. A model whose inputs are
// integers means them by the scale that its first operators read them with.

/// Which inputs of an operator are the scale and the zero point of its input 0.
private let quantizationInputs = [
  "DequantizeLinear": (scale: 1, zeroPoint: 2),
  "QLinearConv": (scale: 1, zeroPoint: 2),
  "QLinearMatMul": (scale: 1, zeroPoint: 2),
  "com.microsoft::QGemm": (scale: 1, zeroPoint: 2),
  "com.microsoft::QLinearAdd": (scale: 1, zeroPoint: 2),
]

extension ONNXGraphDecoder {
  /// Gives the model's 8-bit and 16-bit inputs the scale and zero point that their first reader
  /// states.
  ///
  /// Inputs whose reader states none that are known, and shared by all elements, stay as they are.
  mutating func quantizeInputs() {
    for input in inputs {
      guard case .supported(let dtype) = values[input].dtype,
        dtype == .int8 || dtype == .uint8 || dtype == .int16,
        let reader = nodes.first(where: { $0.inputs.first == input }),
        let positions = quantizationInputs[reader.operatorName]
      else { continue }
      let zeroPoint = constant(reader, positions.zeroPoint)
      guard zeroPoint == nil || zeroPoint?.type.dtype == dtype else { continue }
      values[input].quantization = quantization(
        scale: constant(reader, positions.scale), zeroPoint: zeroPoint)
      values[input].storeSigned()
    }
  }

  private func quantization(scale: TensorData?, zeroPoint: TensorData?) -> QuantizationParameters? {
    guard let scale, scale.type.dtype == .float32, scale.type.shape.elementCount == 1,
      zeroPoint.map({ $0.type.shape.elementCount == 1 }) ?? true
    else { return nil }
    let value = scale.float32Values[0]
    guard value > 0, value < .infinity else { return nil }
    return QuantizationParameters(
      scale: value, zeroPoint: Int32(zeroPoint?.storedValues[0] ?? 0))
  }

  private func constant(_ node: ForeignNode, _ position: Int) -> TensorData? {
    guard node.inputs.indices.contains(position), let input = node.inputs[position],
      case .constant(let data) = values[input].origin
    else { return nil }
    return data
  }
}
