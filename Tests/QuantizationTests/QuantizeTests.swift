// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import Quantization
import TensorCore
import TestSupport
import Testing

struct QuantizeTests {
  private func program(_ graph: Graph) throws -> Program {
    try Program(copying: compile(graph).bytes)
  }

  private func options(_ effort: QuantizationOptions.Effort) -> QuantizationOptions {
    var options = QuantizationOptions()
    options.effort = effort
    return options
  }

  @Test("every layer is computed in integers, close to the float model")
  func smallNetworks() throws {
    var noises: [QuantizationOptions.Effort: Double] = [:]
    for seed: UInt64 in 1...4 {
      let graph = try smallNetwork(seed: seed)
      let samples = CalibrationSamples(smallSamples(16, seed: seed))
      for effort in QuantizationOptions.Effort.allCases {
        let quantized = try quantize(graph, samples: samples, options: options(effort))
        try expectIntegers(optimize(quantized.graph))
        let program = try program(quantized.graph)
        var noise = Noise()
        for inputs in smallSamples(8, seed: seed + 50) {
          let real = graph.reference(inputs)[0].values
          let result = try run(program, inputs)[0]
          noise.add(TensorData(result.type.shape, float32: real.map { Float($0) }), result)
        }
        noises[effort, default: 0] += noise.ratio
        #expect(noise.decibels > 20)
      }
    }
    let (low, medium) = try (#require(noises[.low]), #require(noises[.medium]))
    #expect(medium < low, "learned rounding has less noise on samples it has not seen")
  }

  private func expectIntegers(_ graph: Graph) {
    for node in graph.nodes where !(node.operation is Quantize || node.operation is Dequantize) {
      #expect(graph.type(of: node.outputs[0]).dtype == .int8, "\(node.name)")
    }
  }

  @Test("a spread of channels that ruins per-tensor scales is repaired")
  func plantedSpread() throws {
    let spread: [Float] = [0x1p-4, 0x1p4, 1, 0x1p3, 0x1p-3, 2, 0.5, 0x1p2]
    let samples = CalibrationSamples(smallSamples(16, seed: 5))
    var plain = options(.low)
    plain.equalizes = false
    func decibels(_ spread: [Float]?, _ options: QuantizationOptions) throws -> Double {
      try quantize(smallNetwork(seed: 5, spread: spread), samples: samples, options: options)
        .outputNoise[0].decibels
    }
    let intact = try decibels(nil, options(.low))
    #expect(try decibels(spread, plain) < intact - 6)
    #expect(try decibels(spread, options(.low)) > intact - 1)
  }

  @Test("the same model, samples and options give the same program, whatever the threads")
  func determinism() throws {
    let samples = CalibrationSamples(smallSamples(6, seed: 8))
    let programs = try [1, 2, 3].map { threads in
      var options = options(.high)
      options.threads = threads
      return try compile(
        quantize(smallNetwork(seed: 8), samples: samples, options: options).graph
      ).bytes
    }
    #expect(programs[0] == programs[1] && programs[0] == programs[2])
  }

  @Test("a node that is to stay float does")
  func excluded() throws {
    var options = options(.low)
    options.excludedNodes = ["depthwise"]
    let quantized = try quantize(
      smallNetwork(seed: 8), samples: CalibrationSamples(smallSamples(4, seed: 8)),
      options: options)
    let optimized = try optimize(quantized.graph)
    let node = try #require(optimized.nodes.first { $0.name == "depthwise" })
    #expect(optimized.type(of: node.outputs[0]).dtype == .float32)
    options.excludedNodes = ["nowhere"]
    #expect(throws: QuantizationError.unknownNode("nowhere")) {
      try quantize(
        smallNetwork(seed: 8), samples: CalibrationSamples(smallSamples(4, seed: 8)),
        options: options)
    }
  }

  // MARK: - Bad input

