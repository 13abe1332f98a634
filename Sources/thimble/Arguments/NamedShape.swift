// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TensorCore

/// `NAME=SHAPE`: an input of a model and the extents to compile it for, `image=1x3x224x224`.
struct NamedShape: ExpressibleByArgument {
  let name: String
  let shape: Shape

  init?(argument: String) {
    guard let separator = argument.lastIndex(of: "=") else { return nil }
    let fields = argument[argument.index(after: separator)...].split(
      separator: "x", omittingEmptySubsequences: false)
    let extents = fields.compactMap { Int($0) }
    guard extents.count == fields.count, extents.allSatisfy({ $0 > 0 }),
      let shape = Shape(checking: extents)
    else { return nil }
    name = String(argument[..<separator])
    self.shape = shape
  }
}
