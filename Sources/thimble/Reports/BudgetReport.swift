// SPDX-License-Identifier: Apache-2.0
import Compiler
import TensorCore

/// A refusal for lack of memory, for programs; people read the error's own text.
struct BudgetReport: Encodable {
  struct Item: Encodable {
    let kind: String
    let name: String
    let bytes: Int
  }

  struct Remedy: Encodable {
    let change: String
    /// The input that would be smaller, and its shape then.
    let input: String?
    let shape: [Int]?
    let neededBytes: Int
    let savedBytes: Int
    let isEnough: Bool
  }

  let error = "over_budget"
  let limit: String
  let budgetBytes: Int
  let neededBytes: Int
  let largest: [Item]
  let remedies: [Remedy]

  init(_ excess: BudgetExcess) {
    limit =
      switch excess.limit {
      case .arena: "arena"
      case .memory: "memory"
      }
    budgetBytes = excess.budgetBytes
    neededBytes = excess.neededBytes
    largest = excess.largest.map {
      Item(kind: $0.kind.jsonName, name: $0.name, bytes: $0.byteCount)
    }
    remedies = excess.remedies.map { remedy in
      let (name, input) = remedy.change.json
      return Remedy(
        change: name, input: input?.name, shape: input?.shape.extents,
        neededBytes: remedy.neededBytes, savedBytes: excess.savedBytes(by: remedy),
        isEnough: excess.isEnough(remedy))
    }
  }
}

extension BudgetExcess.Item.Kind {
  fileprivate var jsonName: String {
    switch self {
    case .constants: "constants"
    case .activation: "activation"
    case .input: "input"
    case .output: "output"
    case .scratch: "scratch"
    case .state: "state"
    case .calls: "calls"
    }
  }
}

extension BudgetExcess.Remedy.Change {
  fileprivate var json: (name: String, input: (name: String, shape: Shape)?) {
    switch self {
    case .inPlaceDepthwise: ("in_place_depthwise", nil)
    case .int8: ("int8", nil)
    case .input(let name, let shape): ("smaller_input", (name, shape))
    case .int8AndInput(let name, let shape): ("int8_and_smaller_input", (name, shape))
    }
  }
}
