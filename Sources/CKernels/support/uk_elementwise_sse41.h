// SPDX-License-Identifier: Apache-2.0
// uk_elementwise.h with vectors of 128 bits. Include it first.
#define UK_VECTOR_BYTES 16
#define UK_TARGET __attribute__((target("sse4.1")))
#include "uk_elementwise.h"
