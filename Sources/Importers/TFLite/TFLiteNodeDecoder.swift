// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators

/// Decodes `Operator` tables through the model's `OperatorCode` list.
struct TFLiteNodeDecoder {
  private struct Code {
    let builtin: Int
    let custom: String
    let version: Int
  }

  private let codes: [Code]
  private let values: [ForeignValue]

  init(codes: [FlatTable], values: [ForeignValue]) throws(ImportError) {
    self.values = values
    var decoded: [Code] = []
    for table in codes {
      // Codes above 127 stand in the newer field alone, older writers fill the older one alone.
      let builtin = max(try table.int(0, as: Int8.self), try table.int(3, as: Int32.self))
      decoded.append(
        Code(
          builtin: builtin, custom: try table.string(1) ?? "",
          version: try table.int(2, as: Int32.self, default: 1)))
    }
    self.codes = decoded
  }

  func decode(_ table: FlatTable) throws(ImportError) -> ForeignNode {
    let index = try table.int(0, as: UInt32.self)
    guard index < codes.count else {
      throw .malformed(
        .indexOutOfBounds(index: index, count: codes.count), byteOffset: table.position)
    }
    let code = codes[index]
    let inputs = try optionalIndices(table, field: 1)
    let outputs = try optionalIndices(table, field: 2)
    let isCustom = code.builtin == TFLiteOperatorNames.custom
    let key: Spelling.Key = isCustom ? .tfliteCustom(code.custom) : .tflite(code.builtin)
    let firstOutput = outputs.first.flatMap { $0 }
    return ForeignNode(
      name: firstOutput.map { values[$0].name } ?? "",
      key: key,
      operatorName: isCustom ? "custom \(code.custom)" : TFLiteOperatorNames.name(code.builtin),
      version: code.version,
      attributes: Attributes(
        isCustom
          ? try customOptions(table, key)
          : try TFLiteOptions.decode(table, operatorCode: code.builtin)),
      inputs: inputs, outputs: outputs, byteOffset: table.position, obstacle: nil)
  }

  /// The options of a custom operator that some spelling covers; those of others are not read.
  private func customOptions(
    _ table: FlatTable, _ key: Spelling.Key
  ) throws(ImportError) -> [String: AttributeValue] {
    guard Catalogue.spelling(for: key, version: .max) != nil,
      let window = try table.window(5, elementByteCount: 1)
    else { return [:] }
    return try FlexBuffer(window).map().mapValues { scalar in
      switch scalar {
      case .int(let value): .int(value)
      case .float(let value): .float(Float(value))
      case .bool(let value): .int(value ? 1 : 0)
      case .string(let value): .string(value)
      }
    }
  }

  /// Tensor numbers, each checked.
  static func indices(
    _ table: FlatTable, field: Int, count: Int
  ) throws(ImportError) -> [Int] {
    let indices = try table.ints(field, as: Int32.self)
    for index in indices where index < 0 || index >= count {
      throw .malformed(.indexOutOfBounds(index: index, count: count), byteOffset: table.position)
    }
    return indices
  }

  /// Tensor numbers; −1 stands for an optional one that is omitted.
  private func optionalIndices(_ table: FlatTable, field: Int) throws(ImportError) -> [Int?] {
    let count = values.count
    let indices = try table.ints(field, as: Int32.self)
    for index in indices where index < -1 || index >= count {
      throw .malformed(.indexOutOfBounds(index: index, count: count), byteOffset: table.position)
    }
    return indices.map { $0 < 0 ? nil : $0 }
  }
}
