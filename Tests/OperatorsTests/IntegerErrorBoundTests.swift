// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

/// Integer kernels against the reals that their inputs were rounded from.
///
/// `ConformanceTests` holds them to their exact rules on what is stored; here both the rule and the
/// scales are judged by what the operator means in `Double`.
@Suite struct IntegerErrorBoundTests {
  static let operators = Catalogue.all.filter {
    $0.quantization == .freeOutputScale || $0.quantization == .sameAsInput
  }.map { $0.name }

  @Test("no further from the reals than half a step of each operand explains", arguments: operators)
  func bounds(_ name: String) throws {
    let samples = try #require(Catalogue.named(name)).samples.filter(\.isReal)
    var boundedCount = 0
    for sample in samples {
      for seed: UInt64 in 1...3 where try isWithinBound(IntegerSample(sample, seed: seed)) {
        boundedCount += 1
      }
    }
    #expect(boundedCount > 0, "no sample has an integer form, or none a bound")
  }

  /// Whether there is an integer form; what is wrong with it is recorded.
  private func isWithinBound(_ sample: IntegerSample) throws -> Bool {
    guard let bound = integerErrorBound(sample) else {
      let some = QuantizationParameters(scale: 0.05, zeroPoint: 3)
      #expect(try sample.result(sample.operation, some) == nil, "an integer form without a bound")
      return false
    }
    let reference = sample.reference
    let output = QuantizationParameters(levelsOver: bound.range(around: reference))
    guard let result = try sample.result(bound.operation, output) else { return false }
    let step = try #require(result.type.quantization?.perTensor).scale
    let half = bound.isRounded ? Double(step) / 2 : 0
    for (index, value) in ReferenceTensor(result).values.enumerated() {
      let allowed = bound.carried[index] + bound.arithmetic[index] + half
      let difference = abs(value - reference.values[index])
      guard difference > allowed * (1 + 0x1p-40) || difference.isNaN else { continue }
      Issue.record("element \(index): \(value), not \(reference.values[index]) ± \(allowed)")
      break
    }
    return true
  }

  @Test("what converts rounds by half a step, or gives no reals")
  func conversions() throws {
    let names = Catalogue.all.filter { $0.quantization == .conversion }.map { $0.name }
    // Positions, truth values and integers are exact by their rules; dequantising rounds nothing
    // but the float.
    let exact = ["ArgMax", "Cast", "Comparison", "Dequantize", "SignConversion"]
    #expect(names.sorted() == (exact + ["Quantize"]).sorted())
    var generator = SeededGenerator(seed: 5)
    let x = randomTensor(TensorType(.float32, [4000]), in: -3...5, using: &generator)
    let parameters = QuantizationParameters(levelsOver: -3...5)
    var builder = GraphBuilder()
    let stored = try builder.apply(
      Quantize(), [builder.input("x", x.type)], quantization: parameters, name: "node")
    builder.output("y", stored)
    let result = try ReferenceTensor(
      run(Program(copying: compile(builder.finish()).bytes), [x])[0])
    let half = Double(parameters.scales[0]) / 2
    for (real, rounded) in zip(x.storedValues, result.values) {
      // The quotient is rounded once.
      #expect(abs(real - rounded) <= half + 0x1p-23 * abs(real))
    }
  }
}

extension Sample {
  /// Whether all of it is in float32, but for indices and truth values.
  fileprivate var isReal: Bool {
    let types = inputs.map { input in
      switch input {
      case .variable(let type, _), .constant(let type, _): type
      case .data(let data): data.type
      }
    }
    return types.contains { $0.dtype == .float32 } && types.allSatisfy { $0.quantization == nil }
      && !types.contains { [.int8, .float16].contains($0.dtype) } && outputQuantization == nil
      // Packed weights are those of training, in float.
      && (operation as? any PackableOperator)?.packing == nil
  }
}
