// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// Quantise-dequantise pairs: integers stand in the file between a QuantizeLinear and a
// DequantizeLinear alone, and every operator between those works on reals.

extension ONNXWriter {
  /// Reals as integers of a type; the tensor has the type's axes in the given layout.
  mutating func quantized(
    _ tensor: WrittenTensor, _ type: TensorType, _ layout: Layout
  ) throws(OperatorError) -> WrittenTensor {
    guard let operands = try scales(type, layout) else { throw .outputQuantizationMissing }
    return emit("QuantizeLinear", [tensor] + operands.tensors, operands.axis)
  }

  /// The reals that integers of a type stand for.
  mutating func dequantized(
    _ tensor: WrittenTensor, _ type: TensorType, _ layout: Layout
  ) throws(OperatorError) -> WrittenTensor {
    guard let operands = try scales(type, layout) else { throw .quantizationMissing(input: 0) }
    return emit("DequantizeLinear", [tensor] + operands.tensors, operands.axis)
  }

  /// Reals rounded to what a type holds.
  mutating func rounded(
    _ tensor: WrittenTensor, _ type: TensorType, _ layout: Layout
  ) throws(OperatorError) -> WrittenTensor {
    try dequantized(try quantized(tensor, type, layout), type, layout)
  }

  /// Scale and zero point as operands, and the axis of scales for each channel; `nil` for none.
  ///
  /// - Throws: `OperatorError.quantizationUnsupported` for what ONNX does not have.
  private mutating func scales(
    _ type: TensorType, _ layout: Layout
  ) throws(OperatorError) -> (tensors: [WrittenTensor], axis: [ONNXDocument.Attribute])? {
    guard let quantization = type.quantization else { return nil }
    if case .blocks(let axis, let size) = quantization.granularity {
      document.require(21)
      let scales = try TensorData(quantization.blockShape(type.shape), float32: quantization.scales)
        .transposed(layout.axes)
      let tensor = document.addInitializer(scales, hint: "\(current.name)/scale")
      let attributes: [ONNXDocument.Attribute] = [
        ("axis", .int(layout.position(of: axis))), ("block_size", .int(size)),
      ]
      return ([tensor], attributes)
    }
    let channels: Shape
    var axis: [ONNXDocument.Attribute] = []
    switch quantization.granularity {
    case .perTensor: channels = []
    case .perChannel(let number):
      guard type.shape.extents.indices.contains(number),
        type.shape[number] == quantization.scales.count
      else { throw .quantizationUnsupported(input: 0) }
      channels = [quantization.scales.count]
      axis = [("axis", .int(layout.position(of: number)))]
    case .blocks: preconditionFailure("blocks have been written")
    }
    guard quantization.scales.allSatisfy({ $0 > 0 && $0 < .infinity }),
      let zeroPoints = zeroPoints(quantization.zeroPoints, type.dtype)
    else { throw .quantizationUnsupported(input: 0) }
    // Before that, integers of other widths had no scales.
    if type.dtype == .int16 { document.require(21) }
    let scale = document.addInitializer(
      TensorData(channels, float32: quantization.scales), hint: "\(current.name)/scale")
    // ONNX has no zero point of 32-bit integers but 0.
    guard type.dtype != .int32 else { return ([scale], axis) }
    let zeroPoint = document.addInitializer(
      TensorData(TensorType(type.dtype, channels), bytes: zeroPoints),
      hint: "\(current.name)/zero_point")
    return ([scale, zeroPoint], axis)
  }

  /// Zero points as a dtype stores them; `nil` when it does not, or has none in ONNX.
  private func zeroPoints(_ values: [Int32], _ dtype: DType) -> [UInt8]? {
    func stored<T: FixedWidthInteger & BitwiseCopyable>(as type: T.Type) -> [UInt8]? {
      let integers = values.compactMap { T(exactly: $0) }
      return integers.count == values.count ? littleEndianBytes(of: integers) : nil
    }
    switch dtype {
    case .int8: return stored(as: Int8.self)
    case .uint8: return stored(as: UInt8.self)
    case .int16: return stored(as: Int16.self)
    case .int32: return values.allSatisfy { $0 == 0 } ? [] : nil
    case .float32, .float16, .float64, .int64, .bool: return nil
    }
  }
}
