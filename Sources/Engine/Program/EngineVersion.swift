// SPDX-License-Identifier: Apache-2.0

/// The version of Thimble that this engine belongs to.
public let engineVersion: StaticString = "0.1.0"
