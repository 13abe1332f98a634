// SPDX-License-Identifier: Apache-2.0
// Cases of depthwise convolution, pooling and resizing.
#include "builders.h"

uk_window bench_window(uint32_t height, uint32_t width, uint32_t in_channels,
                       uint32_t out_channels, uint32_t kernel, uint32_t stride) {
  return (uk_window){
      .batch = 1, .in_height = height, .in_width = width, .in_channels = in_channels,
      .out_height = (height + stride - 1) / stride, .out_width = (width + stride - 1) / stride,
      .out_channels = out_channels, .kernel_height = kernel, .kernel_width = kernel,
      .stride_height = stride, .stride_width = stride, .dilation_height = 1, .dilation_width = 1,
      .pad_top = kernel / 2, .pad_left = kernel / 2};
}

static void image(bench_case *c, uint32_t height, uint64_t row_elements, uint32_t element_bytes) {
  const uint64_t count = height * row_elements;
  bench_operand *operand = element_bytes == 4 ? bench_floats(c, count)
                                              : bench_bytes(c, element_bytes * count);
  operand->rows = height;
}

void bench_image(bench_case *c, const uk_window *w, uint32_t element_bytes) {
  image(c, w->in_height, (uint64_t)w->in_width * w->in_channels, element_bytes);
}

void bench_residual(bench_case *c, const uk_window *w, uint32_t element_bytes) {
  image(c, w->out_height, (uint64_t)w->out_width * w->out_channels, element_bytes);
}

static uint64_t output_bytes(const uk_window *w, uint32_t element_bytes) {
  return (uint64_t)w->out_height * w->out_width * w->out_channels * element_bytes;
}

void bench_image_output(bench_case *c, const uk_window *w, uint32_t element_bytes) {
  bench_output(c, output_bytes(w, element_bytes), w->out_height);
}

// MARK: - Depthwise: height, width, channels, kernel, stride

uk_window bench_depthwise_window(const uint32_t *n) {
  return bench_window(n[0], n[1], n[2], n[2], n[3], n[4]);
}

static void depthwise_extent(bench_case *c, const uk_window *w) {
  const double pixels = (double)w->out_height * w->out_width;
  c->macs = pixels * w->in_channels * (double)uk_window_taps(w);
  c->rows = c->is_in_place ? (w->in_channels + 15) / 16 : w->out_height;
}

static uk_s8_window_parameters s8_dwconv(bench_case *c, const uint32_t *n) {
  const uk_s8_window_parameters p = {.window = bench_depthwise_window(n), .output = bench_int8};
  const uint64_t channels = bench_padded(n[2], 16), taps = uk_window_taps(&p.window);
  bench_set_parameters(c, &p, sizeof p);
  bench_image(c, &p.window, 1);
  bench_bytes(c, taps * channels);
  bench_indices(c, channels, 1000);
  bench_scales(c, channels, bench_scale((double)taps));
  bench_bytes(c, n[2]);
  return p;
}

void build_s8_dwconv(bench_case *c, const uint32_t *n) {
  const uk_s8_window_parameters p = s8_dwconv(c, n);
  bench_image_output(c, &p.window, 1);
  depthwise_extent(c, &p.window);
  c->scratch_bytes = uk_s8_dwconv_requant_scratch_bytes(&p);
}

void build_s8_dwconv_inplace(bench_case *c, const uint32_t *n) {
  const uk_s8_window_parameters p = s8_dwconv(c, n);
  bench_output_in_place(c, output_bytes(&p.window, 1), p.window.out_height);
  depthwise_extent(c, &p.window);
  c->scratch_bytes = uk_s8_dwconv_inplace_requant_scratch_bytes(&p);
}

static uk_f32_window_parameters f32_dwconv(bench_case *c, const uint32_t *n) {
  const uk_f32_window_parameters p = {.window = bench_depthwise_window(n), .min = -6, .max = 6};
  const uint64_t channels = bench_padded(n[2], 16);
  bench_set_parameters(c, &p, sizeof p);
  bench_image(c, &p.window, 4);
  bench_floats(c, uk_window_taps(&p.window) * channels);
  bench_floats(c, channels);
  bench_floats(c, n[2]);
  return p;
}

