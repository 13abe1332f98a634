// SPDX-License-Identifier: Apache-2.0

/// The type of a tensor's elements.
///
/// The raw values are stored in program files and never reused.
public enum DType: UInt8, Sendable, CaseIterable {
  case float32 = 1
  case float16 = 2
  case float64 = 3
  case int8 = 4
  case uint8 = 5
  case int16 = 6
  case int32 = 7
  case int64 = 8
  case bool = 9

  /// The size of one element, in bytes.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .int16: 2
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }

  /// The name used in reports and on the command line, such as `float32`.
  public var name: StaticString {
    switch self {
    case .float32: "float32"
    case .float16: "float16"
    case .float64: "float64"
    case .int8: "int8"
    case .uint8: "uint8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .bool: "bool"
    }
  }

  /// Whether elements are floating-point numbers.
  public var isFloat: Bool {
    switch self {
    case .float16, .float32, .float64: true
    case .int8, .uint8, .int16, .int32, .int64, .bool: false
    }
  }
}
