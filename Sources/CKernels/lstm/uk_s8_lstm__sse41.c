// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "../support/uk_tile_sse41.h"
#include "uk_s8_lstm_tile.h"

#define UK_SYMBOL uk_s8_lstm__sse41
#include "uk_s8_lstm.h"
#endif
