// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of a contract, or `nil` when the parameters are not valid for it: wrong size,
/// zero extent, a reserved field that is not 0, a count that overflows, NaN.
///
/// Total: any bytes give an answer.
package func stepRequirements(
  of contract: uk_contract, parameters: [UInt8]
) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_s8_gemm_requant, .UK_CONTRACT_f32_gemm_clamp_fma,
    .UK_CONTRACT_f32_gemm_clamp_muladd, .UK_CONTRACT_f32_s8_gemm_dynamic,
    .UK_CONTRACT_f32_w8_gemm_fma, .UK_CONTRACT_f32_w8_gemm_muladd, .UK_CONTRACT_f32_w16_gemm_fma,
    .UK_CONTRACT_f32_w16_gemm_muladd, .UK_CONTRACT_f32_w4_gemm_fma, .UK_CONTRACT_f32_w4_gemm_muladd,
    .UK_CONTRACT_f32_gemm_transposed_fma, .UK_CONTRACT_f32_gemm_transposed_muladd:
    gemmRequirements(of: contract, parameters)
  case .UK_CONTRACT_s8_conv_requant, .UK_CONTRACT_s8_conv_runs_requant,
    .UK_CONTRACT_f32_conv_clamp_fma, .UK_CONTRACT_f32_conv_clamp_muladd,
    .UK_CONTRACT_s8_tconv_requant, .UK_CONTRACT_f32_tconv_clamp_fma,
    .UK_CONTRACT_f32_tconv_clamp_muladd, .UK_CONTRACT_f32_turn_filters:
    convolutionRequirements(of: contract, parameters)
  case .UK_CONTRACT_s8_dwconv_requant, .UK_CONTRACT_f32_dwconv_clamp_fma,
    .UK_CONTRACT_f32_dwconv_clamp_muladd, .UK_CONTRACT_s8_dwconv_inplace_requant,
    .UK_CONTRACT_f32_dwconv_inplace_clamp_fma, .UK_CONTRACT_f32_dwconv_inplace_clamp_muladd:
    depthwiseRequirements(of: contract, parameters)
  case .UK_CONTRACT_s8_avgpool, .UK_CONTRACT_s8_maxpool, .UK_CONTRACT_f32_avgpool_clamp,
    .UK_CONTRACT_f32_maxpool_clamp:
    poolRequirements(of: contract, parameters)
  case .UK_CONTRACT_s8_add, .UK_CONTRACT_s8_mul, .UK_CONTRACT_s8_lut, .UK_CONTRACT_f32_add_clamp,
    .UK_CONTRACT_f32_sub_clamp, .UK_CONTRACT_f32_mul_clamp, .UK_CONTRACT_f32_div_clamp,
    .UK_CONTRACT_f32_clamp, .UK_CONTRACT_f32_prelu, .UK_CONTRACT_f32_affine_clamp_fma,
    .UK_CONTRACT_f32_affine_clamp_muladd:
    elementwiseRequirements(of: contract, parameters)
  case .UK_CONTRACT_s8_gemm_requant_add, .UK_CONTRACT_s8_conv_requant_add,
    .UK_CONTRACT_f32_gemm_clamp_add_fma, .UK_CONTRACT_f32_gemm_clamp_add_muladd,
    .UK_CONTRACT_f32_conv_clamp_add_fma, .UK_CONTRACT_f32_conv_clamp_add_muladd:
    residualRequirements(of: contract, parameters)
  case .UK_CONTRACT_f32_lstm_fma, .UK_CONTRACT_f32_lstm_muladd, .UK_CONTRACT_s8_lstm,
    .UK_CONTRACT_f32_gru_fma, .UK_CONTRACT_f32_gru_muladd:
    recurrentRequirements(of: contract, parameters)
  case .UK_CONTRACT_xx_pad, .UK_CONTRACT_xx_transpose, .UK_CONTRACT_xx_copy, .UK_CONTRACT_xx_cast,
    .UK_CONTRACT_xx_strided_copy, .UK_CONTRACT_xx_gather, .UK_CONTRACT_xx_gather_nd,
    .UK_CONTRACT_xx_select, .UK_CONTRACT_xx_compare, .UK_CONTRACT_xx_arithmetic:
    anyTypeRequirements(of: contract, parameters)
  case .UK_CONTRACT_xx_resize_nearest, .UK_CONTRACT_s8_resize_bilinear,
    .UK_CONTRACT_f32_resize_bilinear_fma, .UK_CONTRACT_f32_resize_bilinear_muladd:
    resizeRequirements(of: contract, parameters)
  case .UK_CONTRACT_f32_s8_quantize, .UK_CONTRACT_s8_f32_dequantize,
    .UK_CONTRACT_u8_s8_convert, .UK_CONTRACT_s8_u8_convert:
    conversionRequirements(of: contract, parameters)
  case .UK_CONTRACT_s16_gemm_requant, .UK_CONTRACT_s16_conv_requant,
    .UK_CONTRACT_s16_dwconv_requant, .UK_CONTRACT_s16_add, .UK_CONTRACT_s16_mul,
    .UK_CONTRACT_s16_avgpool, .UK_CONTRACT_s16_maxpool, .UK_CONTRACT_f32_s16_quantize,
    .UK_CONTRACT_s16_f32_dequantize, .UK_CONTRACT_s8_s16_requantize,
    .UK_CONTRACT_s16_s8_requantize, .UK_CONTRACT_s16_requantize:
    wideRequirements(of: contract, parameters)
  case .UK_CONTRACT_f32_map_fma, .UK_CONTRACT_f32_map_muladd, .UK_CONTRACT_f32_reduce,
    .UK_CONTRACT_s8_reduce, .UK_CONTRACT_f32_normalize_fma, .UK_CONTRACT_f32_normalize_muladd,
    .UK_CONTRACT_f32_matmul_fma, .UK_CONTRACT_f32_matmul_muladd, .UK_CONTRACT_f32_attention_fma,
    .UK_CONTRACT_f32_attention_muladd, .UK_CONTRACT_s8_softmax, .UK_CONTRACT_f32_softmax_fma,
    .UK_CONTRACT_f32_softmax_muladd, .UK_CONTRACT_f32_argmax, .UK_CONTRACT_s8_argmax,
    .UK_CONTRACT_s8_matmul_requant, .UK_CONTRACT_f32_detections:
    rowRequirements(of: contract, parameters)
  default: trainingRequirements(of: contract, parameters)
  }
}

