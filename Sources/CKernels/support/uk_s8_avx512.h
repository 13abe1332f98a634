// SPDX-License-Identifier: Apache-2.0
// The int8 product on AVX-512 without VNNI: tiles of 12 rows by 32 columns, or by 16. They are tall
// because unpacking the weights takes three operations for two products of every row.
#include "uk_tile_avx512.h"
#include "uk_s8_lanes_avx512.h"
#include "uk_s8_pairs.h"
#include "uk_s8_pixels.h"

#define UK_TILE_WIDTH 2
#define UK_TILE_SUMS 24
#define UK_S8_TILES(tile) tile(2, 12) tile(1, 12)
#define UK_S8_BLOCK uk_s8_block__avx512
