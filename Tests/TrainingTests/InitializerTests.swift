// SPDX-License-Identifier: Apache-2.0
import TensorCore
import Testing
import Training

@Suite("initial weights") struct InitializerTests {
  private static let shapes: [Shape] = [[64, 128], [32, 3, 3, 16]]

  private func fans(_ shape: Shape) -> (Double, Double) {
    let fans = FanCounts(shape)
    return (Double(fans.fanIn), Double(fans.fanOut))
  }

  @Test func countWhatComesTogether() {
    #expect(FanCounts([64, 128]) == FanCounts(fanIn: 128, fanOut: 64))
    #expect(FanCounts([32, 3, 3, 16]) == FanCounts(fanIn: 144, fanOut: 288))
    #expect(FanCounts([8]) == FanCounts(fanIn: 8, fanOut: 1))
  }

  @Test("have their variance", arguments: shapes)
  func moments(shape: Shape) {
    let (fanIn, fanOut) = fans(shape)
    let cases: [(Initializer, Double)] = [
      (.he(.normal), 2 / fanIn), (.he(.uniform), 2 / fanIn),
      (.xavier(.normal), 2 / (fanIn + fanOut)), (.xavier(.uniform), 2 / (fanIn + fanOut)),
    ]
    for (initializer, variance) in cases {
      var random = RandomStream(seed: 1, .initialization)
      let values = initializer.values(shape, &random).map(Double.init)
      #expect(values.count == shape.elementCount)
      let root = Double(values.count).squareRoot()
      #expect(mean(values).magnitude < 5 * variance.squareRoot() / root, "\(initializer)")
      // Of squares the variance is 2 σ⁴ for normal numbers, ⅘ σ⁴ for uniform ones.
      let square = mean(values.map { $0 * $0 })
      #expect((square - variance).magnitude < 5 * variance * 2.0.squareRoot() / root)
    }
  }

  @Test("uniform ones stay within √(3 σ²)", arguments: shapes)
  func range(shape: Shape) {
    var random = RandomStream(seed: 1, .initialization)
    let values = Initializer.he(.uniform).values(shape, &random)
    let limit = Float((6 / fans(shape).0).squareRoot())
    #expect(values.allSatisfy { $0.magnitude <= limit })
    #expect((values.map(\.magnitude).max() ?? 0) > 0.99 * limit)
  }

  @Test func takeOtherCounts() {
    var random = RandomStream(seed: 1, .initialization)
    let values = Initializer.he(.uniform).values(
      [3, 3, 64], fans: FanCounts(fanIn: 9, fanOut: 9), &random)
    #expect(values.allSatisfy { $0.magnitude <= Float((6.0 / 9).squareRoot()) })
    #expect((values.map(\.magnitude).max() ?? 0) > 0.7)
  }

  /// Elements are rounded to float32, by 2⁻²⁵ at most when they are below 1: products of vectors of
  /// length 2 differ by at most 2 · 2 · √n · 2⁻²⁵ + what is left of the process itself.
  @Test(
    "orthogonal ones have a multiple of the identity as product",
    arguments: [([16, 3, 3, 4], 16, 36), ([40, 10], 40, 10), ([12, 12], 12, 12)])
  func orthogonal(extents: [Int], rows: Int, columns: Int) {
    var random = RandomStream(seed: 1, .initialization)
    let values = Initializer.orthogonal(gain: 2).values(Shape(extents), &random)
      .map(Double.init)
    let isWide = rows <= columns
    let (count, length) = (min(rows, columns), max(rows, columns))
    func element(_ vector: Int, _ index: Int) -> Double {
      isWide ? values[vector * columns + index] : values[index * columns + vector]
    }
    for first in 0..<count {
      for second in 0...first {
        let product = (0..<length).reduce(0) { $0 + element(first, $1) * element(second, $1) }
        let tolerance = 8 * Double(length).squareRoot() * 0x1p-25 + 1e-12
        #expect((product - (first == second ? 4 : 0)).magnitude < tolerance)
      }
    }
  }

  @Test func followTheRecipe() {
    #expect(Recipe.Initialize.keep.initializer == nil)
    #expect(Recipe.Initialize.he.initializer == .he(.normal))
  }
}
