// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Whether samples differ from each other, and within.
package struct SampleVariety: Sendable {
  package private(set) var runCount = 0

  /// Runs of which every input is one number throughout: black pictures, silence.
  package private(set) var constantCount = 0

  /// Runs whose inputs are those of the first run, itself included.
  package private(set) var repeatedCount = 0

  private var first: [TensorData] = []

  package init() {}

  /// Whether the samples show next to nothing of what a model will meet.
  package var isTooLittle: Bool {
    2 * constantCount > runCount || runCount > 1 && repeatedCount == runCount
  }

  /// Takes the inputs of one run.
  package mutating func add(_ inputs: [TensorData]) {
    if runCount == 0 { first = inputs }
    runCount += 1
    if inputs == first { repeatedCount += 1 }
    // One element is always one number: it says nothing.
    let arrays = inputs.filter { $0.type.shape.elementCount > 1 }
    if !arrays.isEmpty, arrays.allSatisfy(\.isConstant) { constantCount += 1 }
  }
}

extension TensorData {
  /// Whether all elements have the same bytes.
  fileprivate var isConstant: Bool {
    let size = bytes.count / max(type.shape.elementCount, 1)
    return bytes.indices.dropFirst(size).allSatisfy { bytes[$0] == bytes[$0 - size] }
  }
}
