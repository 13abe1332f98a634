// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// Operands: weights of the convolution, y.
///
/// Threads share blocks of y, one for each panel and tap of each phase.
func turnedFilters(_ parameters: [UInt8]) -> StepRequirements? {
  guard let window = decode(parameters, as: uk_window.self), window.isValidTransposed
  else { return nil }
  let (columns, depth) = (Count(window.out_channels), Count(window.in_channels))
  let taps = Count(window.kernel_height) * Count(window.kernel_width)
  return StepRequirements(
    rows: Count((UInt64(window.out_channels) + 15) / 16) * window.phaseTaps,
    [
      OperandRequirement(.float32, count: depth.padded(to: panelColumns) * taps * columns),
      OperandRequirement(.float32, count: window.paddedColumns * window.phaseTaps * depth),
    ])
}
