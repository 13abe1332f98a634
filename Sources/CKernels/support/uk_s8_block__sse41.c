// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "uk_s8_sse41.h"
#include "uk_s8_tile.h"
#endif