  @Test("nothing to calibrate on")
  func noSamples() throws {
    #expect(throws: QuantizationError.noSamples) {
      try quantize(smallNetwork(seed: 1), samples: CalibrationSamples([]))
    }
  }

  @Test("a sample that does not fit, or is no number")
  func badSamples() throws {
    let graph = try smallNetwork(seed: 1)
    let wrong = TensorData(Shape([1, 12, 12, 1]), float32: [Float](repeating: 0, count: 144))
    #expect {
      try quantize(graph, samples: CalibrationSamples([[wrong]]))
    } throws: {
      guard case .input(sample: "0", input: "x", _, _)? = $0 as? QuantizationError else {
        return false
      }
      return true
    }
    #expect(throws: QuantizationError.inputCount(sample: "0", expected: 1, found: 2)) {
      try quantize(graph, samples: CalibrationSamples([[wrong, wrong]]))
    }
    var values = smallSamples(1, seed: 1)[0][0].float32Values
    values[7] = .nan
    let sick = TensorData(Shape([1, 12, 12, 3]), float32: values)
    #expect(throws: QuantizationError.inputNotFinite(sample: "0", input: "x")) {
      try quantize(graph, samples: CalibrationSamples([[sick]]))
    }
  }

  @Test("results and constants that are no numbers name their node")
  func notFinite() throws {
    let samples = CalibrationSamples([[TensorData(Shape([1, 2]), float32: [3e38, 3e38])]])
    let large = try denseGraph(weights: [9, 9], bias: [0], inputs: 2, activation: .none)
    #expect(throws: QuantizationError.resultNotFinite(sample: "0", node: "dense")) {
      try quantize(large, samples: samples)
    }
    let sick = try denseGraph(weights: [.nan, 1], bias: [0], inputs: 2, activation: .none)
    #expect(throws: QuantizationError.constantNotFinite(node: "dense")) {
      try quantize(sick, samples: samples)
    }
  }

  @Test("a quantised model, and one without anything to quantise")
  func nothingToDo() throws {
    let samples = CalibrationSamples(smallSamples(2, seed: 1))
    let quantized = try quantize(smallNetwork(seed: 1), samples: samples)
    #expect {
      try quantize(quantized.graph, samples: samples)
    } throws: {
      guard case .alreadyQuantized? = $0 as? QuantizationError else { return false }
      return true
    }
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.float32, Shape([4])))
    builder.output("y", try builder.apply(Absolute(), [x], name: "absolute"))
    #expect(throws: QuantizationError.nothingToQuantize) {
      try quantize(
        builder.finish(),
        samples: CalibrationSamples([[TensorData(Shape([4]), float32: [1, 2, 3, 4])]]))
    }
  }

  @Test("a layer of so many products that a sum could leave 32 bits stays float")
  func deepLayer() throws {
    let depth = 40_000
    let graph = try denseGraph(
      weights: [Float](repeating: 0.01, count: depth), bias: [0], inputs: depth, activation: .none)
    let x = TensorData(Shape([1, depth]), float32: [Float](repeating: 1, count: depth))
    #expect(throws: QuantizationError.nothingToQuantize) {
      try quantize(graph, samples: CalibrationSamples([[x]]))
    }
  }

  @Test(
    "one sample, and numbers near the ends of float32",
    arguments: [
      Float.leastNonzeroMagnitude, 1e-38, 1e-20, 1e18,
    ])
  func extremeNumbers(magnitude: Float) throws {
    let graph = try denseGraph(
      weights: [1, -0.5, 0, 0], bias: [0, magnitude], inputs: 2, activation: .none)
    let x = [TensorData(Shape([1, 2]), float32: [magnitude, magnitude / 2])]
    var options = QuantizationOptions()
    options.effort = .high
    let quantized = try quantize(graph, samples: CalibrationSamples([x]), options: options)
    let results = try run(program(quantized.graph), x)[0].float32Values
    let expected = graph.reference(x)[0].values
    // A level at both ends of the layer; numbers without a normal scale count as 0.
    let bound = max(Double(magnitude) / 40, Double(Float.leastNormalMagnitude) * 256)
    #expect(zip(results, expected).allSatisfy { abs(Double($0) - $1) <= bound })
  }

  @Test("constant tensors: weights, activations and inputs of zeros")
  func zeros() throws {
    let zero = try denseGraph(
      weights: [0, 0, 0, 0], bias: [0, 0.5], inputs: 2, activation: .relu)
    let samples = CalibrationSamples([[TensorData(Shape([1, 2]), float32: [0, 0])]])
    let quantized = try quantize(zero, samples: samples)
    let result = try run(program(quantized.graph), [TensorData(Shape([1, 2]), float32: [0, 0])])
    // The range is that of one constant, which is a level of its own.
    #expect(abs(result[0].float32Values[1] - 0.5) < 0.5 / 255)
    #expect(result[0].float32Values[0] == 0)
  }
}
