// SPDX-License-Identifier: Apache-2.0

/// Samples too few: ranges told from half of them would cost noise at the outputs.
struct FewSamples: Cause {
  static let name = "too few samples"

  func findings(in evidence: Evidence) -> [Finding] {
    guard let drift = evidence.drift, !drift.isEnough, !evidence.variety.isTooLittle else {
      return []
    }
    return [
      Finding(
        cause: Self.name, place: drift.value,
        measure: .init(
          "decibels more noise at the outputs by the ranges of half of the samples",
          drift.outputDecibels ?? drift.decibels),
        limit: RangeDrift.limit,
        details: [
          .init("samples", Double(drift.sampleCount)),
          .init("decibels more noise of this value", drift.decibels),
          .init("change of the range in the last half", drift.change),
          .init("share beyond the range of half", drift.clippedShare),
          .init("samples that will probably do", Double(drift.sufficientCount)),
        ],
        advice: "give more samples")
    ]
  }
}
