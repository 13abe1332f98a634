// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Graph {
  /// The names of the parameters that are trained, in the order of their nodes.
  ///
  /// The head is the last weighted layer that leads to the output. The last block is everything
  /// behind the last sum of two branches that has another weighted layer than the head behind it;
  /// in a network without branches the last two layers.
  package func names(of trainable: Recipe.Trainable, output: Int = 0) -> [String] {
    let all = parameters
    switch trainable {
    case .all: return all.map(\.name)
    case .names(let patterns):
      return all.map(\.name).filter { name in patterns.contains { $0.matches(name) } }
    case .head: return names(all, from: weightedNodes(output).last)
    case .lastBlock: return names(all, from: firstOfLastBlock(output))
    }
  }

  private func names(_ parameters: [Parameter], from node: Int?) -> [String] {
    guard let node else { return [] }
    return parameters.filter { $0.node >= node }.map(\.name)
  }

  /// The nodes with learnt weights that lead to an output, in order.
  private func weightedNodes(_ output: Int) -> [Int] {
    let weighted = Set(parameters.filter { $0.role == .weights }.map(\.node))
    var needed = Set([outputs[output].value])
    var found: [Int] = []
    for index in nodes.indices.reversed()
    where nodes[index].outputs.contains(where: needed.contains) {
      needed.formUnion(nodes[index].inputs)
      if weighted.contains(index) { found.append(index) }
    }
    return found.reversed()
  }

  private func firstOfLastBlock(_ output: Int) -> Int? {
    let weighted = weightedNodes(output)
    let before = weighted.dropLast()
    guard let last = before.last else { return weighted.last }
    let joint = nodes.indices.last { index in
      index < last && nodes[index].operation is Add
        && nodes[index].inputs.allSatisfy { constant($0) == nil }
    }
    guard let joint else { return last }
    return before.first { $0 > joint }
  }
}
