// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)
#include "uk_s8_avx512vnni.h"
#include "uk_s8_tile.h"
#include "uk_s8_flipped.h"
#include "uk_s8_kept.h"
#endif