/// The requirements of a contract that only training needs; `nil` for the others.
private func trainingRequirements(
  of contract: uk_contract, _ parameters: [UInt8]
) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_f32_affine_pair_fma, .UK_CONTRACT_f32_affine_pair_muladd,
    .UK_CONTRACT_f32_blend_fma, .UK_CONTRACT_f32_blend_muladd, .UK_CONTRACT_f32_blend_square_fma,
    .UK_CONTRACT_f32_blend_square_muladd, .UK_CONTRACT_f32_descend_fma,
    .UK_CONTRACT_f32_descend_muladd, .UK_CONTRACT_f32_descend_scaled_fma,
    .UK_CONTRACT_f32_descend_scaled_muladd, .UK_CONTRACT_f32_clamp_gradient,
    .UK_CONTRACT_f32_map_gradient_fma, .UK_CONTRACT_f32_map_gradient_muladd,
    .UK_CONTRACT_f32_dropout:
    updateRequirements(of: contract, parameters)
  case .UK_CONTRACT_f32_block_sums, .UK_CONTRACT_f32_block_products_fma,
    .UK_CONTRACT_f32_block_products_muladd, .UK_CONTRACT_f32_block_squares_fma,
    .UK_CONTRACT_f32_block_squares_muladd, .UK_CONTRACT_f32_join_blocks,
    .UK_CONTRACT_f32_softmax_gradient_fma, .UK_CONTRACT_f32_softmax_gradient_muladd,
    .UK_CONTRACT_f32_normalize_gradient_fma, .UK_CONTRACT_f32_normalize_gradient_muladd:
    rowGradientRequirements(of: contract, parameters)
  case .UK_CONTRACT_f32_gemm_weight_gradient_fma, .UK_CONTRACT_f32_gemm_weight_gradient_muladd,
    .UK_CONTRACT_f32_conv_weight_gradient_fma, .UK_CONTRACT_f32_conv_weight_gradient_muladd:
    weightGradientRequirements(of: contract, parameters)
  default: windowGradientRequirements(of: contract, parameters)
  }
}

/// The requirements of a contract for elements of any type; `nil` for the others.
private func anyTypeRequirements(
  of contract: uk_contract, _ parameters: [UInt8]
) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_xx_pad: pad(parameters)
  case .UK_CONTRACT_xx_transpose: transpose(parameters)
  case .UK_CONTRACT_xx_copy: copy(parameters)
  case .UK_CONTRACT_xx_strided_copy: stridedCopy(parameters)
  case .UK_CONTRACT_xx_gather: gather(parameters)
  case .UK_CONTRACT_xx_gather_nd: gatherND(parameters)
  case .UK_CONTRACT_xx_select: select(parameters)
  case .UK_CONTRACT_xx_compare: compare(parameters)
  case .UK_CONTRACT_xx_arithmetic: arithmetic(parameters)
  case .UK_CONTRACT_xx_cast: cast(parameters)
  default: nil
  }
}
