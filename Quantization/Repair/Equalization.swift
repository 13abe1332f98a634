// SPDX-License-Identifier: Apache-2.0
import Graph

/// Balances channels between activations and the weights that read them; what the model computes
/// stays the same.
///
/// An activation has one scale for all channels, so a channel of small numbers has few levels.
/// With factors `s = √(greatest |x| / greatest |w|)` of each channel, x/s and s·w reach equally
/// far, which makes the sum of both roundings' errors least. Weights that write x do not mind:
/// they have a scale for each channel. Sources: Nagel et al. 2019, arXiv:1906.04721 (cross-layer
/// equalisation); Xiao et al. 2022, arXiv:2211.10438 (from activations seen).
///
/// Depthwise layers have a scale for each channel on both sides: where nothing else reads,
/// activations are made even, `s = greatest |x|`.
package func equalized(
  _ graph: Graph, _ statistics: [Value: ActivationStatistics]
) throws(QuantizationError) -> Graph {
  let sets = graph.freeScalingSets.compactMap { set in
    factors(set, graph, statistics).map { (set: set, factors: $0) }
  }
  do throws(OperatorError) {
    return try graph.scaled(sets)
  } catch {
    throw .rewriting(error)
  }
}

/// The factors of a set's channels, their geometric mean 1; `nil` when nothing was seen of it.
private func factors(
  _ set: ScalingSet, _ graph: Graph, _ statistics: [Value: ActivationStatistics]
) -> [Double]? {
  let seen = set.values.compactMap { statistics[$0]?.channels.magnitudes }
  guard seen.count == set.values.count, let channels = seen.first?.count else { return nil }
  let layers = set.readers.compactMap { Layer(graph, node: $0) }
  var weights = [Float](repeating: 0, count: channels)
  for layer in layers where !layer.isDepthwise {
    let magnitudes = channelMagnitudes(layer.weights, shape: layer.shape, axis: layer.inputAxis)
    for channel in 0..<channels { weights[channel] = max(weights[channel], magnitudes[channel]) }
  }
  let isEven = layers.allSatisfy(\.isDepthwise)
  let raw = (0..<channels).map { channel -> Double? in
    let activation = Double(seen.map { $0[channel] }.max() ?? 0)
    let weight = isEven ? 1 : Double(weights[channel])
    guard activation > 0, weight > 0 else { return nil }
    return isEven ? activation : (activation / weight).squareRoot()
  }
  let known = raw.compactMap { $0 }
  guard !known.isEmpty else { return nil }
  let mean = geometricMean(known)
  // Channels that are silent, or that nobody listens to, are left as they are.
  return raw.map { $0.map { min(max($0 / mean, 0x1p-12), 0x1p12) } ?? 1 }
}
