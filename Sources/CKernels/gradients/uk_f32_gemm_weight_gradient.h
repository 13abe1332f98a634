// SPDX-License-Identifier: Apache-2.0
// The gradient of a matrix product's weights, float32, over units `begin ..< end`; see
// uk_weight_gradient.h.
#include "uk_f32_weight_gradient.h"

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  const uk_window window = uk_gemm_window(arguments->parameters);
  uk_f32_weight_gradient(&window, arguments->operands, begin, end, scratch);
}
