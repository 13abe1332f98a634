// SPDX-License-Identifier: Apache-2.0
#include "uk_s8_dwconv_scalar.h"

/// Depthwise convolution in int8 over its own input, of blocks `begin ..< end` of 16 channels.
///
/// As `uk_s8_dwconv_requant`, with no output extent larger than the input's; `y` is on `x`.
/// `scratch` holds the input rows that are still needed.
void uk_s8_dwconv_inplace_requant__scalar(const uk_arguments *arguments, uint32_t begin,
                                          uint32_t end, void *scratch) {
  const uk_s8_window_parameters *p = arguments->parameters;
  const uk_rows *operands = arguments->operands;
  const size_t count = uk_channels_of_blocks(&p->window, begin, end);
  for (size_t done = 0; done < count; done += UK_CHANNEL_BLOCK) {
    const size_t first = (size_t)begin * UK_CHANNEL_BLOCK + done;
    int8_t pad[UK_CHANNEL_BLOCK];
    const uk_channels c =
        uk_channel_block(&p->window, operands, 1, first, count - done, scratch, pad);
    uk_each_inplace_row(&c, operands[0].data + first, 1, p, uk_s8_dwconv_row_scalar, NULL);
  }
}
