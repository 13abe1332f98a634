// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A part of a whole as users write it: `1%`, `0.01`.
struct Share: ExpressibleByArgument, Equatable {
  /// 0 to 1.
  let value: Double

  init?(argument: String) {
    let isPercent = argument.hasSuffix("%")
    guard let number = Double(isPercent ? argument.dropLast() : argument[...]) else { return nil }
    let value = isPercent ? number / 100 : number
    guard (0...1).contains(value) else { return nil }
    self.value = value
  }
}
