// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

/// Works out what is wrong with a quantised model and what would help.
struct Diagnoser {
  /// As the model was quantised.
  private let scheme: QuantizationScheme
  /// What was seen of the model as it is, and with its channels balanced.
  private let plain: Observations
  private let balanced: Observations
  private let options: QuantizationOptions
  /// All samples, and those that noise is measured on.
  private let samples: CalibrationSamples
  private let measured: CalibrationSamples
  private let pool: ThreadPool?
  private let progress: (QuantizationProgress) -> Void

  init(
    _ scheme: QuantizationScheme, plain: Observations, balanced: Observations,
    _ options: QuantizationOptions, _ samples: CalibrationSamples, pool: ThreadPool?,
    progress: @escaping (QuantizationProgress) -> Void
  ) {
    self.scheme = scheme
    self.plain = plain
    self.balanced = balanced
    self.options = options
    self.samples = samples
    measured = samples.spread(scheme.measuredCount)
    self.pool = pool
    self.progress = progress
  }

  func diagnosis() throws -> Diagnosis {
    let sensitivities = try scheme.sensitivities(measured, pool: pool) { done, total in
      progress(QuantizationProgress(task: "measuring layers", done: done, total: total))
    }
    let findings = findings()
    return Diagnosis(
      layers: try layers(sensitivities), findings: findings,
      cures: try cures(findings, sensitivities), measuredSamples: measured.count)
  }

  private var used: Observations { options.equalizes ? balanced : plain }

  /// A form of the model with weights rounded to nearest, ranges told as in the scheme.
  private func nearest(_ observations: Observations) -> QuantizationScheme {
    QuantizationScheme(
      observations.graph, scheme.placement, observations.statistics, method: scheme.method)
  }

  // MARK: - Findings

  /// What rules find in the model as it is, and as it was quantised.
  private func findings() -> [Finding] {
    let original = Finding.all(in: Evidence(nearest(plain), plain))
    let repaired = Finding.all(in: Evidence(nearest(balanced), balanced))
    let found = original.map { finding in
      var finding = finding
      finding.isBalanced = !repaired.contains { $0.isSame(as: finding) }
      finding.isPresent = !options.equalizes || !finding.isBalanced
      return finding
    }
    guard options.equalizes else { return found }
    // Numbers are those of the model as it was quantised, where they hold for it.
    let gone = found.filter { !$0.isPresent && $0.severity == .harm }
    return Finding.causes.flatMap { cause in
      (repaired + gone).filter { $0.cause == type(of: cause).name }
    }
  }

  // MARK: - Layers

  private func layers(_ sensitivities: [LayerSensitivity]) throws -> [LayerDiagnosis] {
    let graph = scheme.graph
    // What was put in under another's name is not told apart from it.
    let last = Dictionary(graph.nodes.enumerated().map { ($1.name, $0) }) { $1 }
    let integers = graph.nodes.indices.filter {
      let node = graph.nodes[$0]
      return scheme.placement.isInteger[$0] && last[node.name] == $0
        && graph.type(of: node.outputs[0]).dtype == .float32
    }
    let accumulated = try NoiseMeter(
      graph, comparing: integers.map { graph.nodes[$0].outputs[0] }, measured, pool: pool
    ).noise(of: scheme)
    let local = try LocalNoise.measure(scheme, measured, pool: pool)
    let alone = Dictionary(uniqueKeysWithValues: sensitivities.map { ($0.node, $0) })
    return integers.map { index in
      let node = graph.nodes[index]
      return LayerDiagnosis(
        name: node.name, operation: type(of: node.operation).name,
        accumulated: accumulated[node.outputs[0]]?.ratio, alone: alone[index]?.noise,
        weights: local[index]?.weights.ratio, input: local[index]?.input.ratio,
        macCount: alone[index]?.macCount ?? 0, extraBytes: alone[index]?.extraBytes ?? 0)
    }
  }

  // MARK: - Cures

