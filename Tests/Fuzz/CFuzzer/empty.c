// SPDX-License-Identifier: Apache-2.0
// A C target needs a source file; the header is all there is to it.
#include "CFuzzer.h"
