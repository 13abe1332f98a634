// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import TensorCore
import Testing

extension SharedModel {
  /// Expects what a model computes to agree with what its own runtime recorded.
  package func expect(_ outputs: [TensorData], of graph: Graph, agreeWith golden: Golden) throws {
    #expect(outputs.count == golden.outputs.count)
    let actual = try golden.outputs.map { output in
      try outputs[#require(graph.outputs.firstIndex { $0.name == output.name })].storedValues
    }
    if case .detections = agreement {
      expectSameDetections(actual, golden.outputs.map(\.reference.storedValues))
      return
    }
    for (values, output) in zip(actual, golden.outputs) {
      let kept = values.enumerated().filter { $0.offset % output.flatStride == 0 }.map(\.element)
      let candidates = [output.reference, output.optimised].compactMap { $0?.storedValues }
      #expect(candidates.allSatisfy { $0.count == kept.count })
      switch agreement {
      case .close(let relative):
        let magnitude = candidates[0].reduce(0) { max($0, abs($1)) }
        expectClose(kept, candidates[0], within: relative * magnitude)
      case .dequantizedSteps:
        let scale = try lastScale(of: graph, output.name)
        func steps(_ values: [Double]) -> [Double] { values.map { ($0 / scale).rounded() } }
        expectFewSteps(steps(kept), candidates.map(steps))
      case .steps: expectFewSteps(kept, candidates)
      case .classMap: expectSameClasses(kept, candidates)
      case .detections: break
      }
    }
  }

  /// The scale of the integers that an output is dequantised from.
  private func lastScale(of graph: Graph, _ output: String) throws -> Double {
    let graph = try optimize(graph)
    let port = try #require(graph.outputs.first { $0.name == output })
    let node = graph.nodes[try #require(graph.producer(of: port.value))]
    let quantization = graph.type(of: node.inputs[0]).quantization
    return Double(try #require(quantization?.perTensor).scale)
  }
}

private func expectClose(_ actual: [Double], _ expected: [Double], within limit: Double) {
  let difference = zip(actual, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
  #expect(difference <= limit)
}

/// Within the steps that rounding rules differ by, of at least one of the runtime's kernel sets.
///
/// 99 % of the elements within one step, none beyond two: the runtime's own sets differ as much.
private func expectFewSteps(_ actual: [Double], _ candidates: [[Double]]) {
  let differences = candidates.map { zip(actual, $0).map { abs($0 - $1) } }
  let isClose = differences.contains { differences in
    let beyondOne = differences.count { $0 > 1 }
    return differences.allSatisfy { $0 <= 2 }
      && (actual.count < 100 || beyondOne * 100 <= actual.count)
  }
  #expect(isClose, "largest differences \(differences.map { $0.max() ?? 0 })")
}

/// 99 % of the elements are those of one of the runtime's kernel sets.
private func expectSameClasses(_ actual: [Double], _ candidates: [[Double]]) {
  let equal = candidates.map { zip(actual, $0).count { $0 == $1 } }
  #expect((equal.max() ?? 0) * 100 >= actual.count * 99, "equal \(equal) of \(actual.count)")
}

/// A box as TFLite's detection post-processing gives it, in parts of the image.
private struct Detection {
  let top, left, bottom, right: Double
  let category: Double
  let score: Double

  /// The detections of four outputs: boxes, classes, scores and count.
  static func list(_ outputs: [[Double]]) -> [Detection] {
    (0..<Int(outputs[3][0])).map { index in
      let box = outputs[0][index * 4..<index * 4 + 4].map(\.self)
      return Detection(
        top: box[0], left: box[1], bottom: box[2], right: box[3], category: outputs[1][index],
        score: outputs[2][index])
    }
  }

  /// Intersection over union with another box.
  func overlap(_ other: Detection) -> Double {
    let height = max(0, min(bottom, other.bottom) - max(top, other.top))
    let width = max(0, min(right, other.right) - max(left, other.left))
    let common = height * width
    return common / (area + other.area - common)
  }

  private var area: Double { (bottom - top) * (right - left) }
}

/// Every expected detection is found, with its class, its box and a score within 0.02.
///
/// A detection whose score is within 0.02 of the last one kept may have given way to another as
/// good. Boxes come from int8 numbers, so theirs may overlap by nine tenths only.
func expectSameDetections(_ actual: [[Double]], _ expected: [[Double]]) {
  let (found, recorded) = (Detection.list(actual), Detection.list(expected))
  #expect(found.count == recorded.count)
  let lastScore = recorded.map(\.score).min() ?? 0
  let certain = recorded.filter { $0.score > lastScore + 0.02 }
  #expect(!certain.isEmpty)
  for detection in certain {
    let twin = found.first { other in
      other.category == detection.category && abs(other.score - detection.score) <= 0.02
        && other.overlap(detection) >= 0.9
    }
    #expect(twin != nil, "\(detection)")
  }
}
