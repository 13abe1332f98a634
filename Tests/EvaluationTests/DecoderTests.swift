// SPDX-License-Identifier: Apache-2.0
import DataFolders
import Evaluation
import TensorCore
import Testing

@Suite("decoders")
struct DecoderTests {
  // MARK: - Boxes

  @Test func overlapsOfBoxes() {
    let box = Box(x0: 0, y0: 0, x1: 2, y1: 2)
    #expect(box.intersectionOverUnion(with: box) == 1)
    #expect(box.intersectionOverUnion(with: Box(x0: 1, y0: 0, x1: 3, y1: 2)) == 1.0 / 3)
    #expect(box.intersectionOverUnion(with: Box(x0: 2, y0: 2, x1: 3, y1: 3)) == 0)
    #expect(box.intersectionOverUnion(with: Box(x0: 3, y0: 3, x1: 1, y1: 1)) == 0)
  }

  @Test func suppressionKeepsTheBestOfEachThing() {
    func detection(_ x: Double, _ label: Int, _ score: Double) -> Detection {
      Detection(box: Box(x0: x, y0: 0, x1: x + 10, y1: 10), label: label, score: score)
    }
    let detections = [
      detection(0, 1, 0.5), detection(1, 1, 0.9), detection(1, 2, 0.4), detection(20, 1, 0.3),
    ]
    let kept = nonMaximumSuppression(detections, threshold: 0.5, limit: 10)
    #expect(kept == [detections[1], detections[2], detections[3]])
    #expect(nonMaximumSuppression(detections, threshold: 0.5, limit: 1) == [detections[1]])
  }

  // MARK: - SSD

  private static let ssdTypes = [Shape([1, 3, 4]), [1, 3], [1, 3], [1]].map {
    TensorType(.float32, $0)
  }

  private func ssd(_ scores: [Float], count: Float) throws -> [Detection] {
    let decoder = try #require(
      SSDDecoder(outputs: Self.ssdTypes, input: PixelSize(height: 100, width: 200)))
    let boxes: [Float] = [0.1, 0.2, 0.5, 0.6, 0, 0, 1, 1, .nan, 0, 1, 1]
    return decoder.detections([
      TensorData([1, 3, 4], float32: boxes), TensorData([1, 3], float32: [16, 17, 18]),
      TensorData([1, 3], float32: scores), TensorData([1], float32: [count]),
    ])
  }

  @Test("SSD: boxes are top, left, bottom, right as parts of the input")
  func ssdBoxes() throws {
    let found = try ssd([0.25, 0.75, 0.5], count: 3)
    #expect(found.map(\.label) == [17, 16], "the best first, without the box that is no box")
    let box = try #require(found.last).box
    for (edge, expected) in [(box.x0, 40), (box.y0, 10), (box.x1, 120), (box.y1, 50)] {
      #expect(abs(edge - Double(expected)) < 1e-4)
    }
  }

  @Test("SSD: the count is held to what there is")
  func ssdCount() throws {
    #expect(try ssd([0.5, 0.5, 0.5], count: 1).count == 1)
    #expect(try ssd([0.5, 0.5, 0.5], count: 1e9).count == 2)
    #expect(try ssd([0.5, 0.5, 0.5], count: -1).isEmpty)
    #expect(try ssd([0.5, 0.5, 0.5], count: .nan).isEmpty)
    #expect(
      SSDDecoder(
        outputs: Array(Self.ssdTypes.reversed()), input: PixelSize(height: 1, width: 1)) == nil)
  }

  // MARK: - YOLOX

  @Test("YOLOX: cells of three grids, logarithms of sizes, and the product of two probabilities")
  func yolox() throws {
    // 64 x 32 pixels: 8 x 4 cells of 8, 4 x 2 of 16, 2 x 1 of 32.
    let shape: Shape = [1, 32 + 8 + 2, 7]
    let input = PixelSize(height: 32, width: 64)
    let decoder = try #require(
      YOLOXDecoder(outputs: [TensorType(.float32, shape)], input: input))
    var values = [Float](repeating: 0, count: shape.elementCount)
    // The cell of 16 pixels in column 1, row 1 is number 5 of its grid.
    let anchor = 7 * (32 + 5)
    values.replaceSubrange(anchor..<anchor + 7, with: [0.5, 0.25, 0, 0.6931472, 0.5, 0.25, 0.75])
    let found = decoder.detections([TensorData(shape, float32: values)])
    let best = try #require(found.first)
    #expect(found.count == 1 && best.label == 1 && best.score == 0.375)
    // The middle is (24, 20); 16 wide, 32 high.
    for (edge, expected) in zip(
      [best.box.x0, best.box.y0, best.box.x1, best.box.y1], [16.0, 4, 32, 36])
    {
      #expect(abs(edge - expected) < 1e-4)
    }
    #expect(
      YOLOXDecoder(outputs: [TensorType(.float32, [1, 41, 7])], input: input) == nil)
  }

  // MARK: - Segmentation

  @Test("class maps: the first of the largest scores, or the classes themselves")
  func classMaps() throws {
    let scores = TensorData([1, 1, 2, 3], float32: [1, 3, 3, 5, 0, 1])
    let last = try #require(ClassMapDecoder(scores.type, layout: nil))
    #expect(last.classMap(scores) == ClassMap(height: 1, width: 2, classes: [1, 0]))

    let planes = TensorData([1, 3, 1, 2], float32: [1, 5, 3, 0, 3, 1])
    let first = try #require(ClassMapDecoder(planes.type, layout: .nchw))
    #expect(first.classMap(planes) == ClassMap(height: 1, width: 2, classes: [1, 0]))

    let classes = TensorData([1, 2, 1], int64: [20, 3])
    let direct = try #require(ClassMapDecoder(classes.type, layout: nil))
    #expect(direct.classMap(classes) == ClassMap(height: 2, width: 1, classes: [20, 3]))
    #expect(ClassMapDecoder(TensorType(.float32, [1, 2, 2]), layout: nil) == nil)
  }
}
