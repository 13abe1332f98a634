// SPDX-License-Identifier: Apache-2.0
// The int8 product on AVX2: tiles of 6 rows by 16 columns.
#include "uk_tile_avx2.h"
#include "uk_s8_lanes_avx2.h"
#include "uk_s8_pairs.h"
#include "uk_s8_pixels.h"

#define UK_TILE_WIDTH 2
#define UK_TILE_SUMS 12
#define UK_S8_TILES(tile) tile(1, 6)
#define UK_S8_BLOCK uk_s8_block__avx2
