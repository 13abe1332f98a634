// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import TensorCore

/// What rules look at: one quantised form of a model, and what samples showed of it.
struct Evidence {
  let scheme: QuantizationScheme
  let statistics: [Value: ActivationStatistics]
  let variety: SampleVariety
  let drift: RangeDrift?

  /// The values that have a scale and were seen, in order.
  let values: [Value]

  /// The nodes that read each value.
  let consumers: [[Int]]

  init(
    _ scheme: QuantizationScheme, _ observations: Observations, _ drift: RangeDrift?
  ) {
    self.scheme = scheme
    statistics = observations.statistics
    variety = observations.variety
    self.drift = drift
    values = scheme.activations.keys.filter { observations.statistics[$0] != nil }.sorted()
    consumers = scheme.graph.consumers
  }

  var graph: Graph { scheme.graph }

  /// How many steps of its scale the channels of a value take.
  func levels(of value: Value) -> ChannelLevels? {
    guard let seen = statistics[value]?.channels, let scale = scheme.activations[value]?.scales[0]
    else { return nil }
    return ChannelLevels(seen, step: Double(scale))
  }

  /// Whether all that read a value are depthwise layers.
  func isReadByDepthwise(_ value: Value) -> Bool {
    let readers = consumers[value.id].map { Layer(graph, node: $0) }
    return !readers.isEmpty && readers.allSatisfy { $0?.isDepthwise == true }
  }

  /// Keeping a value more precise takes all that touch it, in float or, where all have that form,
  /// in int16.
  func kept(around value: Value) -> [Cure.Action] {
    kept([graph.producer(of: value)].compactMap { $0 } + consumers[value.id])
  }

  /// Keeping nodes more precise.
  func kept(_ nodes: [Int]) -> [Cure.Action] {
    let nodes = Set(nodes).filter { scheme.placement.isInteger[$0] }.sorted()
    let names = nodes.map { graph.nodes[$0].name }
    return scheme.haveWideForms(nodes)
      ? [.keepFloat(names), .keepInt16(names)] : [.keepFloat(names)]
  }
}

extension QuantizationScheme {
  /// Whether nodes are in int8 now, and have a form in int16.
  func haveWideForms(_ nodes: some Sequence<Int>) -> Bool {
    nodes.allSatisfy { placement.precisions[$0] == .int8 && graph.hasForm(in: .int16, node: $0) }
  }
}

/// How many of the 255 steps of a value's scale each of its channels takes, 0 included.
///
/// A channel counts as quiet with an eighth of them or less: it keeps 5 of 8 bits. What is normally
/// distributed over ±4 standard deviations then has 23 dB to its own rounding, hardly more than a
/// classifier needs at its outputs.
struct ChannelLevels {
  static let quietLimit = 32.0

  /// For each channel.
  let counts: [Double]

  /// Those that are not always 0, by their levels, most first.
  let live: [Int]

  init(_ seen: ChannelStatistics, step: Double) {
    let counts = zip(seen.least, seen.greatest).map { least, greatest in
      greatest < least ? 0 : (Double(max(greatest, 0)) - Double(min(least, 0))) / step
    }
    self.counts = counts
    live = counts.indices.filter { counts[$0] > 0 }
      .sorted { counts[$0] == counts[$1] ? $0 < $1 : counts[$0] > counts[$1] }
  }

  var loud: [Int] { live.filter { counts[$0] > Self.quietLimit } }

  /// The quietest first.
  var quiet: [Int] { live.reversed().filter { counts[$0] <= Self.quietLimit } }

  /// The levels of the live channel in the middle.
  var median: Double { live.isEmpty ? 0 : counts[live[live.count / 2]] }

  /// Whether most live channels are quiet because others are not.
  var isUneven: Bool { !loud.isEmpty && 2 * quiet.count > live.count }

  /// Whether so few channels are loud that they, not the rest, are the exception: one, or one in
  /// 16.
  var isOutlying: Bool { isUneven && live.count > 2 && loud.count <= max(1, live.count / 16) }
}
