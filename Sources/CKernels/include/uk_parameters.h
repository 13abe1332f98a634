// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_UK_PARAMETERS_H
#define THIMBLE_UK_PARAMETERS_H

// The parameter block of every kernel contract, exactly as it is stored in a program file:
// little-endian, 4-byte fields, no padding, size a multiple of 16. Counts are elements unless the
// name says bytes. A reserved field is 0.

#include <stdint.h>

/// Geometry of a sliding window over an NHWC image.
///
/// Output row `r` belongs to image `r / out_height`; its window starts at input row
/// `(r % out_height) * stride_height - pad_top`. What lies outside the image is padding. Bottom and
/// right padding follow from the output extent.
typedef struct uk_window {
  uint32_t batch;
  uint32_t in_height, in_width, in_channels;
  uint32_t out_height, out_width, out_channels;
  uint32_t kernel_height, kernel_width;
  uint32_t stride_height, stride_width;
  uint32_t dilation_height, dilation_width;
  uint32_t pad_top, pad_left;
  uint32_t reserved;
} uk_window;

/// How an int32 accumulator becomes int8: to float32, times a scale, clamp to
/// `[min − zero_point, max − zero_point]` (NaN gives the lower end), round to nearest even, add the
/// zero point. No fused multiply. All three lie in −128 … 127, and `min <= max`.
///
/// An int16 output differs in three things: the accumulator is int64, in two's complement, and goes
/// by float64 to float32, rounded to nearest even at each step (so once, up to 2⁵³); the zero point
/// is 0; `min` and `max` lie in −32768 … 32767.
typedef struct uk_requantize {
  int32_t zero_point;
  int32_t min, max;
  uint32_t reserved;
} uk_requantize;

/// y[rows, columns] = requantize(a[rows, depth] · (w[columns, depth] − zero point)ᵀ + bias).
typedef struct uk_s8_gemm_parameters {
  uint32_t rows, columns, depth;
  int32_t weights_zero_point;  // −128 … 127
  uk_requantize output;
} uk_s8_gemm_parameters;

/// Convolution and depthwise convolution in int8: sums of x · (w − weights_zero_point).
typedef struct uk_s8_window_parameters {
  uk_window window;
  uk_requantize output;
  int32_t weights_zero_point;  // −128 … 127
  uint32_t reserved[3];
} uk_s8_window_parameters;

/// y[rows, columns] = clamp(a[rows, depth] · w[columns, depth]ᵀ + bias).
typedef struct uk_f32_gemm_parameters {
  uint32_t rows, columns, depth, reserved;
  float min, max;
  uint32_t reserved2[2];
} uk_f32_gemm_parameters;

// f32_s8_gemm_dynamic has these parameters too. It quantises each row of a by itself: with m the
// row's greatest magnitude (NaN counts as 0, an infinity as the greatest finite one),
//
//     row scale = m / 127,    q = round(clamp(a · (127 / m), −127, 127))
//
// to nearest even; 0 and all 0 when m / 127 is below the smallest normal number. With the exact
// int32 sum of q · w, y = clamp((row scale · scale) · float(sum) + bias). Every operation rounds
// by itself, whatever the float class.
//
// So have the products of stored weights, f32_w8_gemm, f32_w4_gemm and f32_w16_gemm: each weight
// becomes float32 as follows, and the rest is f32_gemm_clamp.
//
//     int8:     float(w) · scale of the column
//     int4:     float(w) · scale of the column's group of 32 along the depth; −8 … 7
//     float16:  exactly

/// y[rows, depth] = a[rows, columns] · w[columns, depth], with w packed as for a[rows, depth] · wᵀ:
/// what the gradient of such a product is of its input. Sums start at +0 and run over the columns.
typedef struct uk_f32_gemm_transposed_parameters {
  uint32_t rows, columns, depth, reserved;
} uk_f32_gemm_transposed_parameters;

/// Convolution, depthwise convolution and pooling in float32.
///
/// Average pooling adds the taps inside the image to +0, kernel row by kernel row, and divides by
/// their count, or by the whole window; a window with no tap inside divides 0 by 0 and gives `min`.
/// Maximum pooling starts at −∞ and skips NaN.
typedef struct uk_f32_window_parameters {
  uk_window window;
  float min, max;
  uint32_t counts_padding;  // average pooling: 1 divides by the full window, 0 by its inner part
  uint32_t reserved;
} uk_f32_window_parameters;

