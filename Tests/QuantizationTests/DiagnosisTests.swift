// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import Quantization
import TensorCore
import TestSupport
import Testing

/// Faults planted in small networks, each named and nothing else.
struct DiagnosisTests {
  private func diagnose(
    _ graph: Graph, _ samples: [[TensorData]],
    _ change: (inout QuantizationOptions) -> Void = { _ in }
  ) throws -> Diagnosis {
    var options = QuantizationOptions()
    options.effort = .low
    options.diagnoses = true
    change(&options)
    return try #require(
      try quantize(graph, samples: CalibrationSamples(samples), options: options).diagnosis)
  }

  private func harms(_ diagnosis: Diagnosis) -> [Finding] {
    diagnosis.findings.filter { $0.severity == .harm && $0.isPresent }
  }

  private func described(_ findings: [Finding]) -> [String] {
    findings.map { "\($0.cause) at \($0.place) \($0.channels)" }
  }

  @Test("a healthy network", arguments: [UInt64(1), 2, 3, 4])
  func healthy(seed: UInt64) throws {
    let graph = try smallNetwork(seed: seed)
    for equalizes in [true, false] {
      let diagnosis = try diagnose(graph, smallSamples(16, seed: seed)) { $0.equalizes = equalizes }
      #expect(described(harms(diagnosis)) == [])
      #expect(diagnosis.isHealthy)
    }
  }

  @Test("one channel × 100, undone in its consumers: the channel of each value that has it")
  func loudChannel() throws {
    var factors = [Float](repeating: 1, count: 8)
    factors[3] = 100
    let graph = try smallNetwork(seed: 1, spread: factors)
    let samples = smallSamples(16, seed: 1)
    let plain = try diagnose(graph, samples) { $0.equalizes = false }
    let expected = ["add", "linear", "project"]
    #expect(harms(plain).map(\.place).sorted() == expected)
    #expect(harms(plain).allSatisfy { $0.cause == "range outlier" && $0.channels == [3] })
    #expect(harms(plain).allSatisfy { $0.isBalanced })

    let balanced = try diagnose(graph, samples)
    #expect(balanced.isHealthy)
    let cured = balanced.findings.filter { !$0.isPresent }
    #expect(cured.map(\.place).sorted() == expected)
    for diagnosis in [plain, balanced] {
      let cure = try #require(diagnosis.cures.first { $0.action == .equalize })
      // 100 is 40 dB on these values; others make noise too.
      #expect(cure.gain > 10)
    }
  }

  @Test("channels of different size: the values that have them")
  func spread() throws {
    let graph = try smallNetwork(
      seed: 2, spread: [0x1p-4, 0x1p4, 0x1p-3, 0x1p3, 0x1p-3, 0x1p-2, 0x1p-4, 0x1p-2])
    let samples = smallSamples(16, seed: 2)
    let plain = try diagnose(graph, samples) { $0.equalizes = false }
    #expect(harms(plain).map(\.place).sorted() == ["add", "linear", "project"])
    #expect(harms(plain).allSatisfy { $0.cause == "spread of channels" && $0.isBalanced })
    #expect(harms(plain).allSatisfy { !$0.channels.contains(1) && $0.channels.contains(0) })
    #expect(try diagnose(graph, samples).isHealthy)
  }

  /// The small network with the constants of one node changed.
  private func changed(
    _ name: String, _ change: (_ weights: inout [Float], _ bias: inout [Float]) -> Void
  ) throws -> Graph {
    let graph = try prepare(smallNetwork(seed: 1))
    return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard node.name == name, let weights = graph.constant(node.inputs[1]),
        let bias = graph.constant(node.inputs[2])
      else { return nil }
      var (values, offsets) = (weights.float32Values, bias.float32Values)
      change(&values, &offsets)
      let constants = [
        builder.constant(TensorData(weights.type.shape, float32: values)),
        builder.constant(TensorData(bias.type.shape, float32: offsets)),
      ]
      return try builder.add(node.operation, [inputs[0]] + constants, name: name)
    }
  }

  @Test("a dead channel, without weights or always under zero")
  func deadChannel() throws {
    let samples = smallSamples(16, seed: 1)
    func dead(_ graph: Graph) throws -> [Finding] {
      let diagnosis = try diagnose(graph, samples)
      #expect(described(harms(diagnosis)) == [])
      return diagnosis.findings.filter {
        $0.cause == "dead channels" && $0.place == "expand"
      }
    }
    let before = try dead(smallNetwork(seed: 1)).flatMap(\.channels)
    #expect(!before.contains(5))
    let empty = try dead(
      changed("expand") { weights, bias in
        for index in 5 * 8..<6 * 8 { weights[index] = 0 }
        bias[5] = 0.25
      })
    let silent = try dead(changed("expand") { $1[5] = -100 })
    for found in [empty, silent] {
      #expect(found.flatMap(\.channels) == (before + [5]).sorted())
      #expect(found.allSatisfy { $0.severity == .note })
    }
  }

  @Test("black pictures, and one picture again and again: nothing else is told from them")
  func uniformSamples() throws {
    let black = TensorData(
      Shape([1, 12, 12, 3]), float32: [Float](repeating: -1, count: 12 * 12 * 3))
    let graph = try smallNetwork(seed: 1)
    let one = smallSamples(1, seed: 1)
    for samples in [
      [[TensorData]](repeating: [black], count: 8), [[TensorData]](repeating: one[0], count: 8),
    ] {
      let diagnosis = try diagnose(graph, samples)
      #expect(diagnosis.findings.map(\.cause) == ["samples without contents"])
    }
    let mixed = [[black], [black]] + smallSamples(4, seed: 2)
    let causes = try diagnose(graph, mixed).findings.map(\.cause)
    #expect(!causes.contains("samples without contents"))
  }

  @Test("samples of which half says nothing of the rest are too few")
  func fewSamples() throws {
    let samples = smallSamples(8, seed: 1).enumerated().map { index, inputs in
      // Every other sample, so that half of them has no great one.
      let factor: Float = index % 2 == 1 ? 20 : 1
      return [
        TensorData(inputs[0].type.shape, float32: inputs[0].float32Values.map { $0 * factor })
      ]
    }
    let diagnosis = try diagnose(smallNetwork(seed: 1), samples)
    let found = try #require(harms(diagnosis).first { $0.cause == "too few samples" })
    #expect(found.measure.value > 10)
    let seen = try #require(found.details.first { $0.name == "decibels more noise of this value" })
    #expect(seen.value > 10)
    let drift = try #require(
      try quantize(
        smallNetwork(seed: 1), samples: CalibrationSamples(smallSamples(64, seed: 1))
      ).rangeDrift)
    #expect(drift.isEnough && drift.medianChange < 0.1)
    #expect(drift.sufficientCount == 64)
  }

  @Test("ranges that cut off too much")
  func saturation() throws {
    // One sample in 16 is large, so the mean of extremes cuts it off.
    let samples = smallSamples(32, seed: 1).enumerated().map { index, inputs in
      let factor: Float = index % 16 < 2 ? 30 : 1
      return [
        TensorData(inputs[0].type.shape, float32: inputs[0].float32Values.map { $0 * factor })
      ]
    }
    let graph = try smallNetwork(seed: 1)
    let clipped = try diagnose(graph, samples) { $0.method = .movingAverage }
    let found = harms(clipped).filter { $0.cause == "saturation" }.map(\.place)
    #expect(found.contains("x"))
    let whole = try diagnose(graph, samples) { $0.method = .minMax }
    #expect(!whole.findings.contains { $0.cause == "saturation" })
    let cure = try #require(clipped.cures.first { $0.action == .method(.minMax) })
    #expect(cure.gain > 3)
  }

  @Test("a bias beyond what 32 bits count")
  func biasOverflow() throws {
    let graph = try changed("classes") { weights, bias in
      for index in 0..<20 { weights[index] *= 1e-10 }
      bias[0] = 3
    }
    let found = try diagnose(graph, smallSamples(8, seed: 1)).findings
      .filter { $0.cause == "bias overflow" }
    #expect(found.map(\.place) == ["classes"] && found.map(\.channels) == [[0]])
  }

  @Test("a few numbers that stretch a range")
  func fewNumbers() throws {
    var samples = smallSamples(16, seed: 1)
    var values = samples[3][0].float32Values
    for index in 0..<3 { values[100 + index] = 40 }
    samples[3] = [TensorData(samples[3][0].type.shape, float32: values)]
    let diagnosis = try diagnose(smallNetwork(seed: 1), samples) { $0.method = .minMax }
    let found = harms(diagnosis).filter { $0.cause == "range outlier" && $0.place == "x" }
    #expect(found.count == 1 && found.allSatisfy(\.channels.isEmpty))
  }

  @Test("an operand that the scale of the sum hardly shows")
  func unequalOperands() throws {
    let graph = try changed("project") { weights, bias in
      weights = weights.map { $0 / 1000 }
      bias = bias.map { $0 / 1000 }
    }
    let diagnosis = try diagnose(graph, smallSamples(8, seed: 1)) { $0.equalizes = false }
    #expect(described(harms(diagnosis)) == ["operands of different size at add []"])
  }

  @Test("layers tell their noise: accumulated, alone, and of each rounding")
  func layers() throws {
    var options = QuantizationOptions()
    options.effort = .low
    options.diagnoses = true
    let samples = CalibrationSamples(smallSamples(8, seed: 5))
    let model = try quantize(smallNetwork(seed: 5), samples: samples, options: options)
    let diagnosis = try #require(model.diagnosis)
    #expect(diagnosis.measuredSamples == 8)
    #expect(diagnosis.layers.map(\.name) == model.integerNodes)
    let last = try #require(diagnosis.layers.last)
    #expect(last.name == "classes" && last.accumulated == model.outputNoise[0].ratio)
    let weighted = diagnosis.layers.filter { $0.extraBytes > 0 }
    #expect(weighted.count == 7)
    #expect(weighted.allSatisfy { $0.alone ?? 0 > 0 && $0.weights ?? 0 > 0 && $0.input ?? 0 > 0 })
    // Single contributions add up to about the whole: within 3 dB of it.
    let sum = weighted.reduce(0) { $0 + ($1.alone ?? 0) }
    #expect((0.5...2).contains(sum / (last.accumulated ?? 0)))
    // What stays float has a price.
    for case .keepFloat(let names) in diagnosis.cures.map(\.action) {
      #expect(!names.isEmpty)
    }
    // An activation is wide when both sides of it are.
    let wide = diagnosis.cures.filter { if case .keepInt16 = $0.action { true } else { false } }
    #expect(wide.count == 3 && wide.allSatisfy { $0.extraBytes == 0 && $0.macCount > 0 })
    #expect(wide.allSatisfy { $0.gain > 0 })
    let kept = diagnosis.cures.filter { $0.extraBytes > 0 }
    #expect(kept.count == 3 && kept.allSatisfy { $0.macCount > 0 })
    #expect(kept.contains { $0.gain > 0 })
  }

  @Test("every method is tried, and rounding is, whatever the effort")
  func cures() throws {
    for (effort, isInUse) in [(QuantizationOptions.Effort.low, false), (.medium, true)] {
      let diagnosis = try diagnose(smallNetwork(seed: 6), smallSamples(8, seed: 6)) {
        $0.effort = effort
      }
      let methods = diagnosis.cures.count { if case .method = $0.action { true } else { false } }
      #expect(methods == CalibrationMethod.allCases.count - 1)
      let rounding = try #require(diagnosis.cures.first { $0.action == .learnRounding })
      #expect(rounding.isInUse == isInUse && rounding.gain > 0)
      #expect(zip(diagnosis.cures, diagnosis.cures.dropFirst()).allSatisfy { $0.gain >= $1.gain })
    }
  }
}
