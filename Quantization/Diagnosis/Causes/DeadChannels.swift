// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Channels without weights, or that never change on the samples: they cost time and bytes.
struct DeadChannels: Cause {
  static let name = "dead channels"

  func findings(in evidence: Evidence) -> [Finding] {
    evidence.graph.layers.compactMap { layer in
      guard evidence.scheme.layers[layer.node] != nil else { return nil }
      let magnitudes = channelMagnitudes(
        layer.weights, shape: layer.shape, axis: layer.channelAxis)
      let empty = magnitudes.indices.filter { magnitudes[$0] == 0 }
      let still = evidence.stillChannels(of: layer)
      let dead = Set(empty + still).sorted()
      guard !dead.isEmpty else { return nil }
      return Finding(
        cause: Self.name, place: layer.name, channels: dead, severity: .note,
        measure: .init("dead channels", Double(dead.count)), limit: 0,
        details: [
          .init("channels", Double(magnitudes.count)),
          .init("without weights", Double(empty.count)),
          .init("the same in all samples", Double(still.count)),
        ],
        advice: "take them out of the model, or give samples that wake them", remedies: [])
    }
  }
}

extension Evidence {
  /// The channels of a layer's output that are the same in all samples, in order.
  func stillChannels(of layer: Layer) -> [Int] {
    guard !variety.isTooLittle, let seen = statistics[layer.output],
      seen.runCount * graph.type(of: layer.output).shape.elementCount
        >= Self.fewestRows * layer.bias.count
    else { return [] }
    return seen.channels.least.indices.filter {
      seen.channels.least[$0] == seen.channels.greatest[$0]
    }
  }

  /// A channel that moves in one row of ten is missed by as many with a chance of 3 %.
  private static let fewestRows = 32
}