/// Average and maximum pooling in int8.
///
/// Average: the int32 sum of `x − input_zero_point` over the taps inside the image, requantised
/// with `multiplier / count`. Maximum: of the stored values, −128 when there is none, clamped to
/// `[min, max]`; it reads nothing else of the output's fields. In int16 a window has at most 65535
/// taps, so that no sum leaves 32 bits.
typedef struct uk_s8_pool_parameters {
  uk_window window;
  uk_requantize output;
  int32_t input_zero_point;
  float multiplier;         // input scale / output scale
  uint32_t counts_padding;  // as above
  uint32_t reserved;
} uk_s8_pool_parameters;

/// Two-operand elementwise: element (i0, i1, i2, i3) of y, which is contiguous and has these
/// `extents`, reads `a[i0·a0 + i1·a1 + i2·a2 + i3·a3]`, and b alike. A stride of 0 broadcasts; the
/// last one is 0 or 1. Rows are (i0, i1, i2).
typedef struct uk_broadcast {
  uint32_t extents[4];
  uint32_t a[4], b[4];
} uk_broadcast;

typedef struct uk_f32_binary_parameters {
  uk_broadcast shape;
  float min, max;
  uint32_t reserved[2];
} uk_f32_binary_parameters;

/// s8_add: y = round((a − a_zero_point)·a_scale + (b − b_zero_point)·b_scale) + zero point; both
/// scales already divided by the output's.
/// s8_mul: y = round((a − za)·(b − zb)·a_scale) + zero point.
typedef struct uk_s8_binary_parameters {
  uk_broadcast shape;
  int32_t a_zero_point, b_zero_point;
  float a_scale, b_scale;
  uk_requantize output;
} uk_s8_binary_parameters;

/// Elementwise with one operand: `y[rows, columns] = clamp(f(x[rows, columns]))`. f32_prelu, which
/// is `x > 0 ? x : x · slope`, does not clamp: `min` and `max` are 0.
typedef struct uk_f32_unary_parameters {
  uint32_t rows, columns;
  float min, max;
} uk_f32_unary_parameters;

/// A function of one real; stored in programs, in sequence from 1.
///
/// NaN gives NaN, but 0 where HARD_SIGMOID clamps it.
typedef enum __attribute__((enum_extensibility(closed))) uk_f32_function {
  UK_FUNCTION_SIGMOID = 1,         // 1 / (1 + e⁻ˣ)
  UK_FUNCTION_TANH = 2,
  UK_FUNCTION_ERF = 3,
  UK_FUNCTION_GELU = 4,            // x/2 · (1 + erf(x / √2))
  UK_FUNCTION_GELU_TANH = 5,       // x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))
  UK_FUNCTION_SILU = 6,            // x / (1 + e⁻ˣ)
  UK_FUNCTION_HARD_SWISH = 7,      // x · clamp(x + 3, 0, 6) / 6
  UK_FUNCTION_HARD_SIGMOID = 8,    // clamp(alpha·x + beta, 0, 1)
  UK_FUNCTION_ELU = 9,             // x > 0 ? x : alpha · (eˣ − 1)
  UK_FUNCTION_SOFTPLUS = 10,       // log(1 + eˣ)
  UK_FUNCTION_EXP = 11,
  UK_FUNCTION_LOG = 12,
  UK_FUNCTION_SQRT = 13,
  UK_FUNCTION_RSQRT = 14,          // 1 / √x, root and quotient each rounded
  UK_FUNCTION_RECIPROCAL = 15,
  UK_FUNCTION_INTEGER_POWER = 16,  // x to the power of `exponent`, which is not 0
  UK_FUNCTION_POWER = 17,          // exp(alpha · log x)
  UK_FUNCTION_ABS = 18,
  UK_FUNCTION_NEGATE = 19,
  UK_FUNCTION_FLOOR = 20,
  UK_FUNCTION_CEIL = 21,
  UK_FUNCTION_ROUND = 22,          // to nearest even
} uk_f32_function;

