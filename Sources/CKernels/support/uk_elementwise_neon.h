// SPDX-License-Identifier: Apache-2.0
// uk_elementwise.h with vectors of 128 bits, which every ARMv8 has. Include it first.
#define UK_VECTOR_BYTES 16
#include "uk_elementwise.h"
