// SPDX-License-Identifier: Apache-2.0
// uk_elementwise.h with vectors of 256 bits. Include it first.
#define UK_VECTOR_BYTES 32
#define UK_TARGET __attribute__((target("avx2,f16c,fma")))
#include "uk_elementwise.h"
