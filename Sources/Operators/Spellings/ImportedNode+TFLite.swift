// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// TFLite images are channels last already; options are enumerations by number (schema.fbs).

extension ImportedNode {
  /// `ActivationFunctionType`.
  func fusedActivation() throws(OperatorError) -> ActivationRange {
    let code = try attributes.int("fused_activation_function", default: 0)
    switch code {
    case 0: return .none
    case 1: return .relu
    case 2: return .reluN1To1
    case 3: return .relu6
    default: throw .attributeValue("fused_activation_function", .int(code))
    }
  }

  /// Steps of a convolution or pool.
  func tfliteStride() throws(OperatorError) -> Extent2D {
    Extent2D(
      try attributes.int("stride_h", default: 1), try attributes.int("stride_w", default: 1))
  }

  /// Gaps of a convolution.
  func tfliteDilation() throws(OperatorError) -> Extent2D {
    Extent2D(
      try attributes.int("dilation_h_factor", default: 1),
      try attributes.int("dilation_w_factor", default: 1))
  }

  /// `Padding`: 0 is SAME, 1 is VALID.
  func tflitePadding(
    kernel: Extent2D, stride: Extent2D, dilation: Extent2D = .one, image: Shape
  ) throws(OperatorError) -> Padding {
    let code = try attributes.int("padding", default: 0)
    guard 0...1 ~= code else { throw .attributeValue("padding", .int(code)) }
    guard code == 0 else { return .none }
    var rows = WindowAxis(kernel: kernel.height, stride: stride.height, dilation: dilation.height)
    var columns = WindowAxis(kernel: kernel.width, stride: stride.width, dilation: dilation.width)
    try rows.padSame(input: image[1])
    try columns.padSame(input: image[2])
    return Padding(
      top: rows.before, left: columns.before, bottom: rows.after, right: columns.after)
  }

  /// x, weights and, when there is one, the bias.
  ///
  /// Files with weights quantised for size alone have float32 activations: their weights are
  /// dequantised, at compile time.
  mutating func contractionInputs(
    x: Int = 0, weights: Int = 1, bias: Int = 2
  ) throws(OperatorError) -> [Value] {
    var values = [try input(x), try input(weights)]
    if let bias = optionalInput(bias) { values.append(bias) }
    guard type(of: values[0]).dtype == .float32 else { return values }
    for index in 1..<values.count where type(of: values[index]).quantization != nil {
      values[index] = try apply(Dequantize(), [values[index]])
    }
    return values
  }

  /// Window, stride and padding of a pool over input 0.
  func tflitePool() throws(OperatorError) -> (
    window: Extent2D, stride: Extent2D, padding: Padding
  ) {
    let window = Extent2D(
      try attributes.int("filter_height"), try attributes.int("filter_width"))
    let stride = try tfliteStride()
    let image = shape(of: try image4D(0))
    return (window, stride, try tflitePadding(kernel: window, stride: stride, image: image))
  }
}
