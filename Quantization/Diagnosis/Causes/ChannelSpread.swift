// SPDX-License-Identifier: Apache-2.0
import Graph

/// Channels so different that most of them use an eighth of the steps of their common scale or
/// less.
///
/// Source: Nagel et al. 2019, arXiv:1906.04721, section 3.
struct ChannelSpread: Cause {
  static let name = "spread of channels"

  func findings(in evidence: Evidence) -> [Finding] {
    evidence.spreads(cause: Self.name) { !evidence.isReadByDepthwise($0) }
  }
}

/// The same of a value that depthwise layers read: no channel makes up for another there.
///
/// Source: Sheng et al. 2018, arXiv:1803.08607, section 3.
struct DepthwiseSpread: Cause {
  static let name = "spread of channels before a depthwise layer"

  func findings(in evidence: Evidence) -> [Finding] {
    evidence.spreads(cause: Self.name) { evidence.isReadByDepthwise($0) }
  }
}

extension Evidence {
  fileprivate func spreads(cause: String, where isMeant: (Value) -> Bool) -> [Finding] {
    guard !variety.isTooLittle else { return [] }
    return values.compactMap { value in
      guard isMeant(value), let levels = levels(of: value), levels.isUneven, !levels.isOutlying,
        let magnitudes = statistics[value]?.channels.magnitudes,
        let loudest = levels.live.first
      else { return nil }
      return Finding(
        cause: cause, place: graph.name(of: value), channels: levels.quiet,
        channelLevels: levels.counts,
        measure: .init("levels of the channel in the middle", levels.median),
        limit: ChannelLevels.quietLimit,
        details: [
          .init("channels", Double(levels.counts.count)),
          .init("greatest magnitude", Double(magnitudes[loudest])),
          .init(
            "magnitude of the channel in the middle",
            Double(magnitudes[levels.live[levels.live.count / 2]])),
        ],
        advice: "balance channels; where that is not possible keep it in int16 or float",
        remedies: [.equalize] + kept(around: value))
    }
  }
}
