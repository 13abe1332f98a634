// SPDX-License-Identifier: Apache-2.0
// The functions are written in Swift: Sources/Engine/CAPI.
#include "thimble.h"
