// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension Graph {
  /// The time of one run of the graph as it stands, on one thread, in nanoseconds.
  ///
  /// - Throws: `CompileError` when it cannot be lowered.
  package func estimatedNanoseconds(
    _ rates: KernelRates, floatClass: FloatClass = .fma
  ) throws(CompileError) -> Double {
    var options = CompileOptions()
    options.floatClass = floatClass
    let states = try ProgramStates([self])
    return try LoweredGraph(self, states, options: options).steps.reduce(0) { total, step in
      let call = step.call
      return total
        + rates.nanoseconds(
          contract: call.contract, macCount: call.macCount,
          byteCount: call.requirements.operandBytes.reduce(0, +))
    }
  }
}

extension NodeContext {
  /// The time of a node by itself, in nanoseconds; `nil` when no kernel computes it.
  package func estimatedNanoseconds(_ operation: any Operator, _ rates: KernelRates) -> Double? {
    guard let lowering = try? operation.lower(self) else { return nil }
    guard case .steps(let requests, _) = lowering else { return 0 }
    return requests.reduce(0) { total, request in
      let bytes = request.operands.reduce(0) { total, operand in
        switch operand {
        case .input(let index): total + inputs[index].byteCount
        case .output(let index): total + outputs[index].byteCount
        case .constant(let bytes, _): total + bytes.count
        }
      }
      return total
        + rates.nanoseconds(
          contract: request.contract, macCount: request.macCount, byteCount: bytes)
    }
  }
}
