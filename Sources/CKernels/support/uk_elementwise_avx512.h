// SPDX-License-Identifier: Apache-2.0
// uk_elementwise.h with vectors of 512 bits. Include it first.
#define UK_VECTOR_BYTES 64
#define UK_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")))
#include "uk_elementwise.h"
