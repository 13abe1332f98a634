// SPDX-License-Identifier: Apache-2.0

/// How stored integers stand for real numbers: `real = scale · (stored − zeroPoint)`.
///
/// Source: Jacob et al. 2018, arXiv:1712.05877, equation 1.
public struct QuantizationParameters: Hashable, Sendable {
  /// Which elements share one scale.
  public enum Granularity: Hashable, Sendable {
    /// One scale for all elements.
    case perTensor
    /// One scale for each index along the axis.
    case perChannel(axis: Int)
    /// One scale for each run of so many elements along the axis, and each index of the others.
    case blocks(axis: Int, size: Int)
  }

  /// Which elements share one scale.
  public let granularity: Granularity

  /// One scale, or one for each channel or block; finite and greater than 0.
  ///
  /// Those of blocks are in the order of a tensor whose extent along the axis is the number of
  /// blocks.
  public let scales: [Float]

  /// The stored value that means 0; as many as there are scales.
  public let zeroPoints: [Int32]

  /// Creates parameters that all elements share.
  public init(scale: Float, zeroPoint: Int32) {
    granularity = .perTensor
    scales = [scale]
    zeroPoints = [zeroPoint]
  }

  /// Creates symmetric or asymmetric parameters for each index along `axis`.
  ///
  /// - Precondition: as many zero points as scales.
  public init(axis: Int, scales: [Float], zeroPoints: [Int32]) {
    precondition(scales.count == zeroPoints.count, "one zero point for each scale")
    granularity = .perChannel(axis: axis)
    self.scales = scales
    self.zeroPoints = zeroPoints
  }

  /// Creates symmetric parameters for each block of `blockSize` elements along `axis`.
  public init(axis: Int, blockSize: Int, scales: [Float]) {
    precondition(blockSize > 0, "a block has elements")
    granularity = .blocks(axis: axis, size: blockSize)
    self.scales = scales
    zeroPoints = [Int32](repeating: 0, count: scales.count)
  }

  /// The only scale of per-tensor parameters, `nil` for per-channel ones.
  public var perTensor: (scale: Float, zeroPoint: Int32)? {
    switch granularity {
    case .perTensor: (scales[0], zeroPoints[0])
    case .perChannel, .blocks: nil
    }
  }

  /// The scale of a channel, or block; the shared one when the parameters are per tensor.
  public func scale(ofChannel channel: Int) -> Float {
    switch granularity {
    case .perTensor: scales[0]
    case .perChannel, .blocks: scales[channel]
    }
  }

  /// The zero point of a channel, or block; the shared one when the parameters are per tensor.
  public func zeroPoint(ofChannel channel: Int) -> Int32 {
    switch granularity {
    case .perTensor: zeroPoints[0]
    case .perChannel, .blocks: zeroPoints[channel]
    }
  }
}
