// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A number of bytes as users write it: `4096`, `512KiB`, `64MiB`, `1GiB`.
struct ByteSize: ExpressibleByArgument, Equatable {
  let byteCount: Int

  private static let units = ["KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let unit = String(argument.dropFirst(digits.count))
    guard let count = Int(digits), let size = unit.isEmpty ? 1 : Self.units[unit] else {
      return nil
    }
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: size)
    if overflow { return nil }
    self.byteCount = byteCount
  }
}
