// SPDX-License-Identifier: Apache-2.0

/// Samples that are all one number, or all the same: they show ranges that no real input has.
struct UniformSamples: Cause {
  static let name = "samples without contents"

  func findings(in evidence: Evidence) -> [Finding] {
    let variety = evidence.variety
    let runs = Double(variety.runCount)
    guard variety.isTooLittle else { return [] }
    let isConstant = 2 * variety.constantCount > variety.runCount
    let share = Double(isConstant ? variety.constantCount : variety.repeatedCount) / runs
    return [
      Finding(
        cause: Self.name, place: "",
        measure: .init(
          "share of samples that are \(isConstant ? "one number" : "the same")", share),
        limit: isConstant ? 0.5 : 1,
        details: [.init("samples", runs)],
        advice: isConstant
          ? "give inputs such as the model will meet, not black pictures or silence; "
            + "check that they are read and scaled as in training"
          : "give different inputs, such as the model will meet")
    ]
  }
}
