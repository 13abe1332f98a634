// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators

extension ForeignNode {
  /// What the node means; `nil` when no operator is spelled like this at its version.
  var spelling: Spelling? {
    guard let key else { return nil }
    return onnxStructuralSpellings[key] ?? shapeSpellings[key]
      ?? Catalogue.spelling(for: key, version: version)
  }
}

extension ForeignModel {
  /// The operators that have no spelling, in order of first use.
  package var unsupportedOperators: [UnsupportedOperator] {
    var order: [String] = []
    var found: [String: (count: Int, first: ForeignNode)] = [:]
    for node in nodes where node.spelling == nil {
      if let known = found[node.operatorName] {
        found[node.operatorName] = (known.count + 1, known.first)
      } else {
        order.append(node.operatorName)
        found[node.operatorName] = (1, node)
      }
    }
    return order.compactMap { name in
      found[name].map { entry in
        UnsupportedOperator(
          operatorName: name, count: entry.count, firstNode: entry.first.name,
          byteOffset: entry.first.byteOffset)
      }
    }
  }
}
