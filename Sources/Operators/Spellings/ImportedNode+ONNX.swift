// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// ONNX images are channels first: [N, C, H, W], or [N, C, L] for signals. A spelling brings them to
// channels last and back; passes cancel the transposes between neighbours.

extension ImportedNode {
  /// Brings `[N, C, H, W]` or `[N, C, L]` to `[N, H, W, C]`, a signal having one row.
  mutating func channelsLastImage(_ value: Value) throws(OperatorError) -> Value {
    try type(of: value).check(rank: 3...4, input: 0)
    return try transposed(try withHeight(value), [0, 2, 3, 1])
  }

  /// The inverse of `channelsLastImage`, for an input of the given rank.
  mutating func channelsFirst(_ image: Value, rank: Int) throws(OperatorError) -> Value {
    let planes = try transposed(image, [0, 3, 1, 2])
    guard rank == 3 else { return planes }
    let shape = shape(of: planes)
    return try reshaped(planes, to: [shape[0], shape[1], shape[3]])
  }

  /// Gives a signal, or the weights of a signal's convolution, a height of 1 on axis 2.
  mutating func withHeight(_ value: Value) throws(OperatorError) -> Value {
    let shape = shape(of: value)
    guard shape.rank == 3 else { return value }
    return try reshaped(value, to: [shape[0], shape[1], 1, shape[2]])
  }

  /// Moves axis 1 of a tensor of any rank to the end.
  mutating func channelsLast(_ value: Value) throws(OperatorError) -> Value {
    let axes = Array(0..<shape(of: value).rank)
    return axes.count < 3 ? value : try transposed(value, [0] + axes[2...] + [1])
  }

  /// The inverse of `channelsLast`.
  mutating func channelsSecond(_ value: Value) throws(OperatorError) -> Value {
    let axes = Array(0..<shape(of: value).rank)
    guard axes.count > 2 else { return value }
    return try transposed(value, [0, axes.count - 1] + axes[1..<axes.count - 1])
  }

  /// The axes named by an attribute, or by an optional input in later versions; `nil` when absent.
  func axes(attribute: String = "axes", input index: Int = 1) throws(OperatorError) -> [Int]? {
    if attributes[attribute] != nil { return try attributes.ints(attribute) }
    return optionalInput(index) == nil ? nil : try indices(index)
  }

  /// A single float32 given as an optional input.
  func scalar(_ index: Int) throws(OperatorError) -> Float? {
    guard optionalInput(index) != nil else { return nil }
    let data = try constantInput(index)
    try data.type.check(dtype: .float32, input: index)
    guard data.type.shape.elementCount == 1 else {
      throw .elementCount(input: index, expected: 1, actual: data.type.shape.elementCount)
    }
    return data.float32Values[0]
  }

  /// The elements of a float32 constant input.
  func floats(_ index: Int) throws(OperatorError) -> [Float] {
    let data = try constantInput(index)
    try data.type.check(dtype: .float32, input: index)
    return data.float32Values
  }

  /// One entry for each axis of an image, given for the axes that `axes` names, or for all.
  func perAxis(_ values: [Float], default fallback: Float) throws(OperatorError) -> [Float] {
    let axes = try attributes.ints("axes", default: [0, 1, 2, 3])
    guard values.count == axes.count else { throw .attributeValue("scales", .floats(values)) }
    var all = [Float](repeating: fallback, count: 4)
    let shape = shape(of: try input(0))
    for (axis, value) in zip(axes, values) { all[try shape.axis(axis)] = value }
    return all
  }

  /// Kernel and window of a pool over an NHWC image, and whether `ceil_mode` extended its padding.
  func onnxPool(
    image: Shape
  ) throws(OperatorError) -> (kernel: Extent2D, window: ONNXWindow, isExtended: Bool) {
    let (height, width) = try ONNXWindow.pair(attributes, "kernel_shape")
    var window = try ONNXWindow(attributes, kernel: Extent2D(height, width), image: image)
    guard window.dilation == .one else {
      throw .attributeValue("dilations", .ints([window.dilation.height, window.dilation.width]))
    }
    let padding = window.padding
    if try attributes.bool("ceil_mode", default: false) { try window.padToCeiling(image: image) }
    return (Extent2D(height, width), window, window.padding != padding)
  }

