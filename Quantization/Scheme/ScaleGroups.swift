// SPDX-License-Identifier: Apache-2.0
import Compiler
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

  /// What the values that share a scale can become, by the value that stands for them; none where
  /// nothing can exceed what was seen of one of them.
  private(set) var attainable: [Value: ClosedRange<Double>] = [:]

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
    setAttainable(graph, placement)
  }

  /// The value that stands for all that share its scale.
  func representative(_ value: Value) -> Value { Value(id: sets.representative(value.id)) }

  private mutating func setAttainable(_ graph: Graph, _ placement: Placement) {
    var closed: Set<Value> = []
    for value in placement.quantizedValues(graph) {
      let group = representative(value)
      guard let own = graph.attainableRange(of: value) else {
        closed.insert(group)
        continue
      }
      let known = attainable[group] ?? own
      attainable[group] =
        min(known.lowerBound, own.lowerBound)...max(known.upperBound, own.upperBound)
    }
    for group in closed { attainable[group] = nil }
  }

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

extension Graph {
  /// What may come of a value on other samples; `nil` where samples show all: inputs, which come
  /// in a format of their own, and functions that level off.
  fileprivate func attainableRange(of value: Value) -> ClosedRange<Double>? {
    guard let producer = producer(of: value) else { return nil }
    let operation = nodes[producer].operation
    switch operation {
    case is any RealFunction, is Softmax: return nil
    case let layer as any WeightedOperator: return layer.activation.range
    case let add as Add: return add.activation.range
    default: break
    }
    guard Swift.type(of: operation).quantization == .sameAsInput else {
      return -.infinity ... .infinity
    }
    var union: ClosedRange<Double>?
    for input in activations(of: producer) where constant(input) == nil {
      guard let range = attainableRange(of: input) else { return nil }
      let known = union ?? range
      union = min(known.lowerBound, range.lowerBound)...max(known.upperBound, range.upperBound)
    }
    return union
  }
}

extension ActivationRange {
  fileprivate var range: ClosedRange<Double> { Double(min)...Double(max) }
}
