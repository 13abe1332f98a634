// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import Quantization
import TensorCore
import TestSupport
import Testing

struct StorageTests {
  private func options(
    _ format: StorageFormat, isDynamic: Bool = false
  ) -> StorageOptions {
    var options = StorageOptions()
    options.format = format
    options.isDynamic = isDynamic
    return options
  }

  /// Random weights, of which a few are large.
  private func weights(_ count: Int, seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { index in
      Float.random(in: -1...1, using: &random) * (index % 37 == 0 ? 4 : 1)
    }
  }

  // MARK: - Rounding

  @Test("every int8 weight is within half a step, the largest of a channel is 127 or −127")
  func int8() {
    let values = weights(6 * 50, seed: 1)
    let groups = WeightGroups(values, columns: 6, depth: 50, format: .int8)
    for (index, value) in values.enumerated() {
      let scale = groups.scales[index / 50]
      #expect(abs(Float(groups.levels[index]) * scale - value) <= scale * 0.5001)
    }
    for column in 0..<6 {
      #expect(groups.levels[column * 50..<(column + 1) * 50].contains { abs(Int($0)) == 127 })
    }
  }

  @Test("int4 scales lose no more than those that clip nothing")
  func int4() {
    let values = weights(4 * 70, seed: 2)
    let groups = WeightGroups(values, columns: 4, depth: 70, format: .int4)
    #expect(groups.scales.count == 4 * 3 && groups.levels.allSatisfy { (-8...7).contains($0) })
    for column in 0..<4 {
      for group in 0..<3 {
        let inputs = group * 32..<min((group + 1) * 32, 70)
        let part = inputs.map { values[column * 70 + $0] }
        let scale = groups.scales[column * 3 + group]
        let found = inputs.reduce(Float(0)) {
          let error = Float(groups.levels[column * 70 + $1]) * scale - values[column * 70 + $1]
          return $0 + error * error
        }
        let whole = max((part.min() ?? 0) / -8, (part.max() ?? 0) / 7)
        let plain = part.reduce(Float(0)) {
          let level = min(max(($1 / whole).rounded(.toNearestOrEven), -8), 7)
          return $0 + (level * whole - $1) * (level * whole - $1)
        }
        #expect(found <= plain * 1.0001)
      }
    }
  }

  @Test("no other level of one weight is better beside the others", arguments: 1...6)
  func settled(seed: UInt64) {
    let depth = 40
    let values = weights(depth, seed: seed)
    var moments = InputMoments(depth: depth)
    var random = SplitMix64(seed: seed + 9)
    moments.add(
      (0..<300).flatMap { _ in
        let shared = Float.random(in: -1...1, using: &random)
        return (0..<depth).map { _ in shared + Float.random(in: -0.3...0.3, using: &random) }
      })
    let covariance = moments.covariance
    func error(_ groups: WeightGroups, _ changed: Int? = nil, by step: Float = 0) -> Float {
      var errors = (0..<depth).map {
        Float(groups.levels[$0]) * groups.scales[$0 / 32] - values[$0]
      }
      if let changed { errors[changed] += step * groups.scales[changed / 32] }
      var sum: Float = 0
      for a in 0..<depth {
        for b in 0..<depth { sum += errors[a] * errors[b] * covariance[a * depth + b] }
      }
      return sum
    }
    var groups = WeightGroups(values, columns: 1, depth: depth, format: .int4)
    let nearest = error(groups)
    _ = groups.settle(0, of: values, covariance: covariance)
    let found = error(groups)
    // Every change that was made took something off.
    #expect(found < nearest)
    for k in 0..<depth {
      for step: Float in [-1, 1] where (-8...7).contains(Float(groups.levels[k]) + step) {
        #expect(error(groups, k, by: step) >= found * (1 - 1e-3) - 1e-6)
      }
    }
  }

  // MARK: - Models

  private func noise(_ graph: Graph, _ stored: Graph, _ seed: UInt64) throws -> Noise {
    let program = try Program(copying: compile(stored).bytes)
    var noise = Noise()
    for inputs in smallSamples(8, seed: seed) {
      let real = graph.reference(inputs)[0].values
      let result = try run(program, inputs)[0]
      noise.add(TensorData(result.type.shape, float32: real.map { Float($0) }), result)
    }
    return noise
  }

  /// Whether a stored weight is the one next to a real one; int4 clips what lies beyond its levels.
  private func isNearest(_ stored: Double, _ real: Double, scale: Double?) -> Bool {
    // Of 11 significant bits, or of subnormal numbers.
    guard let scale else { return abs(stored - real) <= max(0x1p-11 * abs(real), 0x1p-25) }
    let isBeyond = abs(real) > abs(stored) && [-8, 7].contains((stored / scale).rounded())
    // Quotients of floats are rounded, by far less than a thousandth of a step.
    return abs(stored - real) <= scale * 0.5001 || isBeyond
  }