  /// Scale and zero point of `QuantizeLinear` and `DequantizeLinear`: inputs 1 and 2.
  ///
  /// uint8 is stored as int8 here, its zero point 128 lower; `stated` is what the model stores.
  func onnxQuantization(
    of x: Value
  ) throws(OperatorError) -> (QuantizationParameters, stated: DType) {
    let scales = try floats(1)
    guard scales.allSatisfy({ $0 > 0 && $0 < .infinity }), !scales.isEmpty else {
      throw .quantizationUnsupported(input: 1)
    }
    if try attributes.int("block_size", default: 0) != 0 {
      return (try blocks(of: x), stated: .int8)
    }
    var zeroPoints = [Int32](repeating: 0, count: scales.count)
    var stated = try storedType(of: x)
    if optionalInput(2) != nil {
      let data = try constantInput(2)
      try data.type.check(dtype: .int8, .uint8, .int16, .int32, input: 2)
      zeroPoints = data.storedValues.map { Int32($0) }
      stated = data.type.dtype
    } else if let known = type(of: x).quantization {
      return (known, stated: type(of: x).dtype)
    }
    if stated == .uint8 { zeroPoints = zeroPoints.map { $0 - 128 } }
    guard zeroPoints.count == scales.count else {
      throw .elementCount(input: 2, expected: scales.count, actual: zeroPoints.count)
    }
    if scales.count == 1 {
      return (QuantizationParameters(scale: scales[0], zeroPoint: zeroPoints[0]), stated)
    }
    let shape = shape(of: x)
    let axis = try shape.axis(try attributes.int("axis", default: 1))
    guard shape[axis] == scales.count else {
      throw .elementCount(input: 1, expected: shape[axis], actual: scales.count)
    }
    return (QuantizationParameters(axis: axis, scales: scales, zeroPoints: zeroPoints), stated)
  }

  /// What x is stored as where no zero point says it: of floats what `output_dtype` of version 21
  /// names, or uint8.
  private func storedType(of x: Value) throws(OperatorError) -> DType {
    guard type(of: x).dtype == .float32 else { return type(of: x).dtype }
    let number = try attributes.int("output_dtype", default: 0)
    switch number {
    case 0, 2: return .uint8
    case 3: return .int8
    case 5: return .int16
    default: throw .attributeValue("output_dtype", .int(number))
    }
  }

  /// Refuses int16 activations with a zero point, which no kernel takes.
  func requireSymmetricInt16(
    _ dtype: DType, _ quantization: QuantizationParameters, of x: Value
  ) throws(OperatorError) {
    let isSymmetric = quantization.zeroPoints.allSatisfy { $0 == 0 }
    guard dtype != .int16 || isSymmetric || builder.isFoldable(x) else {
      throw .quantizationUnsupported(input: 2)
    }
  }

  /// The scales of blocks along an axis, of a constant in int8 without zero points.
  private func blocks(of x: Value) throws(OperatorError) -> QuantizationParameters {
    let (shape, size) = (shape(of: x), try attributes.int("block_size"))
    guard 0 < size, size <= Shape.maximumElementCount, builder.constant(x) != nil else {
      throw .attributeValue("block_size", .int(size))
    }
    try type(of: x).check(dtype: .int8, input: 0)
    if optionalInput(2) != nil {
      guard try constantInput(2).storedValues.allSatisfy({ $0 == 0 }) else {
        throw .quantizationUnsupported(input: 2)
      }
    }
    let parameters = QuantizationParameters(
      axis: try shape.axis(try attributes.int("axis", default: 1)), blockSize: size,
      scales: try floats(1))
    try type(of: try input(1)).check(
      extents: parameters.blockShape(shape).extents, input: 1)
    return parameters
  }

  /// Refuses an integer attribute of any value but one.
  func require(_ attribute: String, _ expected: Int) throws(OperatorError) {
    let value = try attributes.int(attribute, default: expected)
    guard value == expected else { throw .attributeValue(attribute, .int(value)) }
  }
}
