// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import TensorCore

/// A model in int8.
package struct QuantizedModel: Sendable {
  /// Float nodes between dequantising and quantising: QDQ.
  package let graph: Graph

  /// How ranges were told from samples.
  package let method: CalibrationMethod

  /// How many samples ranges were told from.
  package let sampleCount: Int

  /// The names of the nodes that are computed in integers, in the order they run.
  package let integerNodes: [String]

  /// Those of them whose activations are int16.
  package let int16Nodes: [String]

  /// The names of the nodes of reals that stay float, in the order they run.
  package let floatNodes: [String]

  /// What it is worth and costs, as far as asked.
  package let assessment: Assessment

  /// What is more precise than int8 for the sake of accuracy, in the order it runs.
  package let keptNodes: [KeptNode]

  /// The nodes that would be computed in integers, were they not faster in float on the CPU that
  /// was named.
  package let fasterInFloat: [String]

  /// How far ranges still move with more samples; `nil` for a single sample.
  package let rangeDrift: RangeDrift?

  /// Whether the samples differ at all.
  package let variety: SampleVariety

  /// Where accuracy is lost, if that was asked for.
  package let diagnosis: Diagnosis?

  /// Signal and noise of each output on the samples, in the order of the model's outputs.
  package var outputNoise: [Noise] { assessment.outputNoise }
}

/// Quantises a float model to int8.
///
/// A pure function of the model as imported, samples and options; `progress` is told of every
/// sample that is done.
///
/// - Throws: `QuantizationError`, and what reading samples throws.
package func quantize(
  _ model: Graph, samples: CalibrationSamples, options: QuantizationOptions = QuantizationOptions(),
  progress: @escaping (QuantizationProgress) -> Void = { _ in }
) throws -> QuantizedModel {
  let quantizer = try Quantizer(model, samples, options, progress)
  let (plain, balanced) = try quantizer.observed()
  let (used, uncorrected) = try quantizer.leastNoisy(plain, balanced)
  let scheme = try quantizer.corrected(uncorrected)
  let drift = try RangeDrift.measured(scheme, used, samples, pool: quantizer.pool)
  let (chosen, assessment) = try quantizer.mixed(scheme)
  return QuantizedModel(
    graph: try chosen.quantizedGraph(), method: chosen.method, sampleCount: samples.count,
    integerNodes: chosen.nodeNames(inIntegers: true), int16Nodes: chosen.nodeNames(in: .int16),
    floatNodes: chosen.nodeNames(inIntegers: false), assessment: assessment,
    keptNodes: chosen.kept(beyond: scheme), fasterInFloat: quantizer.fasterInFloat,
    rangeDrift: drift,
    variety: used.variety,
    diagnosis: options.diagnoses
      ? try quantizer.diagnosis(of: scheme, used, plain, balanced ?? plain, drift) : nil)
}

/// The steps of quantising one model.
private struct Quantizer {
  let pool: ThreadPool?
  let placement: Placement
  let fasterInFloat: [String]
  private let graph: Graph
  private let samples: CalibrationSamples
  private let options: QuantizationOptions
  private let progress: (QuantizationProgress) -> Void

  init(
    _ model: Graph, _ samples: CalibrationSamples, _ options: QuantizationOptions,
    _ progress: @escaping (QuantizationProgress) -> Void
  ) throws {
    guard samples.count > 0 else { throw QuantizationError.noSamples }
    let graph = try prepared(model)
    let names = Set(graph.nodes.map(\.name))
    if let name = options.excludedNodes.union(options.int16Nodes).subtracting(names).min() {
      throw QuantizationError.unknownNode(name)
    }
    let possible = Placement(
      graph, options.activations, excluding: graph.nodes(named: options.excludedNodes),
      int16: graph.nodes(named: options.int16Nodes), hasIntegerPorts: options.hasIntegerPorts)
    placement = options.rates.map { possible.fastest(of: graph, $0) } ?? possible
    fasterInFloat = graph.nodes.indices.compactMap { [placement] index in
      possible.isInteger[index] && !placement.isInteger[index] ? graph.nodes[index].name : nil
    }
    guard possible.isInteger.contains(true) else { throw QuantizationError.nothingToQuantize }
    guard placement.isInteger.contains(true) else { throw QuantizationError.nothingFaster }
    pool = options.threads > 1 ? try ThreadPool(threads: options.threads) : nil
    self.graph = graph
    self.samples = samples
    self.options = options
    self.progress = progress
  }

