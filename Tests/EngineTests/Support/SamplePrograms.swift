// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import TensorCore

/// Small programs with known answers.
enum SamplePrograms {
  /// `infer`: y[8, 4] = min(x + [1, 2, 3, 4], 10), by way of the arena and in three chunks.
  static var addAndClamp: ProgramAssembler {
    var program = ProgramAssembler()
    let x = program.tensor(.float32, [8, 4], .input, name: "x")
    let y = program.tensor(.float32, [8, 4], .output, name: "y")
    let sum = program.tensor(.float32, [8, 4], .arena, name: "sum")
    let clamped = program.tensor(.float32, [8, 4], .arena, name: "clamped")
    let bias = program.constant(.float32, [1, 2, 3, 4] as [Float])
    var add = uk_f32_binary_parameters()
    add.shape = uk_broadcast(extents: (1, 1, 8, 4), a: (0, 0, 4, 1), b: (0, 0, 0, 1))
    add.min = -.infinity
    add.max = .infinity
    program.step(.UK_CONTRACT_f32_add_clamp, add, [x, bias, sum], rowsPerChunk: 3)
    program.step(.UK_CONTRACT_f32_clamp, clamp(to: 10), [sum, clamped], rowsPerChunk: 3)
    program.step(.UK_CONTRACT_f32_clamp, clamp(to: 10), [clamped, y], rowsPerChunk: 8)
    program.entryPoint("infer", inputs: [x], outputs: [y])
    return program
  }

  /// What `addAndClamp` gives.
  static func addAndClamp(_ x: [Float]) -> [Float] {
    x.enumerated().map { min($1 + Float($0 % 4 + 1), 10) }
  }

  /// `infer`: y[1, 2] = x[1, 3] · w + ½, and y · wᵀ; w[k][column] = k + 2 · column is state.
  static var weightsInState: ProgramAssembler {
    var program = ProgramAssembler()
    let x = program.tensor(.float32, [1, 3], .input, name: "x")
    let y = program.tensor(.float32, [1, 2], .output, name: "y")
    let back = program.tensor(.float32, [1, 3], .output, name: "back")
    let weights = program.tensor(.float32, [1, 3, 16], .state)
    var packed = [Float](repeating: 0, count: 48)
    for k in 0..<3 {
      packed[16 * k] = Float(k)
      packed[16 * k + 1] = Float(k + 2)
    }
    program.state = littleEndianBytes(of: packed)
    let bias = program.constant(
      .float32, [0.5, 0.5] + [Float](repeating: 0, count: 14))
    var product = uk_f32_gemm_parameters()
    (product.rows, product.columns, product.depth) = (1, 2, 3)
    (product.min, product.max) = (-.infinity, .infinity)
    program.step(.UK_CONTRACT_f32_gemm_clamp_muladd, product, [x, weights, bias, y])
    program.step(
      .UK_CONTRACT_f32_gemm_transposed_muladd,
      uk_f32_gemm_transposed_parameters(rows: 1, columns: 2, depth: 3, reserved: 0),
      [y, weights, back])
    program.entryPoint("infer", inputs: [x], outputs: [y, back])
    return program
  }

  /// Every kind of operand rule: rows, pools, tables, in place, int8, copies, state.
  static var mixed: ProgramAssembler {
    var program = ProgramAssembler()
    let x = program.tensor(.float32, [1, 4, 4, 2], .input, name: "image")
    let y = program.tensor(.float32, [1, 4, 4, 2], .output, name: "resized")
    let q = program.tensor(.int8, [1, 2, 2, 2], .output, name: "quantised")
    let pooled = program.tensor(.float32, [1, 2, 2, 2], .arena, at: 0)
    let softened = program.tensor(.float32, [1, 2, 2, 2], .arena, at: 0)
    let memory = program.tensor(.float32, [1, 2, 2, 2], .state)
    program.state = littleEndianBytes(of: [Float](repeating: 0.25, count: 8))
    program.step(.UK_CONTRACT_f32_maxpool_clamp, pool, [x, pooled])
    program.step(
      .UK_CONTRACT_f32_softmax_muladd,
      uk_f32_softmax_parameters(rows: 4, columns: 2, beta: 1, reserved: 0), [pooled, softened],
      rowsPerChunk: 2)
    program.step(
      .UK_CONTRACT_xx_copy,
      uk_copy_parameters(
        rows: 1, run_bytes: 16, in_pitch_bytes: 0, out_pitch_bytes: 0, out_offset_bytes: 16,
        in_offset_bytes: 0, reserved: (0, 0)), [softened, memory])
    program.step(
      .UK_CONTRACT_f32_s8_quantize,
      uk_quantize_parameters(rows: 4, columns: 2, scale: 0.0625, zero_point: 3), [memory, q])
    let table = program.constant(.int32, [0, 0, 1, 1] as [UInt32])
    program.step(
      .UK_CONTRACT_xx_resize_nearest,
      uk_resize_parameters(
        batch: 1, in_height: 2, in_width: 2, channels: 2, out_height: 4, out_width: 4,
        element_bytes: 4, reserved: 0), [softened, table, table, y])
    program.entryPoint("infer", inputs: [x], outputs: [y, q])
    return program
  }

  private static func clamp(to high: Float) -> uk_f32_unary_parameters {
    uk_f32_unary_parameters(rows: 8, columns: 4, min: -.infinity, max: high)
  }

  /// 2x2 windows side by side.
  private static var pool: uk_f32_window_parameters {
    uk_f32_window_parameters(
      window: uk_window(
        batch: 1, in_height: 4, in_width: 4, in_channels: 2, out_height: 2, out_width: 2,
        out_channels: 2, kernel_height: 2, kernel_width: 2, stride_height: 2, stride_width: 2,
        dilation_height: 1, dilation_width: 1, pad_top: 0, pad_left: 0, reserved: 0),
      min: -.infinity, max: .infinity, counts_padding: 0, reserved: 0)
  }
}
