// SPDX-License-Identifier: Apache-2.0
// Groups of 4 taps of a channel, for `vpdpbusd`. Included once for each width, with UK_BYTES
// channels to a vector and UK_DPBUSD the instruction of that width.
//
// Unpacking bytes, then pairs of bytes, of four rows gives 4 vectors: lane i of 128-bit part q of
// vector j has channel 16q + 4j + i. Packing the sums brings back the order of the channels.
//
// `vpdpbusd` takes unsigned by signed: x is flipped to x + 128, and sums start 128·Σ(w − z) lower.

#define UK_INTS (UK_BYTES / 4)
#if UK_BYTES == 64
#define UK_QUAD(name) name##_64
#define UK_MM(name) _mm512_##name
#define UK_BITS __m512i
#elif UK_BYTES == 32
#define UK_QUAD(name) name##_32
#define UK_MM(name) _mm256_##name
#define UK_BITS __m256i
#else
#define UK_QUAD(name) name##_16
#define UK_MM(name) _mm_##name
#define UK_BITS __m128i
#endif

typedef int32_t UK_QUAD(uk_quad_i32) __attribute__((ext_vector_type(UK_INTS)));
typedef float UK_QUAD(uk_quad_f32) __attribute__((ext_vector_type(UK_INTS)));
typedef int8_t UK_QUAD(uk_quad_i8) __attribute__((ext_vector_type(UK_BYTES)));

/// 4 taps of UK_BYTES channels.
typedef struct UK_QUAD(uk_group) {
  UK_BITS v[4];
} UK_QUAD(uk_group);

/// A block of UK_BYTES channels as it is in scratch; its groups of weights follow.
typedef struct UK_QUAD(uk_quads) {
  UK_QUAD(uk_quad_i32) bias[4];
  UK_QUAD(uk_quad_f32) scale[4];
  UK_QUAD(uk_group) weights[];
} UK_QUAD(uk_quads);

UK_INLINE UK_TARGET UK_BITS UK_QUAD(uk_load)(const void *x) {
  UK_BITS bits;
  memcpy(&bits, x, sizeof bits);
  return bits;
}

UK_INLINE UK_TARGET UK_BITS UK_QUAD(uk_load_flipped)(const void *x) {
  return UK_QUAD(uk_load)(x) ^ UK_MM(set1_epi8)((char)0x80);
}

/// Brings 4 vectors of channels into groups.
UK_INLINE UK_TARGET UK_QUAD(uk_group) UK_QUAD(uk_interleave)(const UK_BITS *x) {
  const UK_BITS a0 = UK_MM(unpacklo_epi8)(x[0], x[1]), a1 = UK_MM(unpackhi_epi8)(x[0], x[1]);
  const UK_BITS b0 = UK_MM(unpacklo_epi8)(x[2], x[3]), b1 = UK_MM(unpackhi_epi8)(x[2], x[3]);
  return (UK_QUAD(uk_group)){{UK_MM(unpacklo_epi16)(a0, b0), UK_MM(unpackhi_epi16)(a0, b0),
                              UK_MM(unpacklo_epi16)(a1, b1), UK_MM(unpackhi_epi16)(a1, b1)}};
}

/// One vector of sums, as int32 steps of the output.
UK_INLINE UK_TARGET UK_BITS UK_QUAD(uk_scale_quads)(const UK_QUAD(uk_quads) *q, int j,
                                                    UK_BITS sum) {
  const UK_QUAD(uk_quad_f32) x =
      __builtin_convertvector((UK_QUAD(uk_quad_i32))sum, UK_QUAD(uk_quad_f32));
  return UK_MM(cvtps_epi32)(x * q->scale[j]);
}

/// `uk_requantize` for steps.
typedef struct UK_QUAD(uk_quad_output) {
  UK_BITS zero_point;
  UK_QUAD(uk_quad_i8) min, max;
} UK_QUAD(uk_quad_output);

UK_INLINE UK_TARGET UK_QUAD(uk_quad_output) UK_QUAD(uk_make_output)(const uk_requantize *output) {
  return (UK_QUAD(uk_quad_output)){
      .zero_point = UK_MM(set1_epi16)((int16_t)output->zero_point),
      .min = (int8_t)output->min,
      .max = (int8_t)output->max,
  };
}

/// Steps, which no scale of 1 or more made too large for int32, to int8.
UK_INLINE UK_TARGET UK_BITS UK_QUAD(uk_pack_quads)(const UK_BITS *steps,
                                                   const UK_QUAD(uk_quad_output) *o) {
  const UK_BITS low = UK_MM(adds_epi16)(UK_MM(packs_epi32)(steps[0], steps[1]), o->zero_point);
  const UK_BITS high = UK_MM(adds_epi16)(UK_MM(packs_epi32)(steps[2], steps[3]), o->zero_point);
  const UK_QUAD(uk_quad_i8) y = (UK_QUAD(uk_quad_i8))UK_MM(packs_epi16)(low, high);
  return (UK_BITS)__builtin_elementwise_min(__builtin_elementwise_max(y, o->min), o->max);
}

/// Brings bias and scale of the channels from `first` on in the order of groups. The weights are
/// there: `groups` of them, with `taps` of them weights and the others 0.
UK_INLINE UK_TARGET void UK_QUAD(uk_order_sums)(UK_QUAD(uk_quads) *q, const uk_channels *c,
                                                size_t first, size_t groups, size_t taps,
                                                int32_t zero_point) {
  const int32_t *bias = (const int32_t *)c->bias + first;
  const float *scale = (const float *)c->scale + first;
  for (int j = 0; j < 4; ++j) {
    for (int part = 0; part < UK_BYTES / 16; ++part) {
      memcpy((uint8_t *)&q->bias[j] + 16 * part, bias + 16 * part + 4 * j, 16);
      memcpy((uint8_t *)&q->scale[j] + 16 * part, scale + 16 * part + 4 * j, 16);
    }
    UK_BITS sum = (UK_BITS)((UK_QUAD(uk_quad_i32))(-(int32_t)taps * zero_point));
    for (size_t group = 0; group < groups; ++group) {
      sum = UK_DPBUSD(sum, UK_MM(set1_epi8)(1), q->weights[group].v[j]);
    }
    q->bias[j] -= (UK_QUAD(uk_quad_i32))sum << 7;
  }
}

#include "uk_s8_dwconv_5x5.h"
#include "uk_s8_dwconv_slide.h"

#undef UK_INTS
#undef UK_QUAD
#undef UK_MM
#undef UK_BITS
#undef UK_BYTES