  /// What was seen of the graph as it is, and with its channels balanced when that is of use.
  func observed() throws -> (plain: Observations, balanced: Observations?) {
    let plain = try observe(graph, samples)
    guard options.equalizes || options.diagnoses, !graph.freeScalingSets.isEmpty else {
      return (plain, nil)
    }
    var balanced = try observe(equalized(graph, plain.statistics), samples)
    balanced.isBalanced = true
    return (plain, balanced)
  }

  private func observe(
    _ graph: Graph, _ samples: CalibrationSamples
  ) throws -> Observations {
    try Observations(
      graph, observing: placement.quantizedValues(graph), samples, pool: pool
    ) { tell("observing activations", $0, of: samples.count) }
  }

  /// Where a scheme loses accuracy, and why.
  func diagnosis(
    of scheme: QuantizationScheme, _ used: Observations, _ plain: Observations,
    _ balanced: Observations, _ drift: RangeDrift?
  ) throws -> Diagnosis {
    var options = options
    options.equalizes = used.isBalanced
    return try Diagnoser(
      scheme, plain: plain, balanced: balanced, drift, options, samples, pool: pool,
      progress: progress
    ).diagnosis()
  }

  /// What balancing and which method give, and what it was told from.
  ///
  /// Any other way than balanced channels and least squared error has to be clearly less noisy.
  /// Ways are compared by ranges from every second sample, on the others.
  func leastNoisy(
    _ plain: Observations, _ balanced: Observations?
  ) throws -> (Observations, QuantizationScheme) {
    var used = options.equalizes ? balanced ?? plain : plain
    var best = try scheme(used)
    guard options.effort == .high, let plainHalf = plain.half, var half = used.half else {
      return (used, best)
    }
    let noise = try HeldOutNoise(graph, samples.everySecond(from: 1), pool: pool)
    var least = try noise(best.ranged(half, by: best.method))
    if used.isBalanced {
      let other = try scheme(plain)
      let found = try noise(other.ranged(plainHalf, by: other.method))
      if isClearlyLess(found, than: least) {
        (used, half, best, least) = (plain, plainHalf, other, found)
      }
    }
    var method = best.method
    for other in CalibrationMethod.allCases where options.method == nil && other != best.method {
      let found = try noise(best.ranged(half, by: other))
      if isClearlyLess(found, than: least) { (method, least) = (other, found) }
    }
    return (used, method == best.method ? best : best.ranged(used.statistics, by: method))
  }

  /// Ranges and weights.
  private func scheme(_ seen: Observations) throws -> QuantizationScheme {
    var scheme = QuantizationScheme(
      seen.graph, placement, seen.statistics, method: options.method ?? .meanSquaredError)
    if options.roundsByLearning {
      try scheme.learnRounding(samples, pool: pool) { tell("rounding weights", $0, of: $1) }
    }
    return scheme
  }

  /// The scheme with its biases corrected; where that is not asked for by name, only if it clearly
  /// helps on samples that did not tell how.
  func corrected(_ scheme: QuantizationScheme) throws -> QuantizationScheme {
    guard options.correctsBiases ?? (options.effort != .low) else { return scheme }
    let isJudged = options.correctsBiases == nil && samples.count > 1
    var corrected = scheme
    try corrected.correctBiases(isJudged ? samples.everySecond(from: 0) : samples, pool: pool) {
      tell("correcting biases", $0, of: $1)
    }
    guard isJudged else { return corrected }
    let held = try HeldOutNoise(scheme.graph, samples.everySecond(from: 1), pool: pool)
    return isClearlyLess(try held(corrected), than: try held(scheme)) ? corrected : scheme
  }