void build_f32_dwconv(bench_case *c, const uint32_t *n) {
  const uk_f32_window_parameters p = f32_dwconv(c, n);
  bench_image_output(c, &p.window, 4);
  depthwise_extent(c, &p.window);
  c->scratch_bytes = uk_f32_dwconv_clamp_scratch_bytes(&p);
}

void build_f32_dwconv_inplace(bench_case *c, const uint32_t *n) {
  const uk_f32_window_parameters p = f32_dwconv(c, n);
  bench_output_in_place(c, output_bytes(&p.window, 4), p.window.out_height);
  depthwise_extent(c, &p.window);
  c->scratch_bytes = uk_f32_dwconv_inplace_clamp_scratch_bytes(&p);
}

// MARK: - Pooling, as depthwise; a kernel as high as the image is global

uk_window bench_pool_window(const uint32_t *n) {
  uk_window w = bench_depthwise_window(n);
  if (n[3] == n[0]) {
    w.pad_top = w.pad_left = 0;
    w.out_height = w.out_width = 1;
  }
  return w;
}

void build_s8_pool(bench_case *c, const uint32_t *n) {
  const uk_s8_pool_parameters p = {
      .window = bench_pool_window(n), .output = bench_int8, .multiplier = 1.0f};
  bench_set_parameters(c, &p, sizeof p);
  bench_image(c, &p.window, 1);
  bench_image_output(c, &p.window, 1);
  c->rows = p.window.out_height;
}

void build_f32_pool(bench_case *c, const uint32_t *n) {
  const uk_f32_window_parameters p = {.window = bench_pool_window(n), .min = -6, .max = 6};
  bench_set_parameters(c, &p, sizeof p);
  bench_image(c, &p.window, 4);
  bench_image_output(c, &p.window, 4);
  c->rows = p.window.out_height;
}

// MARK: - Resizing: height, width, channels, output's height and width

static uk_resize_parameters resize(bench_case *c, const uint32_t *n, uint32_t element_bytes) {
  const uk_resize_parameters p = {
      .batch = 1, .in_height = n[0], .in_width = n[1], .channels = n[2], .out_height = n[3],
      .out_width = n[4], .element_bytes = element_bytes};
  const uk_window image = {.in_height = n[0], .in_width = n[1], .in_channels = n[2]};
  bench_set_parameters(c, &p, sizeof p);
  bench_image(c, &image, element_bytes);
  c->rows = n[3];
  return p;
}

static void resize_output(bench_case *c, const uint32_t *n, uint32_t element_bytes) {
  bench_output(c, (uint64_t)n[3] * n[4] * n[2] * element_bytes, n[3]);
}

static void bilinear(bench_case *c, const uint32_t *n, uint32_t element_bytes) {
  resize(c, n, element_bytes);
  bench_taps(c, n[0], n[3]);
  bench_taps(c, n[1], n[4]);
  resize_output(c, n, element_bytes);
}

void build_s8_resize_bilinear(bench_case *c, const uint32_t *n) { bilinear(c, n, 1); }

void build_f32_resize_bilinear(bench_case *c, const uint32_t *n) { bilinear(c, n, 4); }

void build_resize_nearest(bench_case *c, const uint32_t *n) {
  resize(c, n, 4);
  const uint32_t in[] = {n[0], n[1]}, out[] = {n[3], n[4]};
  for (int axis = 0; axis < 2; ++axis) {
    uint32_t *sources = (uint32_t *)bench_indices(c, out[axis], 1)->data;
    for (uint32_t i = 0; i < out[axis]; ++i) {
      sources[i] = (uint32_t)((uint64_t)i * in[axis] / out[axis]);
    }
  }
  resize_output(c, n, 4);
}
