// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import TensorCore

/// Runs a graph by the engine and shows values on the way.
///
/// The values become outputs of a program made of the graph as it stands, so they are what a board
/// would compute, by the same kernels, and all are in memory at once.
struct GraphRunner {
  private let session: Session
  private let inputTypes: [TensorType]
  private let inputNames: [String]
  /// Where each observed value is among the program's ports.
  private let places: [Place]

  private enum Place {
    case input(Int)
    case output(Int)
  }

  /// Prepares a graph to show values, none of them constant.
  init(
    _ graph: Graph, observing values: [Value], pool: ThreadPool? = nil
  ) throws(QuantizationError) {
    inputTypes = graph.inputs.map { graph.type(of: $0.value) }
    inputNames = graph.inputs.map(\.name)
    var outputs: [Graph.Port] = []
    var places: [Place] = []
    var known: [Value: Place] = [:]
    for (index, port) in graph.inputs.enumerated() { known[port.value] = .input(index) }
    for value in values {
      let place = known[value] ?? .output(outputs.count)
      if known[value] == nil {
        outputs.append(Graph.Port(name: "value \(value.id)", value: value))
        known[value] = place
      }
      places.append(place)
    }
    self.places = places
    let observed = Graph(
      values: graph.values, nodes: graph.nodes, inputs: graph.inputs, outputs: outputs)
    let program = try compiledProgram(of: needed(of: observed))
    do throws(SessionError) {
      var options = Session.Options()
      options.pool = pool
      session = try Session(program, options: options)
    } catch {
      throw .session(error)
    }
  }

  /// Prepares the graph of a builder that ends in one value.
  init(of builder: GraphBuilder, observing value: Value) throws(QuantizationError) {
    var builder = builder
    builder.output("result", value)
    try self.init(builder.finish(), observing: [value])
  }

  /// Runs once and gives the observed values; `sample` is what errors call the inputs.
  func run(_ inputs: [TensorData], sample: String) throws(QuantizationError) -> [TensorData] {
    guard inputs.count == inputTypes.count else {
      throw .inputCount(sample: sample, expected: inputTypes.count, found: inputs.count)
    }
    for (index, input) in inputs.enumerated() {
      guard input.type == inputTypes[index] else {
        throw .input(
          sample: sample, input: inputNames[index], expected: inputTypes[index], found: input.type)
      }
    }
    do throws(SessionError) {
      session.resetState()
      for (index, input) in inputs.enumerated() { try session.setInput(index, to: input.bytes) }
      session.run()
      return try places.map { (place) throws(SessionError) in
        switch place {
        case .input(let index): return inputs[index]
        case .output(let index):
          let type = session.program.entryPoints[0].outputs[index].type
          return TensorData(type, bytes: try session.outputBytes(index))
        }
      }
    } catch {
      throw .session(error)
    }
  }
}

/// A graph without the nodes that no output needs.
private func needed(of graph: Graph) throws(QuantizationError) -> Graph {
  do throws(OperatorError) {
    return try graph.rewritten { _, _, _ in nil }
  } catch {
    throw .rewriting(error)
  }
}

/// The program of a graph as it stands.
private func compiledProgram(of graph: Graph) throws(QuantizationError) -> Program {
  do throws(CompileError) {
    let bytes = try lower(graph, options: CompileOptions()).bytes
    do throws(ProgramError) {
      return try Program(copying: bytes)
    } catch {
      throw CompileError.invalidProgram(error)
    }
  } catch {
    throw .compilation(error)
  }
}
