// SPDX-License-Identifier: Apache-2.0
// The gradient of f32_normalize over each row in float32, as uk_training_parameters.h has it: with
// g = dy·scale[column] and n = (x − mean)·factor,
// dx[rows, columns] = (g − mean of g − n·mean of g·n)·factor, the multiply-adds as the kernel's
// float class rounds them. dx may lie on x or dy.

#include "../support/uk_elements.h"
#include "../support/uk_row_moments.h"

/// A row and what its elements share.
typedef struct uk_normal_row {
  const float *x, *dy, *scale;
  size_t columns;
  float mean, factor;
} uk_normal_row;

/// The sums of g and of g·n.
UK_INLINE void uk_gradient_sums(const uk_normal_row *row, float *g_sum, float *product_sum) {
  uk_row_sums sums = uk_no_sums(), products = uk_no_sums();
  for (size_t first = 0; first < row->columns; first += UK_PARTIAL_SUMS) {
    UK_EACH_SUM(v) {
      const size_t c = first + v * UK_WIDTH;
      if (c >= row->columns) break;
      const size_t left = row->columns - c;
      const uk_vf g = uk_load_lanes(row->dy + c, left) * uk_load_lanes(row->scale + c, left);
      const uk_vf n = (uk_load_lanes(row->x + c, left) - row->mean) * row->factor;
      sums.of[v] += g;
      products.of[v] = UK_MULADD(g, uk_keep_lanes(n, left), products.of[v]);
    }
  }
  *g_sum = uk_join_sums(&sums);
  *product_sum = uk_join_sums(&products);
}

UK_TARGET void UK_SYMBOL(const uk_arguments *arguments, uint32_t begin, uint32_t end,
                         void *scratch) {
  (void)scratch;
  const uk_f32_normalize_parameters *p = arguments->parameters;
  const size_t columns = p->columns;
  const float *scale = uk_elements(arguments, 2, 0);
  for (size_t row = begin; row < end; ++row) {
    const float *x = uk_elements(arguments, 0, row * columns);
    const float *dy = uk_elements(arguments, 1, row * columns);
    float *dx = uk_elements(arguments, 3, row * columns);
    uk_normal_row r = {x, dy, scale, columns, 0, 0};
    if (p->is_centered) r.mean = uk_row_sum(x, columns) / (float)columns;
    const float variance = uk_row_deviation(x, columns, r.mean) / (float)columns;
    r.factor = 1 / __builtin_elementwise_sqrt(variance + p->epsilon);
    float g_sum, product_sum;
    uk_gradient_sums(&r, &g_sum, &product_sum);
    const float a = p->is_centered ? g_sum / (float)columns : 0;
    const uk_vf b = uk_splat(-(product_sum / (float)columns));
    UK_STORE_EACH(dx, columns,
                  UK_MULADD(b, (UK_AT(x) - r.mean) * r.factor, UK_AT(dy) * UK_AT(scale) - a)
                      * r.factor);
  }
}
