// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

// How a step is cut into chunks, of which threads take several at a time. Fixed at compile time,
// whatever the number of threads will be; the bits do not depend on it.
//
// Times are of a fast core, at 3.6 GHz with AVX-512 VNNI: medians over the steps of MobileNetV2,
// each run in 2, 4, 8, 16 and 32 calls. On a slower core all take longer, which matters little.

/// Multiply-accumulates in a nanosecond of an int8 matrix product or convolution.
private let int8Rate = 200.0

/// The same of an int8 depthwise convolution, which is the least alike.
private let int8DepthwiseRate = 80.0

/// The same of an int16 product or convolution.
private let int16Rate = 100.0

/// The same of everything else.
private let otherRate = 50.0

/// Bytes that a step reads and writes in a nanosecond.
private let byteRate = 32.0

/// What a call costs beside its work.
private let callNanoseconds = 100.0

/// What it costs besides in an int8 depthwise convolution, which orders the weights first, for each
/// channel.
private let channelNanoseconds = 0.85

/// What it costs besides in a matrix product or convolution, as rows of the matrix: its last tile
/// is not whole.
private let tileRows = 1.0

/// What a single output row of a depthwise convolution costs more than one of two.
private let singleRow = 0.4

/// What a row costs more, in parts of its time, when in other steps it is another thread's: it is
/// read from another core's cache.
private let foreignRow = 0.5

/// What a step costs when threads share it: waking them, waiting for the last.
private let sharingNanoseconds = 800.0

/// How much later than the caller the other threads begin.
private let lateNanoseconds = 150.0

/// The most chunks of a step.
private let maximumChunks = 64

extension LoweredGraph.Call {
  /// The rows of a chunk: those with which two threads and four are done soonest, on average.
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

  /// How long threads need for chunks of this many rows, shared as `cp_gang_run` does: each thread
  /// takes half of what is left of its portion at a time, then of the others'.
  ///
  /// Some are slower than this knows, and the last is done a part of a chunk later.
  private func time(_ rows: Int, threads: Int) -> Double {
    let bounds = portionBounds(rows, threads: threads)
    var portions = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
    var ends = [0] + Array(repeating: lateNanoseconds, count: threads - 1)
    for _ in 0..<bounds[threads] {
      let thread = ends.indices.min { ends[$0] < ends[$1] } ?? 0
      let order = (0..<threads).lazy.map { (thread + $0) % threads }
      guard let from = order.first(where: { !portions[$0].isEmpty }) else { break }
      let taken = portions[from].prefix((portions[from].count + 1) / 2)
      portions[from] = taken.endIndex..<portions[from].upperBound
      let end = min(taken.endIndex * rows, requirements.rows)
      ends[thread] += callTime(end - taken.startIndex * rows)
    }
    let late = foreignRow * foreignRows(rows, threads: threads) + Double(rows) / 4
    return sharingNanoseconds + (ends.max() ?? 0) + nanosecondsPerRow * late
  }

  /// Where threads' portions of the chunks begin, and the last ends.
  private func portionBounds(_ rows: Int, threads: Int) -> [Int] {
    let chunks = (requirements.rows + rows - 1) / rows
    return (0...threads).map { (chunks * $0 + threads - 1) / threads }
  }

  /// The rows that are in another portion than in a step that is parted evenly.
  private func foreignRows(_ rows: Int, threads: Int) -> Double {
    guard hasRowsOfAnImage else { return 0 }
    return portionBounds(rows, threads: threads).enumerated().reduce(0) { sum, bound in
      let even = Double(requirements.rows * bound.offset) / Double(threads)
      return sum + abs(Double(min(bound.element * rows, requirements.rows)) - even)
    }
  }

  /// Whether threads share what other steps share alike, and not blocks of channels or columns.
  private var hasRowsOfAnImage: Bool {
    switch contract {
    case .UK_CONTRACT_s8_dwconv_inplace_requant, .UK_CONTRACT_f32_dwconv_inplace_clamp_fma,
      .UK_CONTRACT_f32_dwconv_inplace_clamp_muladd, .UK_CONTRACT_f32_turn_filters,
      .UK_CONTRACT_f32_gemm_weight_gradient_fma, .UK_CONTRACT_f32_gemm_weight_gradient_muladd,
      .UK_CONTRACT_f32_conv_weight_gradient_fma, .UK_CONTRACT_f32_conv_weight_gradient_muladd,
      .UK_CONTRACT_f32_dwconv_weight_gradient_fma, .UK_CONTRACT_f32_dwconv_weight_gradient_muladd,
      .UK_CONTRACT_f32_gather_gradient:
      false
    default: !isByColumns
    }
  }