/// y[rows, columns] = function(x). What the function does not name is 0.
typedef struct uk_f32_map_parameters {
  uint32_t rows, columns;
  uint32_t function;  // of uk_f32_function
  int32_t exponent;
  float alpha, beta;
  uint32_t reserved[2];
} uk_f32_map_parameters;

/// What a reduction makes of a sequence; stored in programs, in sequence from 0.
typedef enum __attribute__((enum_extensibility(closed))) uk_reduction {
  UK_REDUCTION_SUM = 0,
  UK_REDUCTION_MEAN = 1,            // the sum, divided by the count
  UK_REDUCTION_MAX = 2,             // −∞ when all are NaN, which are skipped
  UK_REDUCTION_MIN = 3,             // +∞ when all are NaN
  UK_REDUCTION_SUM_OF_SQUARES = 4,  // each square rounded; float32 only
  UK_REDUCTION_PRODUCT = 5,         // float32 only
} uk_reduction;

/// y[outer, inner] = reduction of x[outer, reduced, inner] over its middle axis.
///
/// In float32, partial result l of 32 takes elements l, l + 32, … in order, starting at +0, 1 or an
/// infinity; the partial results are joined by taking the upper half into the lower, five times.
typedef struct uk_reduce_parameters {
  uint32_t outer, reduced, inner;
  uint32_t kind;  // of uk_reduction
} uk_reduce_parameters;

/// The reduction of `x − input_zero_point` in int32, requantised with `multiplier`: the input's
/// scale by the output's, of a mean also by the count.
typedef struct uk_s8_reduce_parameters {
  uk_reduce_parameters shape;
  int32_t input_zero_point;
  float multiplier;
  uint32_t reserved[2];
  uk_requantize output;
} uk_s8_reduce_parameters;

/// Layer normalisation over the columns of each row: `(x − mean) / √(variance + epsilon) · scale +
/// bias`. Root mean square normalisation when not centered: the mean counts as 0.
///
/// Two sums as in softmax, the second of (x − mean)² by multiply-adds, each divided by the columns;
/// x − mean is multiplied by 1 / √(variance + epsilon), and that by scale and added to bias.
typedef struct uk_f32_normalize_parameters {
  uint32_t rows, columns;
  float epsilon;
  uint32_t is_centered;  // 0 or 1
} uk_f32_normalize_parameters;

/// y[outer, inner, rows, columns] = a[rows, depth] · b for outer · inner products, b a matrix
/// [depth, columns], or [columns, depth] when transposed. `a_outer` and so on are elements from one
/// product's matrix to the next; 0 repeats one matrix.
typedef struct uk_f32_matmul_parameters {
  uint32_t outer, inner, rows, columns, depth;
  uint32_t is_transposed;  // 0 or 1
  uint32_t a_outer, a_inner, b_outer, b_inner;
  uint32_t reserved[2];
} uk_f32_matmul_parameters;

/// The same in int8: y = requantize((a − a_zero_point) · (b − b_zero_point)), every output with the
/// one `scale`: that of a by that of b, divided by the output's.
typedef struct uk_s8_matmul_parameters {
  uk_f32_matmul_parameters shape;
  int32_t a_zero_point, b_zero_point;  // −128 … 127
  float scale;
  uint32_t reserved;
  uk_requantize output;
} uk_s8_matmul_parameters;

/// y = softmax(scale · q·kᵀ + mask) · v for each of `batch · heads` heads.
///
/// q is `[batch, heads, rows, depth]`, k `[batch, key_heads, keys, depth]`, v `[batch, key_heads,
/// keys, value_depth]`, y `[batch, heads, rows, value_depth]`; an operand whose bit of
/// `rows_first` is set (1 q, 2 k, 4 v, 8 y) has its rows before its heads. Heads share k and v in
/// groups of heads / key_heads. The mask is `[batch, heads, rows, keys]` with extent 1 where a bit
/// of `mask_axes` (1, 2, 4, 8) is not set. Causal: query row r sees keys 0 … r + keys − rows. A
/// row all of whose scores are −∞ gives NaN, or 0 with `zeroes_nan`.
///
/// Each dot product starts at +0 and runs over the depth in sequence; its multiply-add with scale
/// and mask, the softmax and the products with v follow, as in f32_softmax and f32_matmul.
typedef struct uk_f32_attention_parameters {
  uint32_t batch, heads, key_heads, rows, keys, depth, value_depth;
  uint32_t rows_first, mask_axes;
  uint32_t is_causal, zeroes_nan;  // 0 or 1
  float scale;
} uk_f32_attention_parameters;