  private func cures(
    _ findings: [Finding], _ sensitivities: [LayerSensitivity]
  ) throws -> [Cure] {
    let trial = try Trial(scheme, measured, pool: pool)
    let nodes = keptNodes(findings, sensitivities)
    var (done, total) = (0, nodes.count + CalibrationMethod.allCases.count + 1)
    func tell() {
      done += 1
      progress(QuantizationProgress(task: "trying cures", done: done, total: total))
    }
    var cures = [try equalization(), try rounding(trial)]
    tell()
    for method in CalibrationMethod.allCases {
      if method != scheme.method {
        let candidate = scheme.ranged(used.statistics, by: method)
        cures.append(try trial.cure(.method(method), with: candidate))
      }
      tell()
    }
    for set in nodes {
      let names = set.sorted().map { scheme.graph.nodes[$0].name }
      let costs = sensitivities.filter { set.contains($0.node) }
      cures.append(
        try trial.cure(
          .keepFloat(names), with: scheme.keepingFloat(set),
          extraBytes: costs.reduce(0) { $0 + $1.extraBytes },
          macCount: costs.reduce(0) { $0 + $1.macCount }))
      tell()
    }
    return cures.enumerated().sorted {
      $0.element.gain == $1.element.gain
        ? $0.offset < $1.offset : $0.element.gain > $1.element.gain
    }.map(\.element)
  }

  /// What balancing wins, with weights rounded to nearest on both sides.
  private func equalization() throws -> Cure {
    let without = try Trial(nearest(plain), measured, pool: pool).noise
    let with = try Trial(nearest(balanced), measured, pool: pool).noise
    return Cure(
      action: .equalize, isInUse: options.equalizes, noiseWithout: without, noiseWith: with,
      extraBytes: 0, macCount: 0)
  }

  private func rounding(_ trial: Trial) throws -> Cure {
    if options.roundsByLearning {
      return Cure(
        action: .learnRounding, isInUse: true,
        noiseWithout: try trial.noise(of: nearest(used)), noiseWith: trial.noise,
        extraBytes: 0, macCount: 0)
    }
    var candidate = scheme
    try candidate.learnRounding(samples, pool: pool) { done, total in
      progress(QuantizationProgress(task: "trying to round weights", done: done, total: total))
    }
    return try trial.cure(.learnRounding, with: candidate)
  }

  /// Sets of nodes to try in float: those around what balancing does not cure, and the noisiest
  /// layers for their cost, the noisiest first.
  private func keptNodes(
    _ findings: [Finding], _ sensitivities: [LayerSensitivity]
  ) -> [Set<Int>] {
    let noise = Dictionary(uniqueKeysWithValues: sensitivities.map { ($0.node, $0.noise) })
    let places = Dictionary(scheme.graph.nodes.enumerated().map { ($1.name, $0) }) { first, _ in
      first
    }
    var asked: [Set<Int>] = []
    for finding in findings where finding.isPresent && !finding.isBalanced {
      for case .keepFloat(let names) in finding.remedies {
        asked.append(Set(names.compactMap { places[$0] }))
      }
    }
    let ranked = asked.enumerated().map { index, set in
      (index: index, set: set, noise: set.reduce(0) { $0 + (noise[$1] ?? 0) })
    }.sorted { ($1.noise, $0.index) < ($0.noise, $1.index) }
    let noisiest = sensitivities.prefix(Self.noisiestLayers).map { Set([$0.node]) }
    var taken: [Set<Int>] = []
    for set in ranked.prefix(Self.triedFindings).map(\.set) + noisiest
    where !set.isEmpty && !taken.contains(set) {
      taken.append(set)
    }
    return taken
  }

  private static let triedFindings = 12
  private static let noisiestLayers = 3
}

/// A scheme that others are held against.
private struct Trial {
  /// At its noisiest output.
  let noise: Double
  private let meter: NoiseMeter
  private let pool: ThreadPool?

  init(
    _ scheme: QuantizationScheme, _ samples: CalibrationSamples, pool: ThreadPool?
  ) throws {
    meter = try NoiseMeter(
      scheme.graph, comparing: scheme.graph.outputs.map(\.value), samples, keepingResults: true,
      pool: pool)
    self.pool = pool
    noise = try meter.noise(of: scheme).loudest
  }

  /// The noise of another scheme of the same graph.
  func noise(of scheme: QuantizationScheme) throws -> Double {
    try meter.noise(of: scheme).loudest
  }

  func cure(
    _ action: Cure.Action, with candidate: QuantizationScheme, extraBytes: Int = 0,
    macCount: Int = 0
  ) throws -> Cure {
    Cure(
      action: action, isInUse: false, noiseWithout: noise, noiseWith: try noise(of: candidate),
      extraBytes: extraBytes, macCount: macCount)
  }
}

extension QuantizationScheme {
  /// How many samples noise is measured on: 8 to 64, fewer where a run is long.
  fileprivate var measuredCount: Int {
    let macCount = graph.layers.reduce(0) { $0 + $1.weights.count * graph.outputPositions(of: $1) }
    return min(max(Self.measuredMacs / max(macCount, 1), 8), 64)
  }

  /// Multiply-accumulates of one measurement: a second or so.
  private static let measuredMacs = 4_000_000_000
}
