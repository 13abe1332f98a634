// SPDX-License-Identifier: Apache-2.0

/// One change of a sample that keeps what it shows.
package enum Augmentation: Hashable, Sendable {
  case flip(HorizontalFlip)
  case crop(PaddedCrop)
  case shift(Shift)
  case brightness(Brightness)
  case noise(GaussianNoise)
  case mixup(Mixup)

  /// As recipes and flags spell it.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case flip, crop, shift, brightness, noise, mixup
  }

  package var kind: Kind {
    switch self {
    case .flip: .flip
    case .crop: .crop
    case .shift: .shift
    case .brightness: .brightness
    case .noise: .noise
    case .mixup: .mixup
    }
  }

  /// The augmentation of a kind with the defaults of its constants.
  package init(_ kind: Kind) {
    switch kind {
    case .flip: self = .flip(HorizontalFlip())
    case .crop: self = .crop(PaddedCrop())
    case .shift: self = .shift(Shift())
    case .brightness: self = .brightness(Brightness())
    case .noise: self = .noise(GaussianNoise())
    case .mixup: self = .mixup(Mixup())
    }
  }

  /// Whether it moves pixels, so that the input must be a picture.
  var needsPicture: Bool {
    switch self {
    case .flip, .crop, .shift: true
    case .brightness, .noise, .mixup: false
    }
  }
}

/// Flips left and right.
package struct HorizontalFlip: Hashable, Sendable {
  package var probability = 0.5

  package init() {}

  package func apply(
    _ values: inout [Float], _ picture: PictureLayout, _ random: inout RandomStream
  ) {
    guard random.uniform() < probability else { return }
    values = picture.map(values) { y, x in (y, picture.width - 1 - x) }
  }
}

/// Cuts the input's size out of the picture with a border around it, anywhere.
///
/// The border is 0, which is the mean of an input that is normalised.
package struct PaddedCrop: Hashable, Sendable {
  /// The border's width, in pixels.
  package var padding = 4

  package init() {}

  package func apply(
    _ values: inout [Float], _ picture: PictureLayout, _ random: inout RandomStream
  ) {
    let top = random.integer(below: 2 * padding + 1) - padding
    let left = random.integer(below: 2 * padding + 1) - padding
    values = picture.map(values) { y, x in (y + top, x + left) }
  }
}

/// Moves the picture by up to a part of its size; the pixels at its edge fill what is left.
package struct Shift: Hashable, Sendable {
  /// The largest part of height or width.
  package var fraction = 0.1

  package init() {}

  package func apply(
    _ values: inout [Float], _ picture: PictureLayout, _ random: inout RandomStream
  ) {
    let (rows, columns) = (reach(picture.height), reach(picture.width))
    let down = random.integer(below: 2 * rows + 1) - rows
    let right = random.integer(below: 2 * columns + 1) - columns
    values = picture.map(values) { y, x in
      (
        min(max(y - down, 0), picture.height - 1),
        min(max(x - right, 0), picture.width - 1)
      )
    }
  }

  private func reach(_ extent: Int) -> Int { Int((fraction * Double(extent)).rounded(.down)) }
}

/// Multiplies all values by one factor of `1 − strength` to `1 + strength`.
package struct Brightness: Hashable, Sendable {
  package var strength = 0.2

  package init() {}

  package func apply(_ values: inout [Float], _ random: inout RandomStream) {
    let factor = Float(random.uniform(in: 1 - strength...1 + strength))
    for index in values.indices { values[index] *= factor }
  }
}

/// Adds normal noise to every value.
package struct GaussianNoise: Hashable, Sendable {
  /// Its standard deviation, in the input's units.
  package var deviation = 0.05

  package init() {}

  package func apply(_ values: inout [Float], _ random: inout RandomStream) {
    for index in values.indices { values[index] += Float(deviation * random.normal()) }
  }
}

/// Mixes a sample and its target with another's.
///
/// Source: Zhang et al. 2018, "mixup: Beyond empirical risk minimization", arXiv:1710.09412.
package struct Mixup: Hashable, Sendable {
  /// The part of a sample is of the beta distribution with this, twice.
  package var alpha = 0.2

  package init() {}

  /// The other sample of so many, and the part that remains of the first.
  package func draw(of count: Int, _ random: inout RandomStream) -> (partner: Int, part: Double) {
    let partner = random.integer(below: count)
    let first = random.logarithmOfGamma(shape: alpha)
    let second = random.logarithmOfGamma(shape: alpha)
    return (partner, 1 / (1 + exponential(second - first)))
  }
}
