// SPDX-License-Identifier: Apache-2.0
#include "uk_s8_lstm_scalar.h"

#define UK_SYMBOL uk_s8_lstm__scalar
#include "uk_s8_lstm.h"
