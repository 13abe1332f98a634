// SPDX-License-Identifier: Apache-2.0
import CKernels

/// The parameter block of a matrix contract, and the scratch that a call needs by it.
struct MatrixParameters {
  var bytes: [UInt8]
  var scratchCount: Int

  init(_ problem: MatrixProblem, _ data: MatrixData, isInPlace: Bool) {
    switch problem {
    case .product(let rows, let columns, let depth):
      self.init(rows, columns, depth, data)
    case .convolution(let window):
      self.init(
        window, data,
        data.elementBytes == 2
          ? uk_s16_conv_requant_scratch_bytes : uk_s8_conv_requant_scratch_bytes,
        uk_f32_conv_clamp_scratch_bytes)
    case .runs(let window):
      self.init(window, data, uk_s8_conv_runs_requant_scratch_bytes) { _ in 0 }
    case .depthwise(let window) where isInPlace:
      self.init(
        window, data, uk_s8_dwconv_inplace_requant_scratch_bytes,
        uk_f32_dwconv_inplace_clamp_scratch_bytes)
    case .depthwise(let window):
      self.init(
        window, data,
        data.elementBytes == 2
          ? uk_s16_dwconv_requant_scratch_bytes : uk_s8_dwconv_requant_scratch_bytes,
        uk_f32_dwconv_clamp_scratch_bytes)
    }
    bytes += data.residualParameters
  }

  private init(_ rows: Int, _ columns: Int, _ depth: Int, _ data: MatrixData) {
    if data.isInteger {
      var block = uk_s8_gemm_parameters()
      (block.rows, block.columns, block.depth) = (UInt32(rows), UInt32(columns), UInt32(depth))
      block.output = data.requantize
      block.weights_zero_point = data.weightsZeroPoint
      self.init(block) { data.elementBytes == 2 ? 0 : uk_s8_gemm_requant_scratch_bytes($0) }
    } else {
      var block = uk_f32_gemm_parameters()
      (block.rows, block.columns, block.depth) = (UInt32(rows), UInt32(columns), UInt32(depth))
      (block.min, block.max) = data.clamp
      self.init(block) { _ in 0 }
    }
  }

  private init(
    _ window: uk_window, _ data: MatrixData,
    _ int8Scratch: (UnsafePointer<uk_s8_window_parameters>) -> UInt64,
    _ floatScratch: (UnsafePointer<uk_f32_window_parameters>) -> UInt64
  ) {
    if data.isInteger {
      let block = uk_s8_window_parameters(
        window: window, output: data.requantize, weights_zero_point: data.weightsZeroPoint,
        reserved: (0, 0, 0))
      self.init(block, int8Scratch)
    } else {
      var block = uk_f32_window_parameters()
      block.window = window
      (block.min, block.max) = data.clamp
      self.init(block, floatScratch)
    }
  }

  private init<Block: BitwiseCopyable>(_ block: Block, _ scratch: (UnsafePointer<Block>) -> UInt64)
  {
    bytes = withUnsafeBytes(of: block) { Array($0) }
    scratchCount = withUnsafePointer(to: block) { Int(scratch($0)) }
  }
}
