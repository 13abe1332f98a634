// SPDX-License-Identifier: Apache-2.0
import TensorCore

extension Graph: CustomStringConvertible {
  /// One line for each input, node and output, for people and for tests of passes.
  ///
  ///     input   %0 image: float32 1x4x4x3
  ///     state   %1 step: int32 1
  ///     %3 = Convolution(%0, const 8x3x3x3, const 8): float32 1x4x4x8   "conv1"
  ///     output  %3 scores
  package var description: String {
    var lines: [String] = []
    for port in inputs {
      lines.append("input   %\(port.value.id) \(port.name): \(describe(type(of: port.value)))")
    }
    for state in states {
      lines.append("state   %\(state.id) \(name(of: state)): \(describe(type(of: state)))")
    }
    for node in nodes {
      let operands = node.inputs.map { input in
        constant(input) == nil ? "%\(input.id)" : "const \(type(of: input).shape)"
      }
      let results = node.outputs.map { "%\($0.id)" }.joined(separator: ", ")
      let types = node.outputs.map { describe(type(of: $0)) }.joined(separator: ", ")
      let name = Swift.type(of: node.operation).name
      lines.append(
        "\(results) = \(name)(\(operands.joined(separator: ", "))): \(types)   \"\(node.name)\"")
    }
    for port in outputs { lines.append("output  %\(port.value.id) \(port.name)") }
    for update in updates { lines.append("update  %\(update.state.id) to %\(update.value.id)") }
    return lines.joined(separator: "\n")
  }

  private func describe(_ type: TensorType) -> String {
    let quantization =
      type.quantization.map { parameters in
        switch parameters.granularity {
        case .perTensor: " scale \(parameters.scales[0]) zero \(parameters.zeroPoints[0])"
        case .perChannel(let axis): " scales along axis \(axis)"
        case .blocks(let axis, let size): " scales of \(size) along axis \(axis)"
        }
      } ?? ""
    return "\(type.dtype.name) \(type.shape)\(quantization)"
  }
}