/// s8_lut and conversions between uint8 and int8: rows and columns of one matrix.
typedef struct uk_matrix_parameters {
  uint32_t rows, columns, reserved[2];
} uk_matrix_parameters;

/// Between float32 and int8: real = scale · (stored − zero_point).
typedef struct uk_quantize_parameters {
  uint32_t rows, columns;
  float scale;
  int32_t zero_point;
} uk_quantize_parameters;

/// From integers to integers: y = requantize((x − input_zero_point) · multiplier), the multiplier
/// being the input's scale by the output's.
typedef struct uk_requantize_parameters {
  uint32_t rows, columns;
  float multiplier;
  int32_t input_zero_point;
  uk_requantize output;
} uk_requantize_parameters;

/// Softmax in int8 over the columns of each row: `table[d]` holds exp(−d · input scale · beta) as
/// float32 for d = 0 … 255, and d is the row's maximum − x. The entries are summed as in float32
/// softmax; the output is requantised from `(table[d] / sum) · multiplier`, with `multiplier` =
/// 1 / output scale.
typedef struct uk_s8_softmax_parameters {
  uint32_t rows, columns;
  float multiplier;
  uint32_t reserved;
  uk_requantize output;
} uk_s8_softmax_parameters;

/// Softmax in float32 over the columns of each row: exp(beta · (x − max)) / sum.
///
/// The maximum skips NaN. Partial sum l of 32 adds columns l, l + 32, … in order to +0; the partial
/// sums are joined by adding the upper half to the lower, five times.
typedef struct uk_f32_softmax_parameters {
  uint32_t rows, columns;
  float beta;
  uint32_t reserved;
} uk_f32_softmax_parameters;

/// One entry of a bilinear table: the output lies at `fraction` (in [0, 1)) of the way from source
/// row or column `first` to `second`, both inside the image.
typedef struct uk_resize_tap {
  uint32_t first, second;
  float fraction;
  uint32_t reserved;
} uk_resize_tap;

/// Resize of an NHWC image. The coordinate rules are settled at compile time: one table entry for
/// each output row (`out_height`) and one for each output column (`out_width`).
///
/// Nearest: an entry is a uint32_t, the source row or column. Bilinear: a `uk_resize_tap`. Output
/// row r = (n, y) over `batch * out_height`; x and y are spatial operands (`uk_rows`).
///
/// Bilinear is `mix(a, b, fraction) = (b − a)·fraction + a`, the subtraction rounded, the
/// multiply-add as the contract's float class does it: first both source rows along the columns,
/// then the two results by the row's fraction. s8_resize_bilinear does it on stored values in the
/// muladd way, clamps to −128 … 127 (NaN gives −128) and rounds to nearest even.
typedef struct uk_resize_parameters {
  uint32_t batch, in_height, in_width, channels, out_height, out_width;
  uint32_t element_bytes, reserved;
} uk_resize_parameters;

/// Where the largest element of x[rows, depth, columns] lies along the middle axis, or the
/// smallest: `y[rows, columns]`, integers of 4 or 8 bytes. Of equals it is the first, or the last.
/// NaN counts as −∞ where the largest is sought, as +∞ where the smallest is.
typedef struct uk_argmax_parameters {
  uint32_t rows, depth, columns;
  uint32_t index_bytes;
  uint32_t is_minimum, takes_last;
  uint32_t reserved[2];
} uk_argmax_parameters;

