// SPDX-License-Identifier: Apache-2.0
// The families of shapes: their numbers are told at the builders and in shapes.txt.
#include "builders.h"

#define FMA_AND_MULADD(name) {UK_CONTRACT_##name##_fma, UK_CONTRACT_##name##_muladd}

const bench_family bench_families[] = {
    {"gemm", 3, build_s8_gemm, {UK_CONTRACT_s8_gemm_requant}},
    {"gemm", 3, build_f32_gemm, FMA_AND_MULADD(f32_gemm_clamp)},
    {"gemm_add", 3, build_s8_gemm_add, {UK_CONTRACT_s8_gemm_requant_add}},
    {"gemm_add", 3, build_f32_gemm_add, FMA_AND_MULADD(f32_gemm_clamp_add)},
    {"conv", 6, build_s8_conv, {UK_CONTRACT_s8_conv_requant}},
    {"conv", 6, build_f32_conv, FMA_AND_MULADD(f32_conv_clamp)},
    {"conv_add", 6, build_s8_conv_add, {UK_CONTRACT_s8_conv_requant_add}},
    {"conv_add", 6, build_f32_conv_add, FMA_AND_MULADD(f32_conv_clamp_add)},
    {"dwconv", 5, build_s8_dwconv, {UK_CONTRACT_s8_dwconv_requant}},
    {"dwconv", 5, build_s8_dwconv_inplace, {UK_CONTRACT_s8_dwconv_inplace_requant}},
    {"dwconv", 5, build_f32_dwconv, FMA_AND_MULADD(f32_dwconv_clamp)},
    {"dwconv", 5, build_f32_dwconv_inplace, FMA_AND_MULADD(f32_dwconv_inplace_clamp)},
    {"matmul", 5, build_f32_matmul, FMA_AND_MULADD(f32_matmul)},
    {"attention", 4, build_f32_attention, FMA_AND_MULADD(f32_attention)},
    {"lstm", 4, build_s8_lstm, {UK_CONTRACT_s8_lstm}},
    {"lstm", 4, build_f32_lstm, FMA_AND_MULADD(f32_lstm)},

    {"pool", 5, build_s8_pool, {UK_CONTRACT_s8_avgpool, UK_CONTRACT_s8_maxpool}},
    {"pool", 5, build_f32_pool, {UK_CONTRACT_f32_avgpool_clamp, UK_CONTRACT_f32_maxpool_clamp}},
    {"resize", 5, build_s8_resize_bilinear, {UK_CONTRACT_s8_resize_bilinear}},
    {"resize", 5, build_f32_resize_bilinear, FMA_AND_MULADD(f32_resize_bilinear)},
    {"resize", 5, build_resize_nearest, {UK_CONTRACT_xx_resize_nearest}},

    {"binary", 3, build_s8_binary, {UK_CONTRACT_s8_add, UK_CONTRACT_s8_mul}},
    {"binary", 3, build_f32_binary,
     {UK_CONTRACT_f32_add_clamp, UK_CONTRACT_f32_sub_clamp, UK_CONTRACT_f32_mul_clamp,
      UK_CONTRACT_f32_div_clamp}},
    {"unary", 2, build_s8_lut, {UK_CONTRACT_s8_lut}},
    {"unary", 2, build_s8_convert, {UK_CONTRACT_u8_s8_convert, UK_CONTRACT_s8_u8_convert}},
    {"unary", 2, build_f32_clamp, {UK_CONTRACT_f32_clamp}},
    {"unary", 2, build_f32_prelu, {UK_CONTRACT_f32_prelu}},
    {"unary", 2, build_f32_affine, FMA_AND_MULADD(f32_affine_clamp)},
    {"map", 3, build_f32_map, FMA_AND_MULADD(f32_map)},
    {"softmax", 2, build_s8_softmax, {UK_CONTRACT_s8_softmax}},
    {"softmax", 2, build_f32_softmax, FMA_AND_MULADD(f32_softmax)},
    {"normalize", 2, build_f32_normalize, FMA_AND_MULADD(f32_normalize)},
    {"reduce", 3, build_s8_reduce, {UK_CONTRACT_s8_reduce}},
    {"reduce", 3, build_f32_reduce, {UK_CONTRACT_f32_reduce}},
    {"argmax", 3, build_s8_argmax, {UK_CONTRACT_s8_argmax}},
    {"argmax", 3, build_f32_argmax, {UK_CONTRACT_f32_argmax}},
    {"quantize", 2, build_quantize, {UK_CONTRACT_f32_s8_quantize}},
    {"quantize", 2, build_dequantize, {UK_CONTRACT_s8_f32_dequantize}},

    {"pad", 5, build_pad, {UK_CONTRACT_xx_pad}},
    {"transpose", 9, build_transpose, {UK_CONTRACT_xx_transpose}},
    {"copy", 4, build_copy, {UK_CONTRACT_xx_copy}},
    {"strided_copy", 5, build_strided_copy, {UK_CONTRACT_xx_strided_copy}},
    {"gather", 3, build_gather, {UK_CONTRACT_xx_gather}},
    {"gather_nd", 4, build_gather_nd, {UK_CONTRACT_xx_gather_nd}},
    {"select", 3, build_select, {UK_CONTRACT_xx_select}},
    {"typed", 2, build_compare, {UK_CONTRACT_xx_compare}},
    {"typed", 2, build_arithmetic, {UK_CONTRACT_xx_arithmetic}},
    {"typed", 2, build_cast, {UK_CONTRACT_xx_cast}},
    {"detections", 2, build_detections, {UK_CONTRACT_f32_detections}},
};
const uint32_t bench_family_count = sizeof bench_families / sizeof bench_families[0];
