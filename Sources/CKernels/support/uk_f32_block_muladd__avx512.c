// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "uk_elementwise_avx512.h"
#include "uk_f32_block_avx512.h"

UK_TARGET void uk_f32_block_muladd__avx512(const uk_f32_product *product, size_t rows) {
  uk_f32_block_avx512(product, rows, uk_f32_block_muladd__avx2);
}
#endif
