// SPDX-License-Identifier: Apache-2.0
// An int16 product in tiles, for vectors of an instruction set. The including file defines
//
//   UK_S16_TILE_ROWS      the most rows of a tile
//   UK_S16_VECTORS        vectors that hold a panel's sums, two lanes for each column
//   uk_s16_vector         such a vector, of int32
//   uk_s16_widen(w)       weights in int16 lanes
//   uk_s16_broadcast(x)   4 elements, repeated
//   uk_s16_dot(acc, x, w) acc plus the sums of two neighbouring products
//   uk_s16_columns        int32 sums of a panel's 16 columns
//   uk_s16_join(acc)      the sums of both lanes of each column
//   uk_s16_spill(columns, from, to)  int64 sums `to`: those at `from` and the columns
//   uk_s16_store(columns, from, …)   outputs of such sums
//   uk_s16_store_narrow(columns, bias, …)  outputs of sums within int32, which are the same

/// The running sums of a tile.
typedef struct uk_s16_accumulators {
  uk_s16_vector v[UK_S16_TILE_ROWS][UK_S16_VECTORS];
} uk_s16_accumulators;

/// What running sums are added to: the bias, until they were moved to memory.
typedef struct uk_s16_sums {
  const int64_t *from[UK_S16_TILE_ROWS];
  _Alignas(64) int64_t moved[UK_S16_TILE_ROWS][UK_S16_PANEL];
} uk_s16_sums;

UK_INLINE UK_TARGET void uk_s16_clear(uk_s16_accumulators *acc, const size_t rows) {
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    UK_UNROLL for (int v = 0; v < UK_S16_VECTORS; ++v) acc->v[i][v] = uk_s16_zero();
  }
}

UK_INLINE UK_TARGET void uk_s16_flush(uk_s16_accumulators *acc, const size_t rows,
                                      uk_s16_sums *sums) {
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    uk_s16_spill(uk_s16_join(acc->v[i]), sums->from[i], sums->moved[i]);
    sums->from[i] = sums->moved[i];
  }
  uk_s16_clear(acc, rows);
}

/// One group of each row by one of each column.
UK_INLINE UK_TARGET void uk_s16_add_group(uk_s16_accumulators *acc, const size_t rows,
                                          const uint64_t *x, const int8_t *w) {
  uk_s16_vector weights[UK_S16_VECTORS];
  UK_UNROLL for (int v = 0; v < UK_S16_VECTORS; ++v) {
    weights[v] = uk_s16_widen(w + v * (UK_S16_GROUP_BYTES / UK_S16_VECTORS));
  }
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    const uk_s16_vector group = uk_s16_broadcast(x[i]);
    UK_UNROLL for (int v = 0; v < UK_S16_VECTORS; ++v) {
      acc->v[i][v] = uk_s16_dot(acc->v[i][v], group, weights[v]);
    }
  }
}

/// Rows `row ..< row + rows` of one panel, whose first column is `column`; `bias` is NULL where
/// sums may leave int32.
UK_INLINE UK_TARGET void uk_s16_tile(const uk_s16_product *p, size_t row, const size_t rows,
                                     size_t column, const int32_t *bias) {
  const int8_t *w = p->weights + column / UK_S16_PANEL * p->panel_bytes;
  uk_s16_accumulators acc;
  uk_s16_sums sums;
  uk_s16_clear(&acc, rows);
  UK_UNROLL for (size_t i = 0; i < rows; ++i) sums.from[i] = p->bias + column;
  size_t room = UK_S16_GROUPS;
  for (size_t tap = 0; tap < p->taps; ++tap) {
    const int16_t *a[UK_S16_TILE_ROWS];
    UK_UNROLL for (size_t i = 0; i < rows; ++i) a[i] = p->a[tap * p->pitch + row + i];
    for (size_t group = 0; group < p->groups;) {
      if (room == 0) {
        uk_s16_flush(&acc, rows, &sums);
        room = UK_S16_GROUPS;
      }
      const size_t count = p->groups - group < room ? p->groups - group : room;
      for (const size_t end = group + count; group < end; ++group, w += UK_S16_GROUP_BYTES) {
        uint64_t x[UK_S16_TILE_ROWS];
        UK_UNROLL for (size_t i = 0; i < rows; ++i) memcpy(&x[i], a[i] + 4 * group, 8);
        uk_s16_add_group(&acc, rows, x, w);
      }
      room -= count;
    }
    if (p->tails == NULL) continue;
    if (room == 0) {
      uk_s16_flush(&acc, rows, &sums);
      room = UK_S16_GROUPS;
    }
    uk_s16_add_group(&acc, rows, p->tails + tap * p->pitch + row, w);
    w += UK_S16_GROUP_BYTES;
    --room;
  }
  const size_t rest = p->columns - column;
  const size_t count = rest < UK_S16_PANEL ? rest : UK_S16_PANEL;
  UK_UNROLL for (size_t i = 0; i < rows; ++i) {
    const uk_s16_columns columns = uk_s16_join(acc.v[i]);
    const float *scale = p->scale + column;
    int16_t *y = p->y[row + i] + column;
    if (bias != NULL) {
      uk_s16_store_narrow(columns, bias, scale, p->output, y, count);
    } else {
      uk_s16_store(columns, sums.from[i], scale, p->output, y, count);
    }
  }
}

/// All panels for a block of rows: a panel stays in the cache for all of them.
UK_INLINE UK_TARGET void uk_s16_block(const uk_s16_product *p, size_t rows) {
  const int is_shallow = 4 * p->taps * (p->groups + (p->tails != NULL)) <= UK_S16_NARROW_DEPTH;
  for (size_t column = 0; column < p->columns; column += UK_S16_PANEL) {
    _Alignas(64) int32_t narrow[UK_S16_PANEL];
    const int32_t *bias =
        is_shallow && uk_s16_narrow(p->bias + column, narrow) ? narrow : NULL;
    size_t row = 0;
    for (; row + UK_S16_TILE_ROWS <= rows; row += UK_S16_TILE_ROWS) {
      uk_s16_tile(p, row, UK_S16_TILE_ROWS, column, bias);
    }
#if UK_S16_TILE_ROWS > 4
    for (; row + 4 <= rows; row += 4) uk_s16_tile(p, row, 4, column, bias);
#endif
#if UK_S16_TILE_ROWS > 2
    for (; row + 2 <= rows; row += 2) uk_s16_tile(p, row, 2, column, bias);
#endif
#if UK_S16_TILE_ROWS > 1
    for (; row < rows; ++row) uk_s16_tile(p, row, 1, column, bias);
#endif
  }
}