/// Single-shot detection: boxes from their encodings, then non-maximum suppression.
///
/// encodings[boxes, encoding_width] begin with y, x, h, w; anchors[boxes, 4] are centre y, centre
/// x, height, width; scores[boxes, class_offset + classes]. In float32, every operation rounded:
///
///     centre = y / y_scale · height + centre y,    half = 0.5 · exp(h / h_scale) · height
///
/// and alike along x; exp is `uk_exp_muladd`. The edges are centre − half and centre + half.
///
/// Suppression takes the boxes whose score is at least `score_threshold`, the best first and of
/// equals the first, and drops those whose intersection over union with one taken before is more
/// than `overlap_threshold`. By box: the score is that of the box's best class, up to `detections`
/// boxes are taken, each with its best `classes_per_box` classes. By class: each class takes up to
/// `detections_per_class` boxes, and the best `detections` of all classes remain, of equals the
/// earlier class. NaN scores rank last, and never reach the threshold.
///
/// With n = detections · classes_per_box: y is n boxes (top, left, bottom, right), n classes, n
/// scores, and the number of boxes taken, or by class of detections; what is not taken is 0.
typedef struct uk_detection_parameters {
  uint32_t boxes, encoding_width, classes, class_offset;
  uint32_t detections, classes_per_box;
  uint32_t detections_per_class;  // 0 by box
  uint32_t is_by_class;
  float score_threshold, overlap_threshold;
  float y_scale, x_scale, h_scale, w_scale;
  uint32_t reserved[2];
} uk_detection_parameters;

/// y = clamp(result + residual) behind a product or convolution in float32: after its parameters.
typedef struct uk_f32_residual {
  float min, max;
  uint32_t reserved[2];
} uk_f32_residual;

/// The same in int8, as s8_add: with q the requantised result,
/// y = round((q − its zero point)·scale + (residual − residual_zero_point)·residual_scale) + zero
/// point; both scales already divided by the output's.
typedef struct uk_s8_residual {
  float scale, residual_scale;
  int32_t residual_zero_point;
  uint32_t reserved;
  uk_requantize output;
} uk_s8_residual;

typedef struct uk_s8_gemm_add_parameters {
  uk_s8_gemm_parameters product;
  uk_s8_residual add;
} uk_s8_gemm_add_parameters;

typedef struct uk_s8_conv_add_parameters {
  uk_s8_window_parameters product;
  uk_s8_residual add;
} uk_s8_conv_add_parameters;

typedef struct uk_f32_gemm_add_parameters {
  uk_f32_gemm_parameters product;
  uk_f32_residual add;
} uk_f32_gemm_add_parameters;

typedef struct uk_f32_conv_add_parameters {
  uk_f32_window_parameters product;
  uk_f32_residual add;
} uk_f32_conv_add_parameters;

/// A long short-term memory over `steps` vectors of `input` elements in each of `batch` sequences.
///
/// x is [steps, batch, input], or [batch, steps, input] when batch major; y has the same order.
/// With h and c the hidden and the cell state, and i, o, f, g sums that start at the bias and run
/// over x, then over h:
///
///     c' = clamp(sigmoid(f)·c + sigmoid(i)·tanh(g), cell_min, cell_max)
///     h' = sigmoid(o)·tanh(c')
///
/// sigmoid(i)·tanh(g) is rounded, then f32_lstm adds the other product as its float class does.
/// sigmoid and tanh are those of f32_map. y holds h after every step, or only after the last when
/// `writes_sequence` is 0, and behind that the last c, [batch, hidden], when `writes_cell` is 1.
typedef struct uk_lstm {
  uint32_t batch, steps, input, hidden;
  uint32_t is_batch_major;
  uint32_t is_reversed;  // 1 runs from the last step to the first
  uint32_t writes_sequence, writes_cell;
  float cell_min, cell_max;
  uint32_t reserved[2];
} uk_lstm;

/// The same in int8, c starting at 0 and h at the zero point. x and h are summed apart, as exact
/// int32 sums; a gate is `sum(x)·scale + sum(h)·scale`, and the rest is float32 in the muladd way.
/// h is requantised from sigmoid(o)·tanh(c') · `multiplier`, which is 1 / output scale.
typedef struct uk_s8_lstm_parameters {
  uk_lstm shape;  // writes_cell is 0
  float multiplier;
  uint32_t reserved[3];
  uk_requantize output;
} uk_s8_lstm_parameters;

