// SPDX-License-Identifier: Apache-2.0
#include "uk_s8_dwconv_scalar.h"

/// Depthwise convolution in int8 of output rows `begin ..< end`; int32 sums; see `uk_window`.
///
/// Weights: [tap][channels, padded to 16]. Taps outside the image read `pad`.
void uk_s8_dwconv_requant__scalar(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                                  void *scratch) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  int8_t pad[UK_CHANNEL_BLOCK];
  const uk_channels c = uk_all_channels(&p->window, operands, 1, pad);
  for (uint32_t row = begin; row < end; ++row) {
    uk_s8_dwconv_row_scalar(&c, p, row, uk_row(&operands[5], row), scratch);
  }
}
