// SPDX-License-Identifier: Apache-2.0
import Graph

/// The options tables of TFLite operators, as data: name, field number, type and default.
///
/// From TensorFlow's `schema.fbs`. Tables that are not listed have no fields that matter, or belong
/// to operators that no spelling covers.
enum TFLiteOptions {
  private enum Kind {
    case int8(Int = 0)
    case int32(Int = 0)
    case bool
    case float
    case int32s
  }

  private typealias Field = (name: String, number: Int, kind: Kind)

  /// By number of the `BuiltinOptions` union.
  private static func fields(_ optionsType: Int) -> [Field] {
    switch optionsType {
    case 1:
      convolution + [("dilation_w_factor", 4, .int32(1)), ("dilation_h_factor", 5, .int32(1))]
    case 2:
      window + [
        ("depth_multiplier", 3, .int32()), ("fused_activation_function", 4, .int8()),
        ("dilation_w_factor", 5, .int32(1)), ("dilation_h_factor", 6, .int32(1)),
      ]
    case 5:
      window + [
        ("filter_width", 3, .int32()), ("filter_height", 4, .int32()),
        ("fused_activation_function", 5, .int8()),
      ]
    case 8:
      [activation, ("weights_format", 1, .int8()), ("keep_num_dims", 2, .bool)]
    case 9: [("beta", 0, .float)]
    case 10: [("axis", 0, .int32()), ("fused_activation_function", 1, .int8())]
    case 11, 12, 21, 28, 29: [activation]
    case 15: [("align_corners", 2, .bool), ("half_pixel_centers", 3, .bool)]
    case 17: [("new_shape", 0, .int32s)]
    case 19, 94: [("block_size", 0, .int32())]
    case 23: [("axis", 0, .int32()), ("batch_dims", 1, .int32())]
    case 27: [("keep_dims", 0, .bool)]
    case 30: [("squeeze_dims", 0, .int32s)]
    case 32:
      [
        ("begin_mask", 0, .int32()), ("end_mask", 1, .int32()), ("ellipsis_mask", 2, .int32()),
        ("new_axis_mask", 3, .int32()), ("shrink_axis_mask", 4, .int32()), ("offset", 5, .bool),
      ]
    case 35, 79: [("num_splits", 0, .int32())]
    case 37: [("in_data_type", 0, .int8()), ("out_data_type", 1, .int8())]
    case 40, 57: [("output_type", 0, .int8())]
    case 49: convolution
    case 55: [("out_type", 0, .int8())]
    case 59: [("values_count", 0, .int32()), ("axis", 1, .int32())]
    case 71:
      [
        ("fused_activation_function", 0, .int8()), ("cell_clip", 1, .float),
        ("time_major", 3, .bool), ("diagonal_recurrent_tensors", 5, .bool),
      ]
    case 64: [("num", 0, .int32()), ("axis", 1, .int32())]
    case 74: [("align_corners", 0, .bool), ("half_pixel_centers", 1, .bool)]
    case 75: [("alpha", 0, .float)]
    case 77: [("mode", 0, .int8())]
    case 101: [("adj_x", 0, .bool), ("adj_y", 1, .bool)]
    case 116: [("approximate", 0, .bool)]
    default: []
    }
  }

  private static let window: [Field] = [
    ("padding", 0, .int8()), ("stride_w", 1, .int32()), ("stride_h", 2, .int32()),
  ]
  private static let convolution: [Field] = window + [("fused_activation_function", 3, .int8())]
  private static let activation: Field = ("fused_activation_function", 0, .int8())

  /// The options table that an operator must carry, where a wrong one would be misread.
  private static let expectedOptions = [
    0: 11, 1: 5, 2: 10, 3: 1, 4: 2, 5: 94, 9: 8, 17: 5, 18: 21, 22: 17, 23: 15, 25: 9, 26: 19,
    36: 23, 40: 27, 41: 28, 42: 29, 43: 30, 44: 71, 45: 32, 49: 35, 53: 37, 67: 49, 74: 27, 81: 27,
    82: 27, 83: 59, 88: 64, 89: 27, 97: 74, 98: 75, 102: 79, 126: 101, 150: 116,
  ]

  /// The options of an `Operator` table, defaults included.
  ///
  /// Enumerations and booleans become integers.
  static func decode(
    _ table: FlatTable, operatorCode: Int
  ) throws(ImportError) -> [String: AttributeValue] {
    let stated = try table.int(3, as: UInt8.self)
    let expected = expectedOptions[operatorCode] ?? stated
    guard stated == expected || stated == 0 else {
      throw .malformed(.unexpectedOptions(type: stated), byteOffset: table.position)
    }
    let options = stated == 0 ? nil : try table.table(4)
    var attributes: [String: AttributeValue] = [:]
    for field in fields(expected) {
      attributes[field.name] = try value(field, in: options)
    }
    return attributes
  }

  /// A field's value, or its default when the table is absent.
  private static func value(
    _ field: Field, in options: FlatTable?
  ) throws(ImportError) -> AttributeValue {
    let number = field.number
    switch field.kind {
    case .int8(let fallback):
      return .int(try options?.int(number, as: Int8.self, default: fallback) ?? fallback)
    case .int32(let fallback):
      return .int(try options?.int(number, as: Int32.self, default: fallback) ?? fallback)
    case .bool: return .int(try options?.int(number, as: UInt8.self) == 1 ? 1 : 0)
    case .float: return .float(try options?.float(number) ?? 0)
    case .int32s: return .ints(try options?.ints(number, as: Int32.self) ?? [])
    }
  }
}
