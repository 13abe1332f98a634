// SPDX-License-Identifier: Apache-2.0
// The int8 product on SSE4.1: tiles of 3 rows by 16 columns.
#include "uk_tile_sse41.h"
#include "uk_s8_lanes_sse41.h"
#include "uk_s8_pairs.h"
#include "uk_s8_pixels.h"

#define UK_TILE_WIDTH 4
#define UK_TILE_SUMS 12
#define UK_S8_TILES(tile) tile(1, 3)
#define UK_S8_BLOCK uk_s8_block__sse41