  /// The noise of a scheme at each of the model's outputs, on all samples unless told otherwise.
  private func outputNoise(
    _ scheme: QuantizationScheme, on chosen: CalibrationSamples? = nil
  ) throws -> [Noise] {
    let samples = chosen ?? samples
    let outputs = scheme.graph.outputs.map(\.value)
    let noise = try NoiseMeter(scheme.graph, comparing: outputs, samples, pool: pool)
      .noise(of: scheme) {
        tell("measuring noise (\(scheme.method.rawValue))", $0, of: samples.count)
      }
    return outputs.compactMap { noise[$0] }
  }

  /// How accurate a scheme is, as far as the goals ask.
  private func accuracy(_ scheme: QuantizationScheme) throws -> Assessment {
    var assessment = Assessment()
    assessment.outputNoise = try outputNoise(scheme)
    if options.goals.maximumDrop != nil {
      assessment.changedAnswers = try scheme.expectedChanges(samples, pool: pool) {
        tell("estimating answers", $0, of: samples.count)
      }
    }
    return assessment
  }

  /// What a scheme costs, as far as it is asked or told.
  private func cost(_ scheme: QuantizationScheme) throws -> Assessment {
    var assessment = Assessment()
    guard options.goals.limitsCost || options.rates != nil else { return assessment }
    let written = try scheme.quantizedGraph()
    do throws(CompileError) {
      let optimized = try optimize(written)
      assessment.programBytes = try lower(optimized, options: CompileOptions()).bytes.count
      assessment.milliseconds = try options.rates.map { (rates) throws(CompileError) in
        try optimized.estimatedNanoseconds(rates) / 1e6
      }
    } catch {
      throw QuantizationError.compilation(error)
    }
    return assessment
  }

  /// The scheme with those nodes more precise that reach the goals for the least cost, as far as
  /// the limits allow.
  func mixed(_ scheme: QuantizationScheme) throws -> (QuantizationScheme, Assessment) {
    let goals = options.goals
    let (worth, price) = (try accuracy(scheme), try cost(scheme))
    guard goals.isAffordable(price) else {
      throw QuantizationError.overLimit(
        bytes: price.programBytes, milliseconds: price.milliseconds)
    }
    if goals.asksForAccuracy ? goals.isAccurate(worth) : !goals.limitsCost {
      return (scheme, worth.with(cost: price))
    }
    let sources = try scheme.noiseSources(samples, pool: pool) { done, total in
      progress(QuantizationProgress(task: "measuring roundings", done: done, total: total))
    }
    let ladder = scheme.ladder(sources, options.rates)
    let search = PrecisionSearch(goals: goals, accuracy: accuracy, cost: cost)
    let chosen = scheme.taking(ladder.steps.prefix(try search.stepCount(scheme, ladder)))
    return (chosen, try accuracy(chosen).with(cost: cost(chosen)))
  }

  private func tell(_ task: String, _ done: Int, of total: Int) {
    progress(QuantizationProgress(task: task, done: done, total: total))
  }
}

extension Graph {
  /// The positions of the nodes that have one of some names.
  fileprivate func nodes(named names: Set<String>) -> Set<Int> {
    Set(nodes.indices.filter { names.contains(nodes[$0].name) })
  }
}

/// The model in the form that is quantised, checked.
func prepared(_ model: Graph) throws(QuantizationError) -> Graph {
  if let value = model.values.first(where: { $0.type.quantization != nil }) {
    throw .alreadyQuantized(value: value.name)
  }
  var graph: Graph
  do throws(CompileError) {
    graph = try prepare(model)
  } catch {
    throw .compilation(error)
  }
  do throws(OperatorError) {
    // Integers have no quotients; a reciprocal is rounded by far less than what it multiplies.
    graph = try graph.withoutDivisions { _ in true }
  } catch {
    throw .rewriting(error)
  }
  for node in graph.nodes {
    for input in node.inputs {
      guard let data = graph.constant(input), data.type.dtype == .float32 else { continue }
      guard data.float32Values.allSatisfy(\.isFinite) else {
        throw .constantNotFinite(node: node.name)
      }
    }
  }
  return graph
}
