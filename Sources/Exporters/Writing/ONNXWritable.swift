// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// An operator that ONNX can spell; `Spellings` says how, family by family.
package protocol ONNXWritable: Operator {
  /// Adds the ONNX nodes that mean a node of the graph.
  ///
  /// Operands are real numbers where the graph has quantised ones, and so is the result: what
  /// stands around them, the writer adds.
  /// - Throws: `OperatorError` when ONNX has no form of this operator for these inputs.
  func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written
}

/// What an operator came to in the file.
package enum Written {
  /// A tensor of the result's numbers, with its axes in some order.
  case tensor(WrittenTensor, Layout)
  /// A constant, which stands for real numbers where it has a scale.
  case constant(TensorData)
  /// The numbers of input 0, dequantised.
  case dequantized
  /// Input 0 with its axes permuted, which whoever reads it may find to be in order.
  case transposed([Int])
}
