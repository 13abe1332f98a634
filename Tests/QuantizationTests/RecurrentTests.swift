// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import Quantization
import TensorCore
import TestSupport
import Testing

struct RecurrentTests {
  private static let (steps, depth, units) = (9, 6, 20)

  /// A dense layer of what an LSTM gives of a sequence.
  private func network(
    _ layer: LSTM, states: [Float]? = nil, silencing gate: Int? = nil
  ) throws -> Graph {
    var random = SplitMix64(seed: 11)
    var builder = GraphBuilder()
    func constant(_ shape: Shape, _ magnitude: Float) -> TensorData {
      TensorData(
        shape,
        float32: (0..<shape.elementCount).map { _ in
          Float.random(in: -magnitude...magnitude, using: &random)
        })
    }
    let rows = 4 * Self.units
    var weights = [constant([rows, Self.depth], 0.8), constant([rows, Self.units], 0.4)]
    if let gate {
      weights = weights.map { data in
        var values = data.float32Values
        let pitch = values.count / rows
        for index in 0..<pitch { values[gate * pitch + index] = 0 }
        return TensorData(data.type.shape, float32: values)
      }
    }
    let x = builder.input("x", TensorType(.float32, Shape([1, Self.steps, Self.depth])))
    var inputs = [x] + weights.map { builder.constant($0) }
    inputs.append(builder.constant(constant([rows], 0.5)))
    if let states {
      let state = TensorData([1, Self.units], float32: states)
      inputs += [builder.constant(state), builder.constant(state)]
    }
    let h = try builder.apply(layer, inputs, name: "memory")
    let columns = builder.type(of: h).shape.elementCount
    let flat = try builder.apply(Reshape(shape: [1, columns]), [h], name: "flat")
    let y = try builder.apply(
      FullyConnected(), [flat, builder.constant(constant([5, columns], 0.3))], name: "classes")
    builder.output("y", y)
    return builder.finish()
  }

  private func sequences(_ count: Int, seed: UInt64) -> [[TensorData]] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      let values = (0..<Self.steps * Self.depth).map { _ in
        Float.random(in: -1.5...1.5, using: &random)
      }
      return [TensorData(Shape([1, Self.steps, Self.depth]), float32: values)]
    }
  }

  private func quantized(_ graph: Graph) throws -> (Graph, Noise) {
    let quantized = try quantize(graph, samples: CalibrationSamples(sequences(24, seed: 1))).graph
    let program = try Program(copying: compile(quantized).bytes)
    var noise = Noise()
    for inputs in sequences(24, seed: 2) {
      let real = graph.reference(inputs)[0]
      noise.add(
        TensorData(real.shape, float32: real.values.map { Float($0) }), try run(program, inputs)[0])
    }
    return (try optimize(quantized), noise)
  }

  private func dtype(of graph: Graph) throws -> DType {
    let node = try #require(graph.nodes.first { $0.operation is LSTM })
    return graph.type(of: node.outputs[0]).dtype
  }

  @Test(
    "a sequence, its last step, either way round, with a clamp",
    arguments: [
      LSTM(isBatchMajor: true), LSTM(isBatchMajor: true, isReversed: true),
      LSTM(.last, isBatchMajor: true),
      LSTM(isBatchMajor: true, cellRange: ActivationRange(min: -1, max: 1)),
    ])
  func layers(_ layer: LSTM) throws {
    let (graph, noise) = try quantized(network(layer))
    #expect(try dtype(of: graph) == .int8)
    #expect(noise.decibels > 15)
  }

  @Test("a gate without weights keeps its bias")
  func silentGates() throws {
    let (graph, noise) = try quantized(network(LSTM(isBatchMajor: true), silencing: 3))
    #expect(try dtype(of: graph) == .int8)
    #expect(noise.decibels > 15)
  }

  @Test("a layer that starts from a state stays float")
  func states() throws {
    let state = [Float](repeating: 0.5, count: Self.units)
    let (graph, noise) = try quantized(network(LSTM(isBatchMajor: true), states: state))
    #expect(try dtype(of: graph) == .float32)
    #expect(noise.decibels > 15)
  }

  @Test("what no mixture reaches leaves a recurrent layer float as well")
  func mixedPrecision() throws {
    var options = QuantizationOptions()
    options.effort = .low
    options.goals.minimumDecibels = 90
    let model = try quantize(
      network(LSTM(isBatchMajor: true)), samples: CalibrationSamples(sequences(8, seed: 1)),
      options: options)
    #expect(model.integerNodes.isEmpty)
    #expect(model.keptNodes.contains { $0.name == "memory" })
  }
}
