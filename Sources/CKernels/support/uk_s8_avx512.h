// SPDX-License-Identifier: Apache-2.0
// The int8 product on AVX-512 without VNNI: tiles of 6 rows by 64 columns, 12 by 32 and 12 by 16.
#include "uk_tile_avx512.h"
#include "uk_s8_lanes_avx512.h"
#include "uk_s8_pairs.h"
#include "uk_s8_pixels.h"

#define UK_TILE_WIDTH 4
#define UK_TILE_SUMS 24
#define UK_S8_TILES(tile) tile(4, 6) tile(2, 12) tile(1, 12)
#define UK_S8_BLOCK uk_s8_block__avx512
