// SPDX-License-Identifier: Apache-2.0

extension ForeignModel {
  /// The nodes in an order in which every value is written before it is read.
  ///
  /// A file that is sorted keeps its order. Linear in nodes and their inputs; no recursion.
  func sortedNodes() throws(ImportError) -> [Int] {
    let producers = try self.producers()
    var state = [Progress](repeating: .untouched, count: nodes.count)
    var order: [Int] = []
    for root in nodes.indices where state[root] == .untouched {
      var stack: [(node: Int, nextInput: Int)] = [(root, 0)]
      state[root] = .open
      while let (node, nextInput) = stack.last {
        guard nextInput < nodes[node].inputs.count else {
          state[node] = .done
          order.append(node)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].nextInput += 1
        guard let input = nodes[node].inputs[nextInput], let producer = producers[input] else {
          continue
        }
        switch state[producer] {
        case .untouched:
          state[producer] = .open
          stack.append((producer, 0))
        case .open: throw .structure(.cycle(nodes[producer].location))
        case .done: break
        }
      }
    }
    return order
  }

  private enum Progress { case untouched, open, done }

  /// For each value, the node that writes it; checks that every value that is read is defined once.
  private func producers() throws(ImportError) -> [Int?] {
    var producers = [Int?](repeating: nil, count: values.count)
    let inputs = Set(self.inputs)
    for (index, node) in nodes.enumerated() {
      for case .some(let output) in node.outputs {
        guard producers[output] == nil, !inputs.contains(output), !values[output].isConstant else {
          throw .structure(
            .duplicateName(values[output].name, byteOffset: node.byteOffset))
        }
        producers[output] = index
      }
    }
    func isDefined(_ value: Int) -> Bool {
      producers[value] != nil || inputs.contains(value) || values[value].isConstant
    }
    for node in nodes {
      for case .some(let input) in node.inputs where !isDefined(input) {
        throw .structure(
          .undefinedValue(name: values[input].name, reader: node.location))
      }
    }
    for output in outputs where !isDefined(output) {
      throw .structure(.undefinedOutput(name: values[output].name))
    }
    return producers
  }
}
