// SPDX-License-Identifier: Apache-2.0
import CKernels

/// The rows that every tile of the matrix kernels divides: 3, 4 and 6, and 8 but for half a tile.
private let matrixTileRows = 12

/// The query rows that are worth packing a head's keys and values for.
private let attentionRows = 48

/// Two output rows of a depthwise convolution share input rows; in place and in int8, four blocks
/// of 16 channels make a cache line.
private let depthwiseRows = 2
private let inPlaceDepthwiseBlocks = 4

extension LoweredGraph.Call {
  /// The rows of the step that one thread takes at a time.
  ///
  /// A chunk is about 64K multiply-accumulates (or bytes moved): some microseconds, against a
  /// fraction of one to take it. A step has at most 64 chunks, enough to balance the threads of any
  /// board. Fixed here, so that bits do not depend on the number of threads.
  var rowsPerChunk: Int {
    let work = max(macCount, requirements.operandBytes.reduce(0, +))
    let chunks = max(1, min(requirements.rows, 64, work / 65_536))
    let rows = (requirements.rows + chunks - 1) / chunks
    let tile = rowsWorkedOnTogether
    return min((rows + tile - 1) / tile * tile, requirements.rows)
  }

  private var rowsWorkedOnTogether: Int {
    if isMatrixProduct { return matrixTileRows }
    if isAttention { return attentionRows }
    return switch contract {
    case .UK_CONTRACT_s8_dwconv_requant, .UK_CONTRACT_f32_dwconv_clamp_fma,
      .UK_CONTRACT_f32_dwconv_clamp_muladd:
      depthwiseRows
    case .UK_CONTRACT_s8_dwconv_inplace_requant: inPlaceDepthwiseBlocks
    default: 1
    }
  }

  /// Whether a unit of the step is one row of a matrix, far less than a row of an image; of a gemm
  /// of few rows it is a block of columns.
  private var isMatrixProduct: Bool {
    let rows = parameters.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return switch contract {
    case .UK_CONTRACT_s8_gemm_requant, .UK_CONTRACT_s8_gemm_requant_add,
      .UK_CONTRACT_f32_gemm_clamp_fma, .UK_CONTRACT_f32_gemm_clamp_muladd,
      .UK_CONTRACT_f32_gemm_clamp_add_fma, .UK_CONTRACT_f32_gemm_clamp_add_muladd:
      uk_gemm_is_by_columns(rows) == 0
    case .UK_CONTRACT_f32_matmul_fma, .UK_CONTRACT_f32_matmul_muladd: true
    default: false
    }
  }

  private var isAttention: Bool {
    contract == .UK_CONTRACT_f32_attention_fma || contract == .UK_CONTRACT_f32_attention_muladd
  }
}
