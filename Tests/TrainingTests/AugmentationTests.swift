// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore
import Testing
import Training

@Suite("augmentations") struct AugmentationTests {
  /// 4 x 6 pixels, 3 channels.
  private static let shapes: [Shape] = [[1, 4, 6, 3], [1, 3, 4, 6]]
  private static let values = (1...72).map(Float.init)

  private func layout(_ shape: Shape) throws -> PictureLayout {
    try #require(PictureLayout(shape))
  }

  /// The element of a pixel's channel.
  private func element(_ values: [Float], _ shape: Shape, y: Int, x: Int, channel: Int) -> Float {
    shape[3] == 3 ? values[(y * 6 + x) * 3 + channel] : values[(channel * 4 + y) * 6 + x]
  }

  @Test func findPixels() throws {
    #expect(try layout([1, 4, 6, 3]).isChannelsFirst == false)
    #expect(try layout([3, 4, 6]).isChannelsFirst)
    #expect(try layout([1, 28, 28, 1]).channels == 1)
    #expect(PictureLayout([1, 3, 4, 3], layout: .nchw)?.height == 4)
    #expect(PictureLayout([1, 49, 10, 8]) == nil)
    #expect(PictureLayout([1, 10]) == nil && PictureLayout([2, 4, 6, 3]) == nil)
  }

