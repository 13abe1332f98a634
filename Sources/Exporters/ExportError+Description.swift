// SPDX-License-Identifier: Apache-2.0
import Graph

extension ExportError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalidGraph(let error):
      "the graph is not valid: \(error)"
    case .unspellable(let node, let operation):
      "ONNX cannot spell \(operation) \"\(node)\""
    case .refused(let node, let operation, let error):
      "ONNX cannot spell \(operation) \"\(node)\" as it is here: \(error)"
    case .unnamedPort:
      "an input or output has no name"
    case .portNameTaken(let name):
      "the output \"\(name)\" has the name of an input"
    case .unsupportedPort(let name):
      "the port \"\(name)\" is quantised in a way that ONNX does not have"
    case .tooLarge:
      "the model is larger than the 2 GiB that an ONNX file holds"
    }
  }
}
