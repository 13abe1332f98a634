// SPDX-License-Identifier: Apache-2.0
import TensorCore
import TensorFiles

/// How an image fills an input of four axes (a batch of one) or three.
///
/// `float32` takes the samples' values, 0…255 unless they are normalised; a quantised input stores
/// them by its own scale and zero point, `uint8` stores samples that are not normalised as they
/// are. An input of one channel takes the luma.
package struct ImageInput: Sendable {
  package let height: Int
  package let width: Int
  package let channels: Int
  private let isChannelsFirst: Bool
  private let type: TensorType
  private let channelOrder: Preprocessing.ChannelOrder
  /// For each channel, what each of the 256 samples becomes, little-endian.
  private let elements: [[[UInt8]]]

  /// Describes the input, or `nil` when it cannot hold an image.
  ///
  /// The channel axis is the one of extent 3 or 1: the last where both could be, unless `layout`
  /// says otherwise. Normalisation has one value for each channel, or one for all.
  package init?(
    _ type: TensorType, normalization: Normalization = Normalization(),
    channelOrder: Preprocessing.ChannelOrder = .rgb, layout: Preprocessing.Layout? = nil
  ) {
    let extents = type.shape.extents
    let axes = extents.count == 4 && extents[0] == 1 ? Array(extents.dropFirst()) : extents
    guard axes.count == 3 else { return nil }
    if [1, 3].contains(axes[2]) && layout != .nchw {
      (height, width, channels, isChannelsFirst) = (axes[0], axes[1], axes[2], false)
    } else if [1, 3].contains(axes[0]) && layout != .nhwc {
      (channels, height, width, isChannelsFirst) = (axes[0], axes[1], axes[2], true)
    } else {
      return nil
    }
    guard height > 0, width > 0, [1, channels].contains(normalization.mean.count),
      [1, channels].contains(normalization.std.count)
    else { return nil }
    var elements: [[[UInt8]]] = []
    for channel in 0..<channels {
      let values = (UInt8.min...UInt8.max).map { normalization.value(of: $0, channel: channel) }
      guard
        let stored = storedElements(of: values, isSample: normalization.isIdentity, as: type)
      else { return nil }
      elements.append(stored)
    }
    self.type = type
    self.channelOrder = channelOrder
    self.elements = elements
  }

  /// The input's contents.
  ///
  /// - Precondition: the image has the input's height and width.
  package func tensor(of image: Image) -> TensorData {
    precondition(image.height == height && image.width == width, "the image must fit the input")
    let pixels = height * width
    let samples = channels == 1 ? luma(of: image) : image.samples
    var bytes: [UInt8] = []
    bytes.reserveCapacity(type.byteCount)
    for outer in 0..<(isChannelsFirst ? channels : pixels) {
      for inner in 0..<(isChannelsFirst ? pixels : channels) {
        let (channel, pixel) = isChannelsFirst ? (outer, inner) : (inner, outer)
        let source = channelOrder == .rgb ? channel : channels - 1 - channel
        bytes += elements[channel][Int(samples[channels * pixel + source])]
      }
    }
    return TensorData(type, bytes: bytes)
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
}

/// What the 256 samples become as elements of a type; `nil` when the type holds no samples.
private func storedElements(of values: [Double], isSample: Bool, as type: TensorType) -> [[UInt8]]?
{
  if type.dtype == .float32 { return values.map { littleEndianBytes(of: [Float($0)]) } }
  if type.dtype == .uint8 && isSample { return values.map { [UInt8($0)] } }
  guard [.uint8, .int8].contains(type.dtype), type.quantization?.perTensor != nil else {
    return nil
  }
  return storedBytes(of: values, as: type).map { bytes in bytes.map { [$0] } }
}