  @Test("flips mirror columns, half of the time", arguments: shapes)
  func flip(shape: Shape) throws {
    let picture = try layout(shape)
    var (random, flips) = (RandomStream(seed: 1, .augmentation), 0)
    let count = 2_000
    for _ in 0..<count {
      var values = Self.values
      HorizontalFlip().apply(&values, picture, &random)
      if values == Self.values { continue }
      flips += 1
      for (y, x, channel) in [(0, 0, 0), (3, 5, 2), (1, 2, 1)] {
        #expect(
          element(values, shape, y: y, x: x, channel: channel)
            == element(Self.values, shape, y: y, x: 5 - x, channel: channel))
      }
    }
    // Five deviations of a fair coin.
    #expect((Double(flips) - 1_000).magnitude < 5 * (Double(count) / 4).squareRoot())
  }

  @Test("crops are windows of the padded picture, all of them", arguments: shapes)
  func crop(shape: Shape) throws {
    let picture = try layout(shape)
    var (random, crop) = (RandomStream(seed: 2, .augmentation), PaddedCrop())
    crop.padding = 1
    var windows: [[Float]: Int] = [:]
    for _ in 0..<1_000 {
      var values = Self.values
      crop.apply(&values, picture, &random)
      windows[values, default: 0] += 1
    }
    let expected = (-1...1).flatMap { top in
      (-1...1).map { left in window(shape, top: top, left: left) }
    }
    #expect(Set(windows.keys) == Set(expected))
    // Five deviations of one in nine.
    let deviation = (1_000.0 / 9 * 8 / 9).squareRoot()
    for count in windows.values { #expect((Double(count) - 1_000.0 / 9).magnitude < 5 * deviation) }
  }

  /// The picture moved up and left, 0 where it ends.
  private func window(_ shape: Shape, top: Int, left: Int) -> [Float] {
    var result = Self.values
    for index in result.indices {
      let isLast = shape[3] == 3
      let (pixel, channel) = isLast ? (index / 3, index % 3) : (index % 24, index / 24)
      let (y, x) = (pixel / 6 + top, pixel % 6 + left)
      let isInside = (0..<4).contains(y) && (0..<6).contains(x)
      result[index] =
        isInside ? element(Self.values, shape, y: y, x: x, channel: channel) : 0
    }
    return result
  }

  @Test("shifts stay within their part and repeat the edge", arguments: shapes)
  func shift(shape: Shape) throws {
    let picture = try layout(shape)
    var (random, shift) = (RandomStream(seed: 3, .augmentation), Shift())
    shift.fraction = 0.25
    var results: Set<[Float]> = []
    for _ in 0..<500 {
      var values = Self.values
      shift.apply(&values, picture, &random)
      results.insert(values)
      #expect(values.allSatisfy { $0 > 0 })
    }
    // One of 4 rows and one of 6 columns, up or down, left or right, or not at all.
    #expect(results.count == 9)
  }

  @Test func brightnessIsOneFactorWithinItsRange() {
    var (random, brightness) = (RandomStream(seed: 4, .augmentation), Brightness())
    brightness.strength = 0.3
    var factors: [Double] = []
    for _ in 0..<2_000 {
      var values: [Float] = [1, -2, 4]
      brightness.apply(&values, &random)
      #expect(values[1] == -2 * values[0] && values[2] == 4 * values[0])
      factors.append(Double(values[0]))
    }
    #expect(factors.allSatisfy { (0.7 - 1e-6...1.3 + 1e-6).contains($0) })
    // A uniform distribution of width 0.6 deviates by 0.6 / √12.
    #expect((mean(factors) - 1).magnitude < 5 * 0.6 / (12.0 * 2_000).squareRoot())
  }

  @Test func noiseHasItsDeviation() {
    var (random, noise) = (RandomStream(seed: 5, .augmentation), GaussianNoise())
    noise.deviation = 0.5
    let count = 20_000
    var values = [Float](repeating: 3, count: count)
    noise.apply(&values, &random)
    let errors = values.map { Double($0) - 3 }
    let root = Double(count).squareRoot()
    #expect(mean(errors).magnitude < 5 * 0.5 / root)
    #expect((mean(errors.map { $0 * $0 }) - 0.25).magnitude < 5 * 0.25 * 2.0.squareRoot() / root)
  }

  // MARK: - Samples

  private static let all = Augmentation.Kind.allCases.map { Augmentation($0) }

  @Test("a sample depends on seed, epoch and its number alone", arguments: [true, false])
  func determinism(isChannelsFirst: Bool) throws {
    let dataset = try pictureDataset(count: 9, isChannelsFirst: isChannelsFirst)
    let augmenter = try Augmenter(Self.all, for: dataset, seed: 1)
    let members = [0, 2, 4, 6, 8]
    let forward = try (0..<5).map {
      try augmenter.example($0, of: members, epoch: 3, in: dataset)
    }
    let backward = try (0..<5).reversed().map {
      try augmenter.example($0, of: members, epoch: 3, in: dataset)
    }
    #expect(forward == backward.reversed())
    let later = try augmenter.example(1, of: members, epoch: 4, in: dataset)
    #expect(later != forward[1])
    let other = try Augmenter(Self.all, for: dataset, seed: 2)
      .example(1, of: members, epoch: 3, in: dataset)
    #expect(other != forward[1])
  }

  @Test func mixupMixesInputsAndTargetsAlike() throws {
    let dataset = try labelledDataset([0, 1, 0, 1], classCount: 2)
    let augmenter = try Augmenter([Augmentation(.mixup)], for: dataset, seed: 1)
    for position in 0..<3 {
      let members = [1, 2, 3]
      let mixed = try augmenter.example(position, of: members, epoch: 0, in: dataset)
      let parts = mixed.targets.map(\.part)
      #expect(parts.count == 2 && (parts[0] + parts[1] - 1).magnitude < 1e-15)
      #expect(mixed.targets[0].target == (try dataset.example(members[position]).target))
      // Every element of a sample is its number; partners are members.
      let own = Double(members[position])
      let partners = members.map { parts[0] * own + parts[1] * Double($0) }
      let value = Double(mixed.inputs[0][0])
      #expect(partners.contains { ($0 - value).magnitude < 1e-6 })
    }
  }

  @Test func nothingChangesWithoutAugmentations() throws {
    let dataset = try pictureDataset(count: 2, isChannelsFirst: false)
    let example = try Augmenter([], for: dataset, seed: 1)
      .example(0, of: [1], epoch: 0, in: dataset)
    #expect(example.inputs == (try dataset.example(1).inputs))
    #expect(example.targets.map(\.target) == [.label(1)])
  }

  @Test func pixelsAreNotMovedWhereThereAreNone() throws {
    let dataset = try labelledDataset([0, 1], classCount: 2)
    let error = #expect(throws: TrainingError.self) {
      try Augmenter([Augmentation(.noise), Augmentation(.flip)], for: dataset, seed: 1)
    }
    let message = try #require(error).description
    #expect(message.hasPrefix("flip moves pixels, but the input \"x\" of 1x2"))
  }
}
