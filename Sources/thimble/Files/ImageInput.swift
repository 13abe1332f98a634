// SPDX-License-Identifier: Apache-2.0
import TensorCore
import TensorFiles

/// How an image fills an input of four axes (a batch of one) or three.
///
/// Samples keep their values, 0…255: `float32` takes them as they are, `uint8` stores them, and a
/// quantised `int8` input stores them by its own scale and zero point. An input of one channel
/// takes the luma.
struct ImageInput {
  let height: Int
  let width: Int
  let channels: Int
  let isChannelsFirst: Bool
  private let type: TensorType

  /// Describes the input, or `nil` when it cannot hold an image.
  ///
  /// The channel axis is the one of extent 3 or 1: the last where both could be.
  init?(_ type: TensorType) {
    let extents = type.shape.extents
    let axes = extents.count == 4 && extents[0] == 1 ? Array(extents.dropFirst()) : extents
    guard axes.count == 3 else { return nil }
    if [1, 3].contains(axes[2]) {
      (height, width, channels, isChannelsFirst) = (axes[0], axes[1], axes[2], false)
    } else if [1, 3].contains(axes[0]) {
      (channels, height, width, isChannelsFirst) = (axes[0], axes[1], axes[2], true)
    } else {
      return nil
    }
    switch type.dtype {
    case .float32, .uint8: break
    case .int8 where type.quantization?.perTensor != nil: break
    case .int8, .float16, .float64, .int16, .int32, .int64, .bool: return nil
    }
    self.type = type
  }

  /// The input's contents.
  ///
  /// - Precondition: the image has the input's height and width.
  func tensor(of image: Image) -> TensorData {
    precondition(image.height == height && image.width == width, "the image must fit the input")
    let samples = arranged(channels == 1 ? luma(of: image) : image.samples)
    guard type.dtype == .float32 else { return TensorData(type, bytes: samples.map(stored)) }
    return TensorData(type.shape, float32: samples.map(Float.init))
  }

  /// Luma of ITU-R BT.601, rounded; a grey image stays as it is.
  private func luma(of image: Image) -> [UInt8] {
    (0..<image.height * image.width).map { pixel in
      let (red, green, blue) = (
        Int(image.samples[3 * pixel]), Int(image.samples[3 * pixel + 1]),
        Int(image.samples[3 * pixel + 2])
      )
      return UInt8((299 * red + 587 * green + 114 * blue + 500) / 1000)
    }
  }

  /// The samples in the input's order of axes.
  private func arranged(_ samples: [UInt8]) -> [UInt8] {
    guard isChannelsFirst && channels > 1 else { return samples }
    return (0..<channels).flatMap { channel in
      stride(from: channel, to: samples.count, by: channels).map { samples[$0] }
    }
  }

  /// One sample as the 8-bit element that stands for it.
  private func stored(_ sample: UInt8) -> UInt8 {
    guard type.dtype == .int8, let (scale, zeroPoint) = type.quantization?.perTensor else {
      return sample
    }
    // The engine's rule for quantising floats: divide, round to nearest even, saturate.
    let value = (Float(sample) / scale).rounded(.toNearestOrEven) + Float(zeroPoint)
    return UInt8(bitPattern: Int8(min(max(value, -128), 127)))
  }
}
