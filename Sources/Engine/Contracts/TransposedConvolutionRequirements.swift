// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// Operands: x, weights, bias, scale, pad, y.
func s8TransposedConvolution(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_window_parameters.self),
    p.window.isValidTransposed, p.isValidContraction
  else { return nil }
  let window = p.window
  let depth = Count(window.in_channels).padded(to: int8GroupDepth)
  return StepRequirements(
    rows: window.outputRows,
    scratchBytes: unsafe scratch(p, uk_s8_tconv_requant_scratch_bytes),
    [
      window.input(.int8),
      OperandRequirement(.int8, count: window.paddedColumns * window.phaseTaps * depth),
      OperandRequirement(.int32, count: window.paddedColumns * window.phases),
      OperandRequirement(.float32, count: window.paddedColumns * window.phases),
      OperandRequirement(.int8, count: Count(window.in_channels)),
      window.output(.int8),
    ])
}

/// Operands: x, weights, bias, pad, y.
func f32TransposedConvolution(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_window_parameters.self),
    p.window.isValidTransposed, p.isValidConvolution
  else { return nil }
  let window = p.window
  let depth = Count(window.in_channels)
  return StepRequirements(
    rows: window.outputRows,
    scratchBytes: unsafe scratch(p, uk_f32_tconv_clamp_scratch_bytes),
    [
      window.input(.float32),
      OperandRequirement(.float32, count: window.paddedColumns * window.phaseTaps * depth),
      OperandRequirement(.float32, count: window.paddedColumns * window.phases),
      OperandRequirement(.float32, count: Count(window.in_channels)),
      window.output(.float32),
    ])
}

extension uk_window {
  var isValidTransposed: Bool {
    isValid && max(stride_height, stride_width) <= UInt32(UK_TCONV_MAX_STRIDE)
  }

  var paddedColumns: Count { Count(out_channels).padded(to: panelColumns) }

  /// The phases of a transposed convolution.
  ///
  /// - Precondition: `isValidTransposed`, as below.
  fileprivate var phases: Count {
    // SAFETY: the functions of uk_tconv.h read the one struct they are given.
    unsafe withUnsafePointer(to: self) { window in
      unsafe Count(uk_tconv_row_phases(window)) * Count(uk_tconv_column_phases(window))
    }
  }

  /// The taps of all phases.
  var phaseTaps: Count {
    // SAFETY: as above.
    unsafe withUnsafePointer(to: self) { window in
      unsafe Count(uk_tconv_row_taps(window, uk_tconv_row_phases(window)))
        * Count(uk_tconv_column_taps(window, uk_tconv_column_phases(window)))
    }
  }
}
