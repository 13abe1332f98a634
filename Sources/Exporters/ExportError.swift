// SPDX-License-Identifier: Apache-2.0
import Graph

/// Why a graph cannot be written as ONNX.
package enum ExportError: Error, Equatable, Sendable {
  case invalidGraph(GraphError)
  /// ONNX has no operator, and no few operators, that mean this one.
  case unspellable(node: String, operation: String)
  /// The operator has a spelling, but not for these inputs or attributes.
  case refused(node: String, operation: String, OperatorError)
  /// A port without a name, which ONNX takes for one that is left out.
  case unnamedPort
  /// An output has the name of an input that it is not.
  case portNameTaken(String)
  /// A port of scales or a dtype that ONNX has no form for.
  case unsupportedPort(String)
  /// The file would have more than 2 GiB, which its format does not hold.
  case tooLarge
}
