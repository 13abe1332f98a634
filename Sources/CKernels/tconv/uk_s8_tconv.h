// SPDX-License-Identifier: Apache-2.0
// uk_tconv.h in int8: x weights bias scale pad y.
#include "uk_tconv_block.h"

// Filling would have to requantise; zeros are convolved.
#define UK_HAS_FILL 0
#define uk_tconv_fill(arguments, b, to) (void)(b)

#define UK_ELEMENT int8_t
#define UK_GROUP 4
#define UK_PARAMETERS uk_s8_window_parameters
#define UK_COLUMN_OPERANDS 2
#include "uk_tconv.h"
