// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

/// The states of a program, which its entry points share by name, one behind the other.
struct ProgramStates: Sendable {
  struct State: Sendable {
    let name: String
    let initial: TensorData
    /// Where it is in the state block; a multiple of 64.
    let offset: Int
  }

  private(set) var all: [State] = []

  /// The initial contents of the state block; gaps are 0.
  private(set) var bytes: [UInt8] = []

  /// Looked up, never listed.
  private var indices: [String: Int] = [:]

  /// The states of graphs that become entry points of one program.
  ///
  /// - Throws: `CompileError.stateMismatch` when two disagree about a state of one name.
  init(_ graphs: [Graph]) throws(CompileError) {
    for graph in graphs {
      for value in graph.states {
        guard let data = graph.initialState(value) else { continue }
        try add(graph.name(of: value), data)
      }
    }
  }

  private mutating func add(_ name: String, _ data: TensorData) throws(CompileError) {
    if let index = indices[name] {
      guard all[index].initial == data else { throw .stateMismatch(name: name) }
      return
    }
    let offset = ProgramFormat.aligned(bytes.count)
    bytes += [UInt8](repeating: 0, count: offset - bytes.count) + data.bytes
    indices[name] = all.count
    all.append(State(name: name, initial: data, offset: offset))
  }

  /// The number of the state of a name.
  func index(of name: String) -> Int {
    guard let index = indices[name] else { preconditionFailure("every state was added") }
    return index
  }
}