  @Test("what a product reads is stored, the rest stays", arguments: StorageFormat.allCases)
  func smallNetworks(_ format: StorageFormat) throws {
    let graph = try smallNetwork(seed: 3)
    let stored = try storeWeights(graph, options: options(format))
    let products = ["linear", "expand", "project", "last", "classes"]
    #expect(Set(stored.layers) == Set(products))
    #expect(stored.floatLayers == ["stem", "depthwise"])
    #expect(stored.bytes < stored.floatBytes && stored.outputNoise.isEmpty)
    var weights: [String: TensorData] = [:]
    for name in products {
      let (before, after) = try (graph.weights(of: name), stored.graph.weights(of: name))
      weights[name] = after
      let (columns, depth) = (before.type.shape[0], before.type.shape[-1])
      // No layer has more inputs than share a scale in int4.
      #expect(depth <= 32)
      let scales = after.type.quantization?.scales ?? []
      #expect(scales.count == (format == .float16 ? 0 : columns))
      let reals = zip(ReferenceTensor(before).values, ReferenceTensor(after).values)
      for (index, (real, value)) in reals.enumerated() {
        let scale = scales.isEmpty ? nil : Double(scales[index / depth])
        #expect(isNearest(value, real, scale: scale), "\(name) \(index)")
      }
    }
    // Nothing else is rounded: the same bits as with these weights in float32.
    let rounded = try graph.replacing(weights)
    let programs = try [stored.graph, rounded].map { try Program(copying: compile($0).bytes) }
    for inputs in smallSamples(2, seed: 60) {
      #expect(try run(programs[0], inputs) == run(programs[1], inputs))
    }
  }

  @Test("the more bits, the less noise")
  func formats() throws {
    let graph = try smallNetwork(seed: 3)
    let ratios = try [StorageFormat.float16, .int8, .int4].map {
      try noise(graph, storeWeights(graph, options: options($0)).graph, 60).ratio
    }
    #expect(ratios[0] < ratios[1] && ratios[1] < ratios[2], "\(ratios)")
  }

  @Test("samples make int4 better on samples that were not seen")
  func learned() throws {
    var ratios = (nearest: 0.0, learned: 0.0)
    for seed: UInt64 in 1...4 {
      let graph = try smallNetwork(seed: seed)
      let samples = CalibrationSamples(smallSamples(16, seed: seed))
      let learned = try storeWeights(graph, options: options(.int4), samples: samples)
      let nearest = try storeWeights(graph, options: options(.int4))
      #expect(learned.sampleCount == 16 && learned.outputNoise.count == 1)
      ratios.learned += try noise(graph, learned.graph, seed + 50).ratio
      ratios.nearest += try noise(graph, nearest.graph, seed + 50).ratio
    }
    #expect(ratios.learned < ratios.nearest)
  }

  @Test("rows are rounded as they come")
  func dynamic() throws {
    let graph = try smallNetwork(seed: 4)
    let stored = try storeWeights(graph, options: options(.int8, isDynamic: true))
    let count = try optimize(stored.graph).nodes.count { $0.operation is DynamicFullyConnected }
    #expect(count == 5)
    // 8 bits of both lose less than 4 of the weights alone.
    let nearest = try storeWeights(graph, options: options(.int4))
    #expect(try noise(graph, stored.graph, 70).ratio < noise(graph, nearest.graph, 70).ratio)
  }

  @Test("a row that is rounded is off by half a step of each, at most")
  func dynamicBound() throws {
    let (depth, columns) = (70, 19)
    let values = weights(columns * depth, seed: 7)
    let graph = try denseGraph(
      weights: values, bias: weights(columns, seed: 8), inputs: depth, activation: .none)
    let stored = try storeWeights(graph, options: options(.int8, isDynamic: true)).graph
    let scales = try #require(try stored.weights(of: "dense").type.quantization?.scales)
    let program = try Program(copying: compile(stored).bytes)
    for seed: UInt64 in 10..<20 {
      let x = weights(depth, seed: seed)
      let step = Double(x.reduce(0) { max($0, abs($1)) }) / 127
      let inputs = [TensorData([1, depth], float32: x)]
      let result = try run(program, inputs)[0].float32Values
      for (column, real) in graph.reference(inputs)[0].values.enumerated() {
        let scale = Double(scales[column])
        // |x̂ŵ − xw| ≤ |x̂ − x| |w| + |x̂| |ŵ − w|, and x̂ is 127 steps at most.
        let bound = (0..<depth).reduce(0.0) { sum, k in
          sum + step / 2 * Double(abs(values[column * depth + k])) + 127 * step * scale / 2
        }
        #expect(abs(Double(result[column]) - real) <= bound * 1.0001)
      }
    }
  }

