// SPDX-License-Identifier: Apache-2.0

/// What is known of a tensor before it exists: element type, shape, quantisation.
public struct TensorType: Hashable, Sendable {
  /// The type of one element.
  public var dtype: DType

  /// The extents.
  public var shape: Shape

  /// How stored integers stand for reals; `nil` for floats and for plain integers such as indices.
  public var quantization: QuantizationParameters?

  /// Creates a tensor type; not quantised unless parameters are given.
  public init(_ dtype: DType, _ shape: Shape, quantization: QuantizationParameters? = nil) {
    self.dtype = dtype
    self.shape = shape
    self.quantization = quantization
  }

  /// The size of the contiguous tensor, in bytes.
  public var byteCount: Int { shape.elementCount * dtype.byteCount }
}
