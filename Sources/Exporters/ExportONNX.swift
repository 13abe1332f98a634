// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// Writes a graph as an ONNX model, which means the same to any run time.
///
/// What is quantised is written as quantise-dequantise pairs around float operators (QDQ); ports
/// keep names, shapes and dtypes. The operator set is the least that has every operator used, from
/// 13 on. The same graph gives the same bytes.
///
/// - Parameter graph: as imported or as optimised.
/// - Returns: the bytes of an `.onnx` file.
/// - Throws: `ExportError`: which node ONNX cannot spell, or what else is in the way.
package func exportONNX(_ graph: Graph) throws(ExportError) -> [UInt8] {
  do throws(GraphError) {
    try graph.verify()
  } catch {
    throw .invalidGraph(error)
  }
  var writer = ONNXWriter(graph)
  for port in graph.inputs { try writer.addInput(port) }
  for node in graph.nodes {
    guard let operation = node.operation as? any ONNXWritable, node.outputs.count == 1 else {
      throw .unspellable(node: node.name, operation: type(of: node.operation).name)
    }
    do throws(OperatorError) {
      try (operation as? any PackableOperator)?.checkUnpacked()
      try writer.write(operation, node)
    } catch {
      throw .refused(node: node.name, operation: type(of: node.operation).name, error)
    }
  }
  for port in graph.outputs { try writer.addOutput(port) }
  return try writer.document.bytes()
}

extension PackableOperator {
  /// ONNX has no packed weights.
  fileprivate func checkUnpacked() throws(OperatorError) {
    guard let packing else { return }
    throw .attributeValue("packing", .ints(packing.natural.extents))
  }
}