  @Test("tables have a scale for each row")
  func tables() throws {
    var builder = GraphBuilder()
    let ids = builder.input("ids", TensorType(.int64, [1, 5]))
    let table = weights(40 * 12, seed: 6).enumerated().map { $1 * Float($0 / 12 + 1) }
    let rows = builder.constant(TensorData([40, 12], float32: table))
    let y = try builder.apply(Gather(axis: 0), [rows, ids], name: "table")
    builder.output("y", y)
    let graph = builder.finish()
    let stored = try storeWeights(graph, options: options(.int4))
    #expect(stored.tables == ["table"] && stored.bytes == 40 * 12 + 40 * 4)
    let input = TensorData([1, 5], int64: [0, 39, 7, -1, 20])
    let result = try run(Program(copying: compile(stored.graph).bytes), [input])[0].float32Values
    for (index, real) in graph.reference([input])[0].values.enumerated() {
      let row = [0, 39, 7, 39, 20][index / 12]
      let greatest = table[row * 12..<(row + 1) * 12].reduce(0) { max($0, abs($1)) }
      #expect(abs(Double(result[index]) - real) <= Double(greatest) / 127 * 0.5001)
    }
    #expect(throws: QuantizationError.nothingToStore(.float16)) {
      try storeWeights(graph, options: options(.float16))
    }
  }

  @Test("the same model and options give the same program, whatever the threads")
  func determinism() throws {
    let samples = CalibrationSamples(smallSamples(4, seed: 8))
    let programs = try [1, 2].map { threads in
      var options = options(.int4)
      options.threads = threads
      return try compile(
        storeWeights(smallNetwork(seed: 8), options: options, samples: samples).graph
      ).bytes
    }
    #expect(programs[0] == programs[1])
  }

  // MARK: - Bad input

  @Test("models without such weights, damaged ones, integer ones")
  func refusals() throws {
    let samples = CalibrationSamples(smallSamples(2, seed: 1))
    var excluding = options(.int8)
    excluding.excludedNodes = ["nowhere"]
    #expect(throws: QuantizationError.unknownNode("nowhere")) {
      try storeWeights(smallNetwork(seed: 1), options: excluding)
    }
    excluding.excludedNodes = ["linear", "expand", "project", "last", "classes"]
    #expect(throws: QuantizationError.nothingToStore(.int8)) {
      try storeWeights(smallNetwork(seed: 1), options: excluding)
    }
    #expect(throws: QuantizationError.noSamples) {
      try storeWeights(
        smallNetwork(seed: 1), options: options(.int8), samples: CalibrationSamples([]))
    }
    let sick = try denseGraph(weights: [.nan, 1], bias: [0], inputs: 2, activation: .none)
    #expect(throws: QuantizationError.constantNotFinite(node: "dense")) {
      try storeWeights(sick, options: options(.float16))
    }
    let quantized = try quantize(smallNetwork(seed: 1), samples: samples)
    #expect {
      try storeWeights(quantized.graph, options: options(.int8))
    } throws: {
      guard case .alreadyQuantized? = $0 as? QuantizationError else { return false }
      return true
    }
    // Beyond what float16 holds.
    let large = try denseGraph(
      weights: [7e4, 1, 2, 3, 4, 5, 6, 7], bias: [0], inputs: 8, activation: .none)
    #expect(throws: QuantizationError.nothingToStore(.float16)) {
      try storeWeights(large, options: options(.float16))
    }
  }

  @Test("weights of zeros are zeros")
  func zeros() throws {
    let graph = try denseGraph(
      weights: [Float](repeating: 0, count: 80), bias: [0.5, -0.5], inputs: 40, activation: .none)
    let x = TensorData([1, 40], float32: (0..<40).map { Float($0) })
    for format in StorageFormat.allCases {
      let stored = try storeWeights(graph, options: options(format))
      let result = try run(Program(copying: compile(stored.graph).bytes), [x])
      #expect(result[0].float32Values == [0.5, -0.5])
    }
  }
}

extension Graph {
  /// The weights of a layer.
  fileprivate func weights(of layer: String) throws -> TensorData {
    let node = try #require(nodes.first { $0.name == layer })
    return try #require(constant(node.inputs[1]))
  }

  /// The graph with other weights of these layers, in float32.
  fileprivate func replacing(_ weights: [String: TensorData]) throws -> Graph {
    try rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let data = weights[node.name] else { return nil }
      let reals = ReferenceTensor(data).values.map { Float($0) }
      var inputs = inputs
      inputs[1] = builder.constant(TensorData(data.type.shape, float32: reals))
      return try builder.add(node.operation, inputs, name: node.name)
    }
  }
}
