// SPDX-License-Identifier: Apache-2.0
#ifndef THIMBLE_CPLATFORM_H
#define THIMBLE_CPLATFORM_H
#include <stdint.h>
#endif
