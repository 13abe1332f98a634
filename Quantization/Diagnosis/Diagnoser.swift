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
  /// The same forms with weights rounded to nearest, ranges told as in the scheme.
  private let plainScheme: QuantizationScheme
  private let balancedScheme: QuantizationScheme
  private let drift: RangeDrift?
  private let options: QuantizationOptions
  /// The samples that noise is measured on.
  private let measured: CalibrationSamples
  private let pool: ThreadPool?
  private let progress: (QuantizationProgress) -> Void

  init(
    _ scheme: QuantizationScheme, plain: Observations, balanced: Observations, _ drift: RangeDrift?,
    _ options: QuantizationOptions, _ samples: CalibrationSamples, pool: ThreadPool?,
    progress: @escaping (QuantizationProgress) -> Void
  ) {
    self.scheme = scheme
    self.plain = plain
    self.balanced = balanced
    plainScheme = scheme.roundedToNearest(plain)
    balancedScheme = scheme.roundedToNearest(balanced)
    self.drift = drift
    self.options = options
    measured = samples.spread(scheme.measuredCount)
    self.pool = pool
    self.progress = progress
  }

  func diagnosis() throws -> Diagnosis {
    // Each layer runs the model once for each sample.
    let few = measured.spread(max(measured.count / 4, 4))
    let noise = try LayerNoise.measure(scheme, few, pool: pool) { done, total in
      progress(QuantizationProgress(task: "measuring layers", done: done, total: total))
    }
    let findings = findings()
    return Diagnosis(
      layers: try layers(noise), findings: findings, cures: try cures(findings, noise),
      measuredSamples: measured.count)
  }

  private var used: Observations { options.equalizes ? balanced : plain }
  private var usedScheme: QuantizationScheme { options.equalizes ? balancedScheme : plainScheme }

  // MARK: - Findings

  /// What rules find in the model as it is, and as it was quantised.
  private func findings() -> [Finding] {
    let original = Finding.all(in: Evidence(plainScheme, plain, drift))
    let repaired = Finding.all(in: Evidence(balancedScheme, balanced, drift))
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

  private func layers(_ noise: [Int: LayerNoise]) throws -> [LayerDiagnosis] {
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
    let costs = Dictionary(graph.layerCosts.map { ($0.node, $0) }) { first, _ in first }
    return integers.map { index in
      let node = graph.nodes[index]
      return LayerDiagnosis(
        name: node.name, operation: type(of: node.operation).name,
        accumulated: accumulated[node.outputs[0]]?.ratio, alone: noise[index]?.alone,
        weights: noise[index]?.weights.ratio, input: noise[index]?.input.ratio,
        macCount: costs[index]?.macCount ?? 0, extraBytes: costs[index]?.extraBytes ?? 0)
    }
  }

  // MARK: - Cures

  private func cures(_ findings: [Finding], _ noise: [Int: LayerNoise]) throws -> [Cure] {
    let trial = try Trial(scheme, measured, pool: pool)
    let kept = keptNodes(findings, noise)
    var (done, total) = (0, kept.count + CalibrationMethod.allCases.count + 1)
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
    let costs = scheme.graph.layerCosts
    for (precision, nodes) in kept {
      let names = nodes.sorted().map { scheme.graph.nodes[$0].name }
      let costs = costs.filter { nodes.contains($0.node) }
      cures.append(
        try trial.cure(
          precision == .int16 ? .keepInt16(names) : .keepFloat(names),
          with: scheme.keeping(precision, nodes: nodes),
          extraBytes: precision == .int16 ? 0 : costs.reduce(0) { $0 + $1.extraBytes },
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
    let without = try Trial(plainScheme, measured, pool: pool).noise
    let with = try Trial(balancedScheme, measured, pool: pool).noise
    return Cure(
      action: .equalize, isInUse: options.equalizes, noiseWithout: without, noiseWith: with,
      extraBytes: 0, macCount: 0)
  }

  private func rounding(_ trial: Trial) throws -> Cure {
    if options.roundsByLearning {
      return Cure(
        action: .learnRounding, isInUse: true,
        noiseWithout: try trial.noise(of: usedScheme), noiseWith: trial.noise,
        extraBytes: 0, macCount: 0)
    }
    var candidate = scheme
    try candidate.learnRounding(measured, pool: pool) { done, total in
      progress(QuantizationProgress(task: "trying to round weights", done: done, total: total))
    }
    return try trial.cure(.learnRounding, with: candidate)
  }

  /// Sets of nodes to try more precise: those around what balancing does not cure, the noisiest
  /// first, and the layers that make most noise for their cost.
  ///
  /// Multiply-accumulates stand for the cost.
  private func keptNodes(
    _ findings: [Finding], _ noise: [Int: LayerNoise]
  ) -> [(precision: Precision, nodes: Set<Int>)] {
    let graph = scheme.graph
    let places = Dictionary(graph.nodes.enumerated().map { ($1.name, $0) }) { first, _ in first }
    var asked: [Set<Int>] = []
    for finding in findings where finding.isPresent && !finding.isBalanced {
      for case .keepFloat(let names) in finding.remedies {
        asked.append(Set(names.compactMap { places[$0] }))
      }
    }
    let around = asked.map { set in (set, set.reduce(0) { $0 + (noise[$1]?.alone ?? 0) }) }
    let single = graph.layerCosts.compactMap { cost in
      noise[cost.node].map { (Set([cost.node]), $0.alone / Double(max(cost.macCount, 1))) }
    }
    let sets =
      Self.noisiest(around, Self.triedFindings).map { (float: $0, wide: $0) }
      + Self.noisiest(single, Self.noisiestLayers).map { (float: $0, wide: neighbours($0)) }
    var taken: [(precision: Precision, nodes: Set<Int>)] = []
    func take(_ precision: Precision, _ nodes: Set<Int>) {
      guard !nodes.isEmpty, !taken.contains(where: { $0 == (precision, nodes) }) else { return }
      taken.append((precision, nodes))
    }
    for (float, wide) in sets {
      take(.float32, float)
      if scheme.haveWideForms(wide) { take(.int16, wide) }
    }
    return taken
  }

  /// Nodes with those in integers that write what they read, and that read what they write: an
  /// activation is as precise as both sides of it.
  private func neighbours(_ nodes: Set<Int>) -> Set<Int> {
    let graph = scheme.graph
    let consumers = graph.consumers
    let others = nodes.flatMap { node in
      graph.activations(of: node).compactMap { graph.producer(of: $0) }
        + consumers[graph.nodes[node].outputs[0].id]
    }
    return nodes.union(others.filter { scheme.placement.isInteger[$0] })
  }

  /// The first of the noisiest sets, in their order where they are alike.
  private static func noisiest(_ sets: [(Set<Int>, Double)], _ count: Int) -> [Set<Int>] {
    let sorted = sets.enumerated().sorted {
      $0.element.1 == $1.element.1 ? $0.offset < $1.offset : $0.element.1 > $1.element.1
    }
    return sorted.prefix(count).map(\.element.0)
  }

  private static let triedFindings = 8
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
  /// The scheme of a form of the model, weights rounded to nearest, ranges told in the same way.
  fileprivate func roundedToNearest(_ seen: Observations) -> QuantizationScheme {
    QuantizationScheme(seen.graph, placement, seen.statistics, method: method)
  }

  /// How many samples noise is measured on: 8 to 64, fewer where a run is long.
  fileprivate var measuredCount: Int {
    let macCount = graph.layers.reduce(0) { $0 + $1.weights.count * graph.outputPositions(of: $1) }
    return min(max(Self.measuredMacs / max(macCount, 1), 8), 64)
  }

  /// Multiply-accumulates of one measurement: a second or so.
  private static let measuredMacs = 4_000_000_000
}