  /// Whether the step is a product of few rows, whose rows are blocks of columns.
  private var isByColumns: Bool {
    switch contract {
    case .UK_CONTRACT_s8_gemm_requant, .UK_CONTRACT_s8_gemm_requant_add,
      .UK_CONTRACT_s16_gemm_requant,
      .UK_CONTRACT_f32_gemm_clamp_fma, .UK_CONTRACT_f32_gemm_clamp_muladd,
      .UK_CONTRACT_f32_gemm_clamp_add_fma, .UK_CONTRACT_f32_gemm_clamp_add_muladd,
      .UK_CONTRACT_f32_s8_gemm_dynamic, .UK_CONTRACT_f32_w8_gemm_fma,
      .UK_CONTRACT_f32_w8_gemm_muladd, .UK_CONTRACT_f32_w4_gemm_fma,
      .UK_CONTRACT_f32_w4_gemm_muladd, .UK_CONTRACT_f32_w16_gemm_fma,
      .UK_CONTRACT_f32_w16_gemm_muladd, .UK_CONTRACT_f32_gemm_transposed_fma,
      .UK_CONTRACT_f32_gemm_transposed_muladd:
      uk_gemm_is_by_columns(word(0)) != 0
    default: false
    }
  }

  /// How long one thread needs for a call of this many rows.
  private func callTime(_ rows: Int) -> Double {
    nanosecondsPerRow * (Double(rows) + lostRows(ofCall: rows)) + callNanoseconds
      + (contract == .UK_CONTRACT_s8_dwconv_requant || contract == .UK_CONTRACT_s16_dwconv_requant
        ? channelNanoseconds * Double(outputChannels) : 0)
  }

  private var nanosecondsPerRow: Double { nanoseconds / Double(requirements.rows) }

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
      .UK_CONTRACT_s8_conv_runs_requant, .UK_CONTRACT_s8_tconv_requant,
      .UK_CONTRACT_s8_matmul_requant,
      .UK_CONTRACT_f32_s8_gemm_dynamic:
      int8Rate
    case .UK_CONTRACT_s8_dwconv_requant, .UK_CONTRACT_s8_dwconv_inplace_requant: int8DepthwiseRate
    case .UK_CONTRACT_s16_gemm_requant, .UK_CONTRACT_s16_conv_requant: int16Rate
    default: otherRate
    }
  }

  /// What a call does in vain, in rows of the step, which of a convolution are rows of an image.
  private func lostRows(ofCall rows: Int) -> Double {
    switch contract {
    case .UK_CONTRACT_s8_gemm_requant, .UK_CONTRACT_s8_gemm_requant_add,
      .UK_CONTRACT_f32_gemm_clamp_fma, .UK_CONTRACT_f32_gemm_clamp_muladd,
      .UK_CONTRACT_f32_gemm_clamp_add_fma, .UK_CONTRACT_f32_gemm_clamp_add_muladd,
      .UK_CONTRACT_f32_s8_gemm_dynamic, .UK_CONTRACT_s16_gemm_requant:
      isByColumns ? 0 : tileRows
    case .UK_CONTRACT_s8_conv_requant, .UK_CONTRACT_s8_conv_requant_add,
      .UK_CONTRACT_s16_conv_requant, .UK_CONTRACT_s8_conv_runs_requant,
      .UK_CONTRACT_f32_conv_clamp_fma, .UK_CONTRACT_f32_conv_clamp_muladd,
      .UK_CONTRACT_f32_conv_clamp_add_fma, .UK_CONTRACT_f32_conv_clamp_add_muladd,
      .UK_CONTRACT_f32_tconv_clamp_fma, .UK_CONTRACT_f32_tconv_clamp_muladd:
      tileRows / Double(outputWidth)
    case .UK_CONTRACT_s8_dwconv_requant, .UK_CONTRACT_f32_dwconv_clamp_fma,
      .UK_CONTRACT_f32_dwconv_clamp_muladd:
      rows % 2 == 0 ? 0 : singleRow
    default: 0
    }
  }

  /// Of a `uk_window`, which window parameters begin with.
  private var outputWidth: UInt32 { word(5) }
  private var outputChannels: UInt32 { word(6) }

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
    // Four blocks of 16 channels in int8 make a cache line.
    case .UK_CONTRACT_s8_dwconv_inplace_requant: return 4
    // A head's keys and values, and the right side of a product, are packed for each call.
    case .UK_CONTRACT_f32_attention_fma, .UK_CONTRACT_f32_attention_muladd:
      let p = littleEndianArray(parameters, as: uk_f32_attention_parameters.self)[0]
      return Int(p.batch) * Int(p.heads) >= 4 ? Int(p.rows) : 48
    case .UK_CONTRACT_f32_gemm_transposed_fma, .UK_CONTRACT_f32_gemm_transposed_muladd:
      return isByColumns ? 1 : 48
    // Kernel rows of a block of channels read the same gradients.
    case .UK_CONTRACT_f32_dwconv_weight_gradient_fma,
      .UK_CONTRACT_f32_dwconv_weight_gradient_muladd:
      let rows = Int(littleEndianArray(parameters, as: uk_window.self)[0].kernel_height)
      return requirements.rows / rows >= 8 ? rows : 1
    // Rows of a phase are worked on together as far as they make a block.
    case .UK_CONTRACT_f32_tconv_clamp_fma, .UK_CONTRACT_f32_tconv_clamp_muladd:
      let window = littleEndianArray(parameters, as: uk_f32_window_parameters.self)[0].window
      guard window.stride_height > 1 else { return 1 }
      let width = (window.out_width + window.stride_width - 1) / window.stride_width
      return Int(window.stride_height) * max(Int(UK_TCONV_BLOCK_PIXELS) / Int(width), 1)
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
