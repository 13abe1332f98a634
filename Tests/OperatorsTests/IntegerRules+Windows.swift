// SPDX-License-Identifier: Apache-2.0
import Operators

/// Calls `body` with every tap inside the image, for output pixel (n, y, x).
private func forTaps(
  of output: [Int], over image: [Int], kernel: (Int, Int), stride: Extent2D,
  dilation: Extent2D = .one, padding: Padding,
  _ body: (_ pixel: Int, _ tap: Int, _ source: Int) -> Void
) {
  for n in 0..<output[0] {
    for y in 0..<output[1] {
      for x in 0..<output[2] {
        for i in 0..<kernel.0 {
          for j in 0..<kernel.1 {
            let row = y * stride.height + i * dilation.height - padding.top
            let column = x * stride.width + j * dilation.width - padding.left
            if row < 0 || row >= image[1] || column < 0 || column >= image[2] { continue }
            body(
              (n * output[1] + y) * output[2] + x, i * kernel.1 + j,
              (n * image[1] + row) * image[2] + column)
          }
        }
      }
    }
  }
}

/// The accumulators before the first tap: the bias for every output element.
private func biases(_ inputs: [StoredTensor], _ output: StoredOutput) -> [Int] {
  let channels = output.extents[output.extents.count - 1]
  var bias = inputs.count > 2 ? inputs[2].values : [Int](repeating: 0, count: channels)
  if inputs.count > 2, let reals = inputs[2].reals {
    bias = reals.enumerated().map { channel, real in
      Int((real / (inputs[0].scale(0) * inputs[1].scale(channel))).rounded(.toNearestOrEven))
    }
  }
  return (0..<output.extents.reduce(1, *)).map { bias[$0 % channels] }
}

private func requantized(
  _ sums: [Int], _ inputs: [StoredTensor], into output: StoredOutput
) -> [Int] {
  let channels = output.extents[output.extents.count - 1]
  return sums.enumerated().map { index, sum in
    let real = inputs[0].scale(0) * inputs[1].scale(index % channels) / Double(output.scale)
    return output.requantize(sum, Float(real))
  }
}

func convolved(
  _ inputs: [StoredTensor], _ stride: Extent2D, _ dilation: Extent2D, _ padding: Padding,
  into output: StoredOutput
) -> [Int] {
  let (x, w) = (inputs[0], inputs[1])
  let (channels, depth) = (w.extents[0], w.extents[3])
  let kernel = (w.extents[1], w.extents[2])
  var sums = biases(inputs, output)
  forTaps(
    of: output.extents, over: x.extents, kernel: kernel, stride: stride, dilation: dilation,
    padding: padding
  ) { pixel, tap, source in
    for o in 0..<channels {
      for c in 0..<depth {
        let weight = w.values[(o * kernel.0 * kernel.1 + tap) * depth + c] - w.zeroPoint
        sums[pixel * channels + o] += (x.values[source * depth + c] - x.zeroPoint) * weight
      }
    }
  }
  return requantized(sums, inputs, into: output)
}

func convolvedByChannel(
  _ inputs: [StoredTensor], _ stride: Extent2D, _ dilation: Extent2D, _ padding: Padding,
  into output: StoredOutput
) -> [Int] {
  let (x, w) = (inputs[0], inputs[1])
  let channels = w.extents[2]
  var sums = biases(inputs, output)
  forTaps(
    of: output.extents, over: x.extents, kernel: (w.extents[0], w.extents[1]), stride: stride,
    dilation: dilation, padding: padding
  ) { pixel, tap, source in
    for c in 0..<channels {
      sums[pixel * channels + c] +=
        (x.values[source * channels + c] - x.zeroPoint)
        * (w.values[tap * channels + c] - w.zeroPoint)
    }
  }
  return requantized(sums, inputs, into: output)
}

/// Every input pixel adds its products to the window of output pixels that it reaches.
func spread(
  _ inputs: [StoredTensor], _ operation: TransposedConvolution, into output: StoredOutput
) -> [Int] {
  let (x, w) = (inputs[0], inputs[1])
  let (image, kernel, channels, depth) = (x.extents, w.extents, w.extents[0], w.extents[3])
  var sums = biases(inputs, output)
  for source in 0..<image[0] * image[1] * image[2] {
    let (n, y) = (source / (image[1] * image[2]), source / image[2] % image[1])
    for tap in 0..<kernel[1] * kernel[2] {
      let row =
        y * operation.stride.height + tap / kernel[2] * operation.dilation.height
        - operation.before.height
      let column =
        source % image[2] * operation.stride.width + tap % kernel[2] * operation.dilation.width
        - operation.before.width
      let extents = output.extents
      if row < 0 || row >= extents[1] || column < 0 || column >= extents[2] { continue }
      for o in 0..<channels {
        let first = o / (channels / operation.groups) * depth
        for c in 0..<depth {
          let weight = w.values[(o * kernel[1] * kernel[2] + tap) * depth + c] - w.zeroPoint
          let value = x.values[source * image[3] + first + c] - x.zeroPoint
          sums[((n * extents[1] + row) * extents[2] + column) * channels + o] += value * weight
        }
      }
    }
  }
  return requantized(sums, inputs, into: output)
}

func multiplied(_ inputs: [StoredTensor], into output: StoredOutput) -> [Int] {
  let (x, w) = (inputs[0], inputs[1])
  let (columns, depth) = (w.extents[0], w.extents[1])
  var sums = biases(inputs, output)
  for index in sums.indices {
    let (row, column) = (index / columns, index % columns)
    for k in 0..<depth {
      sums[index] +=
        (x.values[row * depth + k] - x.zeroPoint)
        * (w.values[column * depth + k] - w.zeroPoint)
    }
  }
  return requantized(sums, inputs, into: output)
}

func averaged(_ x: StoredTensor, _ pool: AveragePool, into output: StoredOutput) -> [Int] {
  let channels = x.extents[3]
  var sums = [Int](repeating: 0, count: output.extents.reduce(1, *))
  var counts = [Int](repeating: 0, count: sums.count / channels)
  forTaps(
    of: output.extents, over: x.extents, kernel: (pool.window.height, pool.window.width),
    stride: pool.stride, padding: pool.padding
  ) { pixel, _, source in
    counts[pixel] += 1
    for c in 0..<channels {
      sums[pixel * channels + c] += x.values[source * channels + c] - x.zeroPoint
    }
  }
  let multiplier = Float(x.scale(0) / Double(output.scale))
  return sums.enumerated().map { index, sum in
    let whole = pool.window.height * pool.window.width
    let count = pool.countsPadding ? whole : counts[index / channels]
    return output.requantize(sum, multiplier / Float(count))
  }
}

func maximum(_ x: StoredTensor, _ pool: MaxPool, into output: StoredOutput) -> [Int] {
  let channels = x.extents[3]
  var greatest = [Int](repeating: output.levels.lowerBound, count: output.extents.reduce(1, *))
  forTaps(
    of: output.extents, over: x.extents, kernel: (pool.window.height, pool.window.width),
    stride: pool.stride, padding: pool.padding
  ) { pixel, _, source in
    for c in 0..<channels {
      let value = x.values[source * channels + c]
      if value > greatest[pixel * channels + c] { greatest[pixel * channels + c] = value }
    }
  }
  return greatest.map { min(max($0, output.low), output.high) }
}
