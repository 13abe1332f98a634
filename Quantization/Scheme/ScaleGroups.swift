// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// Which values share a scale: those that an operator only moves, and the parts of a concatenation
/// that nothing else reads.
///
/// The parts would be rounded to the scale of the whole anyway, so sharing it loses nothing and
/// saves the rounding. A part that others read too keeps a scale of its own when its range is less
/// than half the whole's.
struct ScaleGroups {
  private var sets: DisjointSets

  /// Constants that share the scale of a value: tables that are looked up, constant parts.
  private(set) var constants: [(value: Value, seen: ActivationStatistics)] = []

  init(_ graph: Graph, _ placement: Placement, _ statistics: [Value: ActivationStatistics]) {
    sets = DisjointSets(count: graph.values.count)
    let consumers = graph.consumers
    for (index, node) in graph.nodes.enumerated() where placement.isInteger[index] {
      guard type(of: node.operation).quantization == .sameAsInput else { continue }
      let output = node.outputs[0]
      let activations = graph.activations(of: index)
      for input in activations {
        if let data = graph.constant(input) {
          var seen = ActivationStatistics(channels: 1)
          _ = seen.add(data.float32Values)
          constants.append((output, seen))
          continue
        }
        let isConcatenated = node.operation is Concatenation
        let isOnlyRead = consumers[input.id].count == 1
        if !isConcatenated || isOnlyRead || isComparable(input, output, statistics) {
          sets.join(input.id, output.id)
        }
      }
    }
    constants = constants.map { (representative($0.value), $0.seen) }
  }

  /// The value that stands for all that share its scale.
  func representative(_ value: Value) -> Value { Value(id: sets.representative(value.id)) }

  /// The functions that are all that reads a scale: those of values that share theirs with none.
  func functions(_ graph: Graph, _ placement: Placement) -> [Value: (Double) -> Double] {
    var functions: [Value: (Double) -> Double] = [:]
    let consumers = graph.consumers
    let sharers = Dictionary(grouping: placement.quantizedValues(graph), by: representative)
    for (index, node) in graph.nodes.enumerated() where placement.isInteger[index] {
      guard let function = node.operation as? any RealFunction else { continue }
      let x = node.inputs[0]
      guard consumers[x.id] == [index], sharers[x] == [x],
        !graph.outputs.contains(where: { $0.value == x })
      else { continue }
      functions[x] = { function($0) }
    }
    return functions
  }

  private func isComparable(
    _ part: Value, _ whole: Value, _ statistics: [Value: ActivationStatistics]
  ) -> Bool {
    guard let part = statistics[part], let whole = statistics[whole] else { return false }
    return 2 * (part.greatest - part.least) >= whole.greatest - whole.least
  }
}
