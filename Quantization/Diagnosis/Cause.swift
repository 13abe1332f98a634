// SPDX-License-Identifier: Apache-2.0

/// One reason why int8 loses accuracy, as a rule over what was seen of a model.
///
/// A rule compares a number with a limit that means something, and names what is beyond it.
protocol Cause: Sendable {
  /// What reports call it.
  static var name: String { get }

  func findings(in evidence: Evidence) -> [Finding]
}

extension Finding {
  /// All causes that are looked for, those that explain others first.
  static let causes: [any Cause] = [
    UniformSamples(), FewSamples(), RangeOutlier(), ChannelSpread(), DepthwiseSpread(),
    UnequalOperands(), Saturation(), BiasOverflow(), DeadChannels(),
  ]

  /// What all rules find.
  static func all(in evidence: Evidence) -> [Finding] {
    causes.flatMap { $0.findings(in: evidence) }
  }
}
