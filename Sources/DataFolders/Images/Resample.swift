// SPDX-License-Identifier: Apache-2.0
import TensorFiles

/// Scales a picture with a triangle filter that widens as the picture shrinks, so that no detail
/// aliases: what Pillow calls `BILINEAR`, to the bit.
///
/// One axis after the other, rounded to 8 bits after each: rows first, but columns first when they
/// alone shrink. Output pixel `o` has its centre at `(o + 0.5) · in / out` and weighs the pixels
/// within the support, `max(in / out, 1)`, by their distance; weights sum to 1 and are kept in 22
/// fractional bits. Source: Pillow's documentation of `Image.resize`; the fixed point is that of
/// its results, which the tests compare with.
///
/// - Precondition: the extents are at least 1.
package func resampled(_ image: Image, to size: PixelSize) -> Image {
  precondition(size.height > 0 && size.width > 0, "a picture has pixels")
  if size.height < image.height && size.width >= image.width {
    return resampled(resampled(image, toHeight: size.height), toWidth: size.width)
  }
  return resampled(resampled(image, toWidth: size.width), toHeight: size.height)
}

private func resampled(_ image: Image, toWidth width: Int) -> Image {
  if width == image.width { return image }
  let samples = TriangleFilter(from: image.width, to: width).applied(
    to: image.samples, lines: image.height, lineStride: 3 * image.width, pixelStride: 3,
    outputLineStride: 3 * width, outputPixelStride: 3)
  return Image(width: width, height: image.height, samples: samples)
}

private func resampled(_ image: Image, toHeight height: Int) -> Image {
  if height == image.height { return image }
  // A line is a column of one sample, so that the channels need no loop of their own.
  let row = 3 * image.width
  let samples = TriangleFilter(from: image.height, to: height, channels: 1).applied(
    to: image.samples, lines: row, lineStride: 1, pixelStride: row, outputLineStride: 1,
    outputPixelStride: row)
  return Image(width: image.width, height: height, samples: samples)
}

/// The weights of every output pixel along one axis.
private struct TriangleFilter {
  /// The input pixels of one output pixel.
  private struct Window {
    let first: Int
    let weights: [Int]
  }

  private static let fractionBits = 22
  private let channels: Int
  private let windows: [Window]

  init(from inputCount: Int, to outputCount: Int, channels: Int = 3) {
    self.channels = channels
    let scale = Double(inputCount) / Double(outputCount)
    let support = max(scale, 1)
    windows = (0..<outputCount).map { output in
      let center = (Double(output) + 0.5) * scale
      let first = max(Int(center - support + 0.5), 0)
      let end = min(Int(center + support + 0.5), inputCount)
      let weights = (first..<end).map { input in
        max(1 - abs((Double(input) - center + 0.5) / support), 0)
      }
      let sum = weights.reduce(0, +)
      return Window(
        first: first,
        weights: weights.map { Int(0.5 + $0 / sum * Double(1 << Self.fractionBits)) })
    }
  }

  /// Filters every line; strides are in samples.
  func applied(
    to samples: [UInt8], lines: Int, lineStride: Int, pixelStride: Int, outputLineStride: Int,
    outputPixelStride: Int
  ) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: lines * windows.count * channels)
    // Windows outside, lines inside: columns then read and write along rows of memory.
    for (index, window) in windows.enumerated() {
      for line in 0..<lines {
        for channel in 0..<channels {
          var sum = 1 << (Self.fractionBits - 1)
          var position = line * lineStride + window.first * pixelStride + channel
          for weight in window.weights {
            sum += weight * Int(samples[position])
            position += pixelStride
          }
          let value = min(sum >> Self.fractionBits, 255)
          output[line * outputLineStride + index * outputPixelStride + channel] = UInt8(value)
        }
      }
    }
    return output
  }
}
