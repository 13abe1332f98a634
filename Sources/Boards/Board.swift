// SPDX-License-Identifier: Apache-2.0
import Compiler
import Yams

/// What is known of a CPU, read from a file of `boards/`.
package struct Board: Hashable, Sendable {
  package let name: String
  package let cpu: String
  package let rates: KernelRates

  /// Reads a board file.
  ///
  /// - Throws: `BoardError`.
  package init(yaml: String) throws(BoardError) {
    let file: File
    do {
      file = try YAMLDecoder().decode(File.self, from: yaml)
    } catch {
      throw .syntax("\(error)")
    }
    name = file.name
    cpu = file.cpu
    var rates: [String: KernelRates.Rate] = [:]
    for (contract, entry) in file.kernels.sorted(by: { $0.key < $1.key }) {
      switch (entry.gmacs, entry.gigabytes) {
      case (let rate?, nil) where Self.plausibleRates.contains(rate):
        rates[contract] = .multiplyAccumulates(rate)
      case (nil, let rate?) where Self.plausibleRates.contains(rate):
        rates[contract] = .bytes(rate)
      default: throw .rate(kernel: contract)
      }
    }
    self.rates = KernelRates(rates)
  }

  /// A nanosecond's work: from one product in a millisecond to a million at once.
  private static let plausibleRates = 1e-6...1e6

  /// The file as it is written.
  private struct File: Decodable {
    struct Entry: Decodable {
      let gmacs: Double?
      let gigabytes: Double?
    }

    let name: String
    let cpu: String
    let kernels: [String: Entry]
  }
}

/// Why a file does not describe a board.
package enum BoardError: Error, Equatable, Sendable, CustomStringConvertible {
  /// It is not YAML of a board; the words say what is missing.
  case syntax(String)

  /// A kernel has no rate, or two, or one that no CPU has.
  case rate(kernel: String)

  /// What is wrong and what to do.
  package var description: String {
    switch self {
    case .syntax(let words):
      "this does not describe a board: \(words); tools/bench/kernels --board NAME writes such files"
    case .rate(let kernel):
      "kernel \(kernel): give either gmacs or gigabytes, a number from 0.000001 to 1000000"
    }
  }
}
