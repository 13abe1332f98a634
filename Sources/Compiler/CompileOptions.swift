// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// What a compilation may choose, beside the model itself.
package struct CompileOptions: Sendable {
  /// When a depthwise convolution may write over its own input.
  ///
  /// It then runs block of channels by block of channels, which costs time and saves the output.
  package enum InPlaceDepthwise: Sendable {
    case never
    case whenItLowersThePeak
  }

  /// The rounding of float32 multiply-adds; `fma` needs a CPU with that instruction.
  package var floatClass: FloatClass = .fma
  package var inPlaceDepthwise: InPlaceDepthwise = .whenItLowersThePeak

  /// The dtype of inputs and outputs that hold real numbers: float32, int8 or uint8; `nil` keeps
  /// the model's own.
  package var portType: DType?

  /// Whether integer weights of float products become float32: more bytes, faster for many rows.
  package var expandsWeights = false

  /// The most bytes the arena may take; `nil` sets no limit.
  package var arenaBudget: Int?

  /// The most bytes that everything `MemoryReport.totalBytes` counts may take.
  package var memoryBudget: Int?

  /// The model's name, for reports.
  package var sourceName = ""

  package init() {}
}
