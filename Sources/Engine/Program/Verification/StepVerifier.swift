// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

extension ProgramVerifier {
  /// Checks every step record against its contract, and that scratch is what the steps ask.
  func verifySteps() throws(ProgramError) {
    var scratchBytes = 0
    for index in 0..<tables.stepCount {
      guard let step = tables.step(index) else { throw .step(index: index, .malformed) }
      do throws(StepRefusal) {
        let requirements = try verify(step)
        scratchBytes = max(scratchBytes, requirements.scratchBytes)
      } catch {
        throw .step(index: index, error.fault)
      }
    }
    guard header.scratchBytesPerThread == UInt64(scratchBytes) else {
      throw .scratchSize(stated: header.scratchBytesPerThread, needed: UInt64(scratchBytes))
    }
  }

  /// A fault on its way to where the step's index is known.
  private struct StepRefusal: Error {
    let fault: ProgramError.StepFault
    init(_ fault: ProgramError.StepFault) { self.fault = fault }
  }

  private func verify(_ step: StepRecord) throws(StepRefusal) -> StepRequirements {
    // SAFETY: rows of the contract table live forever.
    guard let found = unsafe uk_contract_find(UInt32(step.contract)) else {
      throw StepRefusal(.unknownContract(step.contract))
    }
    let row = unsafe found.pointee
    let contract = unsafe row.contract
    guard step.operands.count == Int(unsafe row.operand_count) else {
      throw StepRefusal(.wrongOperandCount)
    }
    guard contract.floatClass == nil || contract.floatClass == floatClass else {
      throw StepRefusal(.wrongFloatClass)
    }
    guard tables.isName(step.name), tables.isName(step.operation) else {
      throw StepRefusal(.invalidName)
    }
    guard step.boundTensor == ProgramFormat.none else { throw StepRefusal(.boundedExtent) }
    guard isParameterRange(step, byteCount: unsafe row.parameter_bytes) else {
      throw StepRefusal(.invalidParameterRange)
    }
    let parameters = tables.parameters(of: step)
    guard let requirements = stepRequirements(of: contract, parameters: parameters),
      requirements.operands.count == step.operands.count
    else { throw StepRefusal(.invalidParameters) }
    guard Int(step.rows) == requirements.rows else { throw StepRefusal(.wrongRows) }
    guard step.rowsPerChunk > 0, step.rowsPerChunk <= step.rows else {
      throw StepRefusal(.wrongRowsPerChunk)
    }
    if let (index, fault) = operandFault(in: step, requirements) {
      throw StepRefusal(.operand(index: index, fault))
    }
    return requirements
  }

  private func isParameterRange(_ step: StepRecord, byteCount: UInt32) -> Bool {
    let end = UInt64(step.parameterOffset) + UInt64(step.parameterBytes)
    return step.parameterBytes == byteCount
      && step.parameterOffset % UInt32(ProgramFormat.parameterAlignment) == 0
      && end <= UInt64(tables.range(of: .parameters).count)
  }
}

