// SPDX-License-Identifier: Apache-2.0
// Input rows of a convolution by runs: padded, so that every window is inside.
#include "../support/uk_s8_rows.h"

/// Copies bytes, all combined with `flip`, which is 0 or −128.
UK_INLINE UK_TARGET void uk_s8_runs_copy(const int8_t *restrict x, size_t count, int8_t flip,
                                         int8_t *restrict y) {
  for (size_t b = 0; b < count; ++b) y[b] = x[b] ^ flip;
}

/// Fills with the pixel `pad`, the last of which may be cut.
UK_INLINE UK_TARGET void uk_s8_runs_fill(const int8_t *pad, size_t channels, size_t count,
                                         int8_t flip, int8_t *y) {
  for (size_t b = 0, k = 0; b < count; ++b) {
    y[b] = pad[k] ^ flip;
    k = k + 1 < channels ? k + 1 : 0;
  }
}

/// One padded row; outside the image `x` is NULL.
UK_INLINE UK_TARGET void uk_s8_runs_pad_row(const uk_window *window, const int8_t *x,
                                            const int8_t *pad, int8_t flip, int8_t *padded) {
  const size_t channels = window->in_channels, row_bytes = uk_runs_row_bytes(window);
  const size_t front = x == NULL ? row_bytes : (size_t)window->pad_left * channels;
  const size_t left = front < row_bytes ? front : row_bytes;
  const size_t whole = (size_t)window->in_width * channels;
  const size_t inside = whole < row_bytes - left ? whole : row_bytes - left;
  uk_s8_runs_fill(pad, channels, left, flip, padded);
  if (inside > 0) uk_s8_runs_copy(x, inside, flip, padded + left);
  uk_s8_runs_fill(pad, channels, row_bytes - left - inside, flip, padded + left + inside);
}

#if UK_STEPS == 1

/// Where the run of output column `column` begins in a padded row.
UK_INLINE size_t uk_s8_runs_offset(const uk_window *window, size_t column) {
  return column * window->stride_width * window->in_channels;
}

/// A padded row as the tiles read it.
UK_INLINE UK_TARGET void uk_s8_runs_make_row(const uk_window *window, const int8_t *x,
                                             const int8_t *pad, int8_t flip, int8_t *narrow,
                                             int8_t *row) {
  (void)narrow;
  uk_s8_runs_pad_row(window, x, pad, flip, row);
}

/// `uk_s8_row_starts` of runs, behind which a vector may be read.
UK_INLINE UK_TARGET void uk_s8_runs_starts(const void *const *a, size_t taps, size_t count,
                                           size_t rows, int32_t zero_point, int32_t *starts) {
  _Alignas(32) int8_t kept[32] = {0};
  memset(kept, -1, (count - 1) % 32 + 1);
  const __m256i mask = _mm256_load_si256((const __m256i *)kept);
  for (size_t i = 0; i < rows; i += 4) {
    __m256i sums[4] = {0};
    for (size_t t = 0; t < taps; ++t) {
      UK_UNROLL for (size_t n = 0; n < 4; ++n) {
        const int8_t *x = a[t * rows + (i + n < rows ? i + n : rows - 1)];
        size_t k = 0;
        for (; k + 32 < count; k += 32) {
          sums[n] = uk_sum_bytes(sums[n], _mm256_loadu_si256((const __m256i *)(x + k)));
        }
        sums[n] = uk_sum_bytes(sums[n], _mm256_loadu_si256((const __m256i *)(x + k)) & mask);
      }
    }
    uk_s8_join_starts(sums, zero_point, starts + i);
  }
}

#else

/// Where the run of output column `column` begins: in the copy of a padded row whose groups begin
/// where it does.
UK_INLINE size_t uk_s8_runs_offset(const uk_window *window, size_t column) {
  const size_t at = column * window->stride_width * window->in_channels;
  const size_t copy = at % 4 * uk_runs_alignments(window) / 4;
  return 2 * (copy * uk_runs_row_bytes(window) + at / 4 * 4);
}

/// A padded row as the tiles read it: widened, once for each alignment.
UK_INLINE UK_TARGET void uk_s8_runs_make_row(const uk_window *window, const int8_t *x,
                                             const int8_t *pad, int8_t flip, int8_t *narrow,
                                             int8_t *row) {
  const size_t row_bytes = uk_runs_row_bytes(window), copies = uk_runs_alignments(window);
  uk_s8_runs_pad_row(window, x, pad, flip, narrow);
  for (size_t copy = 0; copy < copies; ++copy) {
    const size_t skipped = copy * 4 / copies;
    uk_widen(narrow + skipped, row_bytes - skipped, (int16_t *)row + copy * row_bytes);
  }
}

UK_INLINE UK_TARGET void uk_s8_runs_starts(const void *const *a, size_t taps, size_t count,
                                           size_t rows, int32_t zero_point, int32_t *starts) {
  uk_s8_row_starts(a, taps, rows, count, rows, zero_point, starts);
}

#endif