/// A gated recurrent unit over `steps` vectors of `input` elements in each of `batch` sequences.
///
/// x and y are laid out as in `uk_lstm`. With h the hidden state, and z, r and n sums that start at
/// the bias and run over x, the first two on over h:
///
///     n' = tanh(n + sigmoid(r)·m), m the bias plus the sum over h, when `resets_after` is 1
///     n' = tanh(n + m), m the bias plus the sum over sigmoid(r)·h, when it is 0
///     h' = (1 − sigmoid(z))·n' + sigmoid(z)·h
///
/// The first product of h' is rounded; the other is added as the float class does, and so is
/// sigmoid(r)·m. sigmoid and tanh are those of f32_map. y holds h after every step, or only after
/// the last when `writes_sequence` is 0.
typedef struct uk_gru {
  uint32_t batch, steps, input, hidden;
  uint32_t is_batch_major;
  uint32_t is_reversed;  // 1 runs from the last step to the first
  uint32_t writes_sequence;
  uint32_t resets_after;
} uk_gru;

#if !defined(__cplusplus)
_Static_assert(sizeof(uk_window) == 64, "stored layout");
_Static_assert(sizeof(uk_s8_gemm_parameters) == 32, "stored layout");
_Static_assert(sizeof(uk_s8_window_parameters) == 96, "stored layout");
_Static_assert(sizeof(uk_f32_gemm_parameters) == 32, "stored layout");
_Static_assert(sizeof(uk_f32_gemm_transposed_parameters) == 16, "stored layout");
_Static_assert(sizeof(uk_f32_window_parameters) == 80, "stored layout");
_Static_assert(sizeof(uk_s8_pool_parameters) == 96, "stored layout");
_Static_assert(sizeof(uk_f32_binary_parameters) == 64, "stored layout");
_Static_assert(sizeof(uk_s8_binary_parameters) == 80, "stored layout");
_Static_assert(sizeof(uk_f32_unary_parameters) == 16, "stored layout");
_Static_assert(sizeof(uk_f32_map_parameters) == 32, "stored layout");
_Static_assert(sizeof(uk_reduce_parameters) == 16, "stored layout");
_Static_assert(sizeof(uk_s8_reduce_parameters) == 48, "stored layout");
_Static_assert(sizeof(uk_f32_normalize_parameters) == 16, "stored layout");
_Static_assert(sizeof(uk_f32_matmul_parameters) == 48, "stored layout");
_Static_assert(sizeof(uk_s8_matmul_parameters) == 80, "stored layout");
_Static_assert(sizeof(uk_f32_attention_parameters) == 48, "stored layout");
_Static_assert(sizeof(uk_matrix_parameters) == 16, "stored layout");
_Static_assert(sizeof(uk_quantize_parameters) == 16, "stored layout");
_Static_assert(sizeof(uk_requantize_parameters) == 32, "stored layout");
_Static_assert(sizeof(uk_s8_softmax_parameters) == 32, "stored layout");
_Static_assert(sizeof(uk_f32_softmax_parameters) == 16, "stored layout");
_Static_assert(sizeof(uk_resize_parameters) == 32, "stored layout");
_Static_assert(sizeof(uk_resize_tap) == 16, "stored layout");
_Static_assert(sizeof(uk_argmax_parameters) == 32, "stored layout");
_Static_assert(sizeof(uk_detection_parameters) == 64, "stored layout");
_Static_assert(sizeof(uk_s8_gemm_add_parameters) == 64, "stored layout");
_Static_assert(sizeof(uk_s8_conv_add_parameters) == 128, "stored layout");
_Static_assert(sizeof(uk_f32_gemm_add_parameters) == 48, "stored layout");
_Static_assert(sizeof(uk_f32_conv_add_parameters) == 96, "stored layout");
_Static_assert(sizeof(uk_lstm) == 48, "stored layout");
_Static_assert(sizeof(uk_s8_lstm_parameters) == 80, "stored layout");
_Static_assert(sizeof(uk_gru) == 32, "stored layout");
#endif

#include "uk_move_parameters.h"

#endif
