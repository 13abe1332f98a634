// SPDX-License-Identifier: Apache-2.0
// uk_tconv.h in float32: x weights bias pad y.
#define UK_ELEMENT float
#define UK_GROUP 1
#define UK_PARAMETERS uk_f32_window_parameters
#define UK_COLUMN_OPERANDS 1
#include "uk_tconv.h"