extension uk_contract {
  /// The float class of contracts that multiply and add in float32; `nil` for the others, which
  /// give the same bits in both.
  package var floatClass: FloatClass? {
    switch self {
    case .UK_CONTRACT_f32_gemm_clamp_fma, .UK_CONTRACT_f32_conv_clamp_fma,
      .UK_CONTRACT_f32_dwconv_clamp_fma, .UK_CONTRACT_f32_dwconv_inplace_clamp_fma,
      .UK_CONTRACT_f32_affine_clamp_fma, .UK_CONTRACT_f32_softmax_fma,
      .UK_CONTRACT_f32_resize_bilinear_fma, .UK_CONTRACT_f32_map_fma,
      .UK_CONTRACT_f32_lstm_fma, .UK_CONTRACT_f32_gru_fma, .UK_CONTRACT_f32_gemm_clamp_add_fma,
      .UK_CONTRACT_f32_conv_clamp_add_fma, .UK_CONTRACT_f32_tconv_clamp_fma,
      .UK_CONTRACT_f32_gemm_transposed_fma, .UK_CONTRACT_f32_w8_gemm_fma,
      .UK_CONTRACT_f32_w4_gemm_fma, .UK_CONTRACT_f32_w16_gemm_fma,
      .UK_CONTRACT_f32_normalize_fma, .UK_CONTRACT_f32_matmul_fma, .UK_CONTRACT_f32_attention_fma:
      .fma
    case .UK_CONTRACT_f32_block_products_fma, .UK_CONTRACT_f32_block_squares_fma,
      .UK_CONTRACT_f32_affine_pair_fma, .UK_CONTRACT_f32_blend_fma,
      .UK_CONTRACT_f32_blend_square_fma, .UK_CONTRACT_f32_descend_fma,
      .UK_CONTRACT_f32_descend_scaled_fma, .UK_CONTRACT_f32_map_gradient_fma,
      .UK_CONTRACT_f32_normalize_gradient_fma, .UK_CONTRACT_f32_softmax_gradient_fma:
      .fma
    case .UK_CONTRACT_f32_gemm_weight_gradient_fma, .UK_CONTRACT_f32_conv_weight_gradient_fma,
      .UK_CONTRACT_f32_dwconv_weight_gradient_fma, .UK_CONTRACT_f32_dwconv_input_gradient_fma:
      .fma
    case .UK_CONTRACT_f32_gemm_clamp_muladd, .UK_CONTRACT_f32_conv_clamp_muladd,
      .UK_CONTRACT_f32_dwconv_clamp_muladd, .UK_CONTRACT_f32_dwconv_inplace_clamp_muladd,
      .UK_CONTRACT_f32_affine_clamp_muladd, .UK_CONTRACT_f32_softmax_muladd,
      .UK_CONTRACT_f32_resize_bilinear_muladd, .UK_CONTRACT_f32_map_muladd,
      .UK_CONTRACT_f32_lstm_muladd, .UK_CONTRACT_f32_gru_muladd,
      .UK_CONTRACT_f32_gemm_clamp_add_muladd,
      .UK_CONTRACT_f32_conv_clamp_add_muladd, .UK_CONTRACT_f32_tconv_clamp_muladd,
      .UK_CONTRACT_f32_gemm_transposed_muladd, .UK_CONTRACT_f32_w8_gemm_muladd,
      .UK_CONTRACT_f32_w4_gemm_muladd, .UK_CONTRACT_f32_w16_gemm_muladd,
      .UK_CONTRACT_f32_normalize_muladd, .UK_CONTRACT_f32_matmul_muladd,
      .UK_CONTRACT_f32_attention_muladd:
      .muladd
    case .UK_CONTRACT_f32_block_products_muladd, .UK_CONTRACT_f32_block_squares_muladd,
      .UK_CONTRACT_f32_affine_pair_muladd, .UK_CONTRACT_f32_blend_muladd,
      .UK_CONTRACT_f32_blend_square_muladd, .UK_CONTRACT_f32_descend_muladd,
      .UK_CONTRACT_f32_descend_scaled_muladd, .UK_CONTRACT_f32_map_gradient_muladd,
      .UK_CONTRACT_f32_normalize_gradient_muladd, .UK_CONTRACT_f32_softmax_gradient_muladd:
      .muladd
    case .UK_CONTRACT_f32_gemm_weight_gradient_muladd, .UK_CONTRACT_f32_conv_weight_gradient_muladd,
      .UK_CONTRACT_f32_dwconv_weight_gradient_muladd,
      .UK_CONTRACT_f32_dwconv_input_gradient_muladd:
      .muladd
    case .UK_CONTRACT_f32_block_sums, .UK_CONTRACT_f32_join_blocks, .UK_CONTRACT_f32_clamp_gradient,
      .UK_CONTRACT_f32_dropout, .UK_CONTRACT_f32_maxpool_gradient,
      .UK_CONTRACT_f32_gather_gradient:
      nil
    case .UK_CONTRACT_f32_reduce, .UK_CONTRACT_s8_reduce, .UK_CONTRACT_s8_tconv_requant,
      .UK_CONTRACT_s8_gemm_requant, .UK_CONTRACT_s8_conv_requant,
      .UK_CONTRACT_s8_conv_runs_requant, .UK_CONTRACT_s8_dwconv_requant,
      .UK_CONTRACT_s8_dwconv_inplace_requant, .UK_CONTRACT_s8_add, .UK_CONTRACT_s8_mul,
      .UK_CONTRACT_s8_lut, .UK_CONTRACT_s8_avgpool, .UK_CONTRACT_s8_maxpool,
      .UK_CONTRACT_s8_softmax, .UK_CONTRACT_s8_resize_bilinear, .UK_CONTRACT_xx_pad,
      .UK_CONTRACT_xx_transpose, .UK_CONTRACT_xx_copy, .UK_CONTRACT_xx_resize_nearest,
      .UK_CONTRACT_xx_strided_copy, .UK_CONTRACT_xx_gather, .UK_CONTRACT_xx_gather_nd,
      .UK_CONTRACT_xx_select, .UK_CONTRACT_xx_compare, .UK_CONTRACT_xx_arithmetic,
      .UK_CONTRACT_xx_cast,
      .UK_CONTRACT_f32_add_clamp, .UK_CONTRACT_f32_sub_clamp, .UK_CONTRACT_f32_mul_clamp,
      .UK_CONTRACT_f32_div_clamp, .UK_CONTRACT_f32_clamp, .UK_CONTRACT_f32_prelu,
      .UK_CONTRACT_f32_avgpool_clamp, .UK_CONTRACT_f32_maxpool_clamp, .UK_CONTRACT_f32_s8_quantize,
      .UK_CONTRACT_s8_f32_dequantize, .UK_CONTRACT_u8_s8_convert, .UK_CONTRACT_s8_u8_convert,
      .UK_CONTRACT_f32_argmax, .UK_CONTRACT_s8_argmax, .UK_CONTRACT_f32_detections,
      .UK_CONTRACT_s8_lstm, .UK_CONTRACT_s8_gemm_requant_add, .UK_CONTRACT_s8_conv_requant_add,
      .UK_CONTRACT_s8_matmul_requant, .UK_CONTRACT_f32_s8_gemm_dynamic,
      .UK_CONTRACT_s16_gemm_requant, .UK_CONTRACT_s16_conv_requant,
      .UK_CONTRACT_s16_dwconv_requant, .UK_CONTRACT_s16_add, .UK_CONTRACT_s16_mul,
      .UK_CONTRACT_s16_avgpool, .UK_CONTRACT_s16_maxpool, .UK_CONTRACT_f32_s16_quantize,
      .UK_CONTRACT_s16_f32_dequantize, .UK_CONTRACT_s8_s16_requantize,
      .UK_CONTRACT_s16_s8_requantize, .UK_CONTRACT_s16_requantize,
      .UK_CONTRACT_f32_turn_filters:
      nil
    }
  }
}
