// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators

/// Finds what a foreign operator means: the spellings of the catalogue, by key and version.
struct SpellingTable {
  private var spellings: [Spelling.Key: [Spelling]] = [:]

  init(_ spellings: [Spelling]) {
    for spelling in spellings { self.spellings[spelling.key, default: []].append(spelling) }
  }

  /// The newest spelling not above the version.
  func lookup(_ key: Spelling.Key, version: Int) -> Spelling? {
    spellings[key]?.filter { $0.since <= version }.max { $0.since < $1.since }
  }

  func lookup(_ node: ForeignNode) -> Spelling? {
    node.key.flatMap { lookup($0, version: node.version) }
  }

  /// Everything the catalogue and the ONNX importer itself understand.
  static let catalogue = SpellingTable(
    Catalogue.all.flatMap { $0.spellings } + onnxStructuralSpellings)
}

extension ForeignModel {
  /// The operators that the table does not cover, in order of first use.
  func unsupportedOperators(_ table: SpellingTable) -> [UnsupportedOperator] {
    var order: [String] = []
    var found: [String: (count: Int, first: ForeignNode)] = [:]
    for node in nodes where table.lookup(node) == nil {
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
