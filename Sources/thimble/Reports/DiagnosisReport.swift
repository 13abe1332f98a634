// SPDX-License-Identifier: Apache-2.0
import Graph
import Quantization

/// Where a model loses accuracy in int8, why, and what helps; times in milliseconds on this
/// machine, ratios in decibels, which are absent where nothing is off.
struct DiagnosisReport: Encodable {
  struct Layer: Encodable {
    let name: String
    let `operator`: String
    /// The whole int8 model's, at the layer's output.
    let decibels: Double?
    /// At the model's noisiest output, nothing else in integers.
    let aloneDecibels: Double?
    /// The layer's part of the sum of what all make alone.
    let share: Double
    /// At the layer's output: its weights alone rounded, its input alone.
    let weightsDecibels: Double?
    let inputDecibels: Double?
    let macs: Int
    let extraBytes: Int
    /// Absent where the layer is part of another step.
    let ms: Double?
    let floatMs: Double?
  }

  struct Measure: Encodable {
    let name: String
    let value: Double
  }

  struct Finding: Encodable {
    let cause: String
    /// A value or layer; empty for the samples as a whole.
    let place: String
    let channels: [Int]
    /// How many steps of its scale each channel takes, to a tenth, where that is the matter.
    let channelLevels: [Double]
    let isHarmful: Bool
    /// Whether balancing channels takes it away.
    let isCuredByEqualizing: Bool
    /// Whether it holds for the model as it was quantised.
    let isPresent: Bool
    let measure: Measure
    let limit: Double
    let details: [Measure]
    let advice: String
    /// Positions of what was tried against it.
    let cures: [Int]
  }

  struct Cure: Encodable {
    /// `equalize`, `learn-rounding`, a calibration method, `keep-float` or `keep-int16`.
    let action: String
    /// What stays float, or has int16 activations.
    let nodes: [String]
    let isInUse: Bool
    /// At the noisiest output.
    let decibelsWithout: Double?
    let decibelsWith: Double?
    /// Absent when no noise is left, or none was there.
    let gainDecibels: Double?
    let extraBytes: Int
    let macs: Int
    /// What it takes longer; absent in int16, and where a layer is part of another step.
    let extraMs: Double?
  }

  /// The samples that noise was measured on.
  let measuredSamples: Int
  let isHealthy: Bool
  /// All steps together.
  let ms: Double
  let floatMs: Double
  let layers: [Layer]
  let findings: [Finding]
  let cures: [Cure]

  /// Times both forms of the model: as imported, and quantised.
  init(_ diagnosis: Diagnosis, float: Graph, quantized: Graph, threads: Int) throws {
    let times = try (
      float: LayerTimes(float, threads: threads), int8: LayerTimes(quantized, threads: threads)
    )
    measuredSamples = diagnosis.measuredSamples
    isHealthy = diagnosis.isHealthy
    ms = times.int8.total
    floatMs = times.float.total
    let sum = diagnosis.layers.reduce(0) { $0 + ($1.alone ?? 0) }
    layers = diagnosis.layers.map { layer in
      Layer(
        name: layer.name, operator: layer.operation, decibels: finiteDecibels(layer.accumulated),
        aloneDecibels: finiteDecibels(layer.alone),
        share: sum > 0 && sum.isFinite ? (layer.alone ?? 0) / sum : 0,
        weightsDecibels: finiteDecibels(layer.weights), inputDecibels: finiteDecibels(layer.input),
        macs: layer.macCount, extraBytes: layer.extraBytes,
        ms: times.int8.milliseconds[layer.name], floatMs: times.float.milliseconds[layer.name])
    }
    findings = diagnosis.findings.map { finding in
      Finding(
        finding,
        cures: diagnosis.cures.indices.filter {
          finding.remedies.contains(diagnosis.cures[$0].action)
        })
    }
    cures = diagnosis.cures.map { Cure($0, times.float.milliseconds, times.int8.milliseconds) }
  }
}

extension DiagnosisReport.Finding {
  fileprivate init(_ finding: Finding, cures: [Int]) {
    cause = finding.cause
    place = finding.place
    channels = finding.channels
    channelLevels = finding.channelLevels.map { ($0 * 10).rounded() / 10 }
    isHarmful = finding.severity == .harm
    isCuredByEqualizing = finding.isBalanced
    isPresent = finding.isPresent
    measure = DiagnosisReport.Measure(finding.measure)
    limit = finding.limit
    details = finding.details.map { DiagnosisReport.Measure($0) }
    advice = finding.advice
    self.cures = cures
  }
}

extension DiagnosisReport.Measure {
  fileprivate init(_ measure: Finding.Measure) { (name, value) = (measure.name, measure.value) }
}

extension DiagnosisReport.Cure {
  fileprivate init(_ cure: Cure, _ float: [String: Double], _ int8: [String: Double]) {
    (action, nodes) = cure.action.spelling
    isInUse = cure.isInUse
    decibelsWithout = finiteDecibels(cure.noiseWithout)
    decibelsWith = finiteDecibels(cure.noiseWith)
    gainDecibels = cure.gain.isFinite ? cure.gain : nil
    extraBytes = cure.extraBytes
    macs = cure.macCount
    let times = nodes.compactMap { name in
      float[name].flatMap { float in int8[name].map { float - $0 } }
    }
    // Neither form that was timed is int16.
    let isTimed = times.count == nodes.count && action != "keep-int16"
    extraMs = isTimed ? times.reduce(0, +) : nil
  }
}

extension Cure.Action {
  /// As options of the command line spell it, and what it is done to.
  fileprivate var spelling: (String, [String]) {
    switch self {
    case .equalize: ("equalize", [])
    case .learnRounding: ("learn-rounding", [])
    case .method(let method): (method.rawValue, [])
    case .keepFloat(let nodes): ("keep-float", nodes)
    case .keepInt16(let nodes): ("keep-int16", nodes)
    }
  }
}

/// Decibels of noise over signal; `nil` without either.
private func finiteDecibels(_ ratio: Double?) -> Double? {
  guard let ratio, ratio > 0, ratio.isFinite else { return nil }
  return decibels(ofRatio: ratio)
}
