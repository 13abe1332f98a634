// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

// How a step is cut into chunks, which threads take one at a time. Fixed at compile time, whatever
// the number of threads will be; the bits do not depend on it.
//
// Times are rough and of a fast core, at 3.6 GHz with AVX-512 VNNI. On a slower one chunks take
// longer, which costs nothing.

/// Multiply-accumulates in a nanosecond of an int8 matrix product or convolution.
private let int8Rate = 128.0

/// The same of everything else.
private let otherRate = 32.0

/// Bytes that a step reads and writes in a nanosecond.
private let byteRate = 32.0

/// What a chunk costs beside its work.
private let chunkNanoseconds = 400.0

/// What it costs besides in a matrix product or convolution, as rows of the matrix.
///
/// Weights are read once more, and its last tile is not whole.
private let tileRows = 4.0

/// What a step costs when threads share it: waking them, waiting for the last.
private let sharingNanoseconds = 800.0

/// The most chunks of a step.
private let maximumChunks = 64

extension LoweredGraph.Call {
  /// The rows of the step that one thread takes at a time: those with which two threads and four
  /// are done soonest, on average.
  var rowsPerChunk: Int {
    var best = (rows: requirements.rows, cost: 2 * nanoseconds)
    for chunks in 2...maximumChunks {
      let rows = wholeUnits((requirements.rows + chunks - 1) / chunks)
      guard rows < best.rows else { continue }
      let cost = time(rows, threads: 2) + time(rows, threads: 4)
      if cost < best.cost { best = (rows, cost) }
    }
    return best.rows
  }

  /// How long threads need for chunks of this many rows.
  ///
  /// They do not start together, so the last is done a part of a chunk after the others.
  private func time(_ rows: Int, threads: Int) -> Double {
    let chunks = (requirements.rows + rows - 1) / rows
    let perRow = nanoseconds / Double(requirements.rows)
    func cost(_ rows: Int) -> Double { perRow * (Double(rows) + lostRows) + chunkNanoseconds }
    let start = sharingNanoseconds + perRow * Double(rows) / 4
    let rounds = start + Double(chunks / threads) * cost(rows)
    switch chunks % threads {
    case 0: return rounds
    case 1: return rounds + cost(requirements.rows - (chunks - 1) * rows)
    default: return rounds + cost(rows)
    }
  }

  /// About how long one thread needs for the step.
  private var nanoseconds: Double {
    let bytes = requirements.operandBytes.reduce(0, +)
    return max(Double(macCount) / rate, Double(bytes) / byteRate)
  }

  /// Multiply-accumulates in a nanosecond.
  private var rate: Double {
    switch contract {
    case .UK_CONTRACT_s8_gemm_requant, .UK_CONTRACT_s8_gemm_requant_add,
      .UK_CONTRACT_s8_conv_requant, .UK_CONTRACT_s8_conv_requant_add,
      .UK_CONTRACT_s8_tconv_requant, .UK_CONTRACT_s8_matmul_requant:
      int8Rate
    default: otherRate
    }
  }

  /// `tileRows` in rows of the step, which of a convolution are rows of an image.
  private var lostRows: Double {
    switch contract {
    case .UK_CONTRACT_s8_gemm_requant, .UK_CONTRACT_s8_gemm_requant_add,
      .UK_CONTRACT_f32_gemm_clamp_fma, .UK_CONTRACT_f32_gemm_clamp_muladd,
      .UK_CONTRACT_f32_gemm_clamp_add_fma, .UK_CONTRACT_f32_gemm_clamp_add_muladd:
      // Of few rows, the step's are blocks of columns.
      return uk_gemm_is_by_columns(word(0)) == 0 ? tileRows : 0
    case .UK_CONTRACT_s8_conv_requant, .UK_CONTRACT_s8_conv_requant_add,
      .UK_CONTRACT_f32_conv_clamp_fma, .UK_CONTRACT_f32_conv_clamp_muladd,
      .UK_CONTRACT_f32_conv_clamp_add_fma, .UK_CONTRACT_f32_conv_clamp_add_muladd:
      // `uk_window.out_width`.
      return tileRows / Double(word(5))
    default: return 0
    }
  }

  /// A field of the parameters.
  private func word(_ index: Int) -> UInt32 {
    parameters[4 * index..<4 * index + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Rows rounded up to what is worked on together.
  private func wholeUnits(_ rows: Int) -> Int {
    let unit = rowsWorkedOnTogether
    return min((rows + unit - 1) / unit * unit, requirements.rows)
  }

  private var rowsWorkedOnTogether: Int {
    switch contract {
    // Two output rows of a depthwise convolution share input rows; in place and in int8, four
    // blocks of 16 channels make a cache line.
    case .UK_CONTRACT_s8_dwconv_requant, .UK_CONTRACT_f32_dwconv_clamp_fma,
      .UK_CONTRACT_f32_dwconv_clamp_muladd:
      return 2
    case .UK_CONTRACT_s8_dwconv_inplace_requant: return 4
    // A head's keys and values, and the right side of a product, are packed for each chunk.
    case .UK_CONTRACT_f32_attention_fma, .UK_CONTRACT_f32_attention_muladd:
      let p = littleEndianArray(parameters, as: uk_f32_attention_parameters.self)[0]
      return Int(p.batch) * Int(p.heads) >= 4 ? Int(p.rows) : 48
    case .UK_CONTRACT_f32_matmul_fma, .UK_CONTRACT_f32_matmul_muladd:
      return productRows(littleEndianArray(parameters, as: uk_f32_matmul_parameters.self)[0])
    case .UK_CONTRACT_s8_matmul_requant:
      return productRows(littleEndianArray(parameters, as: uk_s8_matmul_parameters.self)[0].shape)
    default: return 1
    }
  }

  private func productRows(_ p: uk_f32_matmul_parameters) -> Int {
    Int(p.outer) * Int(p.inner) >= 4 ? Int(p.rows) : 48
  }
}
