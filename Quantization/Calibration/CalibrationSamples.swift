// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Inputs that stand for what the model will meet, read one by one.
package struct CalibrationSamples {
  /// One sample: what to call it, and the inputs of each of its runs, in the order of the ports.
  package typealias Sample = (name: String, runs: [[TensorData]])

  package let count: Int
  private let read: (Int) throws -> Sample

  package init(count: Int, _ read: @escaping (Int) throws -> Sample) {
    self.count = count
    self.read = read
  }

  /// Samples that are in memory already, of one run each.
  package init(_ samples: [[TensorData]]) {
    self.init(count: samples.count) { ("\($0)", [samples[$0]]) }
  }

  package subscript(index: Int) -> Sample {
    get throws { try read(index) }
  }

  /// Every second sample, from the first or from the second.
  func everySecond(from start: Int) -> CalibrationSamples {
    CalibrationSamples(count: (count + 1 - start) / 2) { try read(2 * $0 + start) }
  }

  /// Does something with the inputs of every run of every sample, in order.
  func forEachRun(_ body: (_ name: String, _ inputs: [TensorData]) throws -> Void) throws {
    for index in 0..<count {
      let (name, runs) = try self[index]
      for inputs in runs { try body(name, inputs) }
    }
  }

  /// The first samples, at most so many.
  package func prefix(_ count: Int) -> CalibrationSamples {
    CalibrationSamples(count: min(count, self.count), read)
  }

  /// Samples that lie evenly among all, at most so many.
  package func spread(_ count: Int) -> CalibrationSamples {
    let count = min(count, self.count)
    return CalibrationSamples(count: count) { try read($0 * self.count / count) }
  }
}
