// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Exporters
import Graph
import Importers
import Operators
import Quantization
import TensorCore
import TestSupport
import Testing

/// Models whose weights are stored in fewer bits, as others see them; `SampleExportTests` has each
/// layer in ONNX Runtime.
struct StoredExportTests {
  /// A table, layers of two and three axes, a pointwise convolution and an odd depth.
  private func graph() throws -> Graph {
    var random = SeededGenerator(seed: 4)
    var builder = GraphBuilder()
    func weights(_ shape: Shape) -> Value {
      builder.constant(randomTensor(TensorType(.float32, shape), using: &random))
    }
    let ids = builder.input("ids", TensorType(.int64, [1, 6]))
    let rows = try builder.apply(Gather(axis: 0), [weights([30, 45]), ids], name: "table")
    let wide = try builder.apply(
      FullyConnected(activation: .relu), [rows, weights([64, 45]), weights([64])], name: "wide")
    let image = try builder.apply(Reshape(shape: [1, 2, 3, 64]), [wide], name: "image")
    let mixed = try builder.apply(
      Convolution(), [image, weights([33, 1, 1, 64]), weights([33])], name: "mixed")
    let flat = try builder.apply(Reshape(shape: [6, 33]), [mixed], name: "flat")
    let y = try builder.apply(FullyConnected(), [flat, weights([40, 33])], name: "classes")
    builder.output("y", y)
    return builder.finish()
  }

  private func stored(_ format: StorageFormat, isDynamic: Bool = false) throws -> Graph {
    var options = StorageOptions()
    options.format = format
    options.isDynamic = isDynamic
    return try storeWeights(graph(), options: options).graph
  }

  @Test("int8 and int4 compile to the same program when imported again")
  func isTheSameProgram() throws {
    for graph in try [stored(.int8), stored(.int4), stored(.int8, isDynamic: true)] {
      let again = try importModel(exportONNX(graph))
      let ours = try optimize(graph)
      #expect(try optimize(again).operations == ours.operations)
      let input = TensorData([1, 6], int64: [3, 0, 29, 11, 7, 8])
      let results = try [graph, again].map { try run(Program(copying: compile($0).bytes), [input]) }
      #expect(results[0] == results[1])
    }
  }

  @Test("a file has the bytes of its weights, and little more")
  func sizes() throws {
    let count = 30 * 45 + 64 * 45 + 33 * 64 + 40 * 33
    let float = try exportONNX(graph()).count
    #expect(try exportONNX(stored(.int8)).count < float - 4 * count + count + 3000)
    // The table is int8.
    #expect(try exportONNX(stored(.int4)).count < float - 4 * count + count + 3000)
    #expect(try exportONNX(stored(.float16)).count < float - 2 * (count - 30 * 45) + 1000)
  }
}

extension Graph {
  fileprivate var operations: [String] { nodes.map { Swift.type(of: $0.operation).name } }
}
