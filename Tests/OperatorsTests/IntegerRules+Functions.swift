// SPDX-License-Identifier: Apache-2.0
import Foundation
import Graph
import Operators

/// The function that an operator maps each element by; `nil` when none is known here.
func elementFunction(_ node: SampleNode) -> ((Double) -> Double)? {
  switch node.operation {
  case let clamp as Clamp:
    return { min(max($0, Double(clamp.range.min)), Double(clamp.range.max)) }
  case is PReLU:
    let slope = ReferenceTensor(node.inputs[1]).values[0]
    return { $0 > 0 ? $0 : slope * $0 }
  case let function as any RealFunction: return libraryFunction(function)
  default: return nil
  }
}

/// What a function of one real means, in the library's words.
private func libraryFunction(_ operation: any RealFunction) -> ((Double) -> Double)? {
  switch operation {
  case is Sigmoid: { 1 / (1 + exp(-$0)) }
  case is Tanh: { tanh($0) }
  case is Erf: { erf($0) }
  case let gelu as GELU:
    switch gelu.form {
    case .exact: { $0 * erfc(-$0 / sqrt(2)) / 2 }
    case .tanh: { $0 / 2 * (1 + tanh(sqrt(2 / .pi) * ($0 + 0.044715 * pow($0, 3)))) }
    }
  case is SiLU: { $0 / (1 + exp(-$0)) }
  case is HardSwish: { $0 * min(max($0 + 3, 0), 6) / 6 }
  case let hard as HardSigmoid:
    { min(max(Double(hard.alpha) * $0 + Double(hard.beta), 0), 1) }
  case let elu as ELU: { $0 > 0 ? $0 : Double(elu.alpha) * expm1($0) }
  case is Softplus: { log1p(exp($0)) }
  case is Exponential: { exp($0) }
  case is Logarithm: { log($0) }
  case is SquareRoot: { sqrt($0) }
  case is ReciprocalSquareRoot: { 1 / sqrt($0) }
  case is Reciprocal: { 1 / $0 }
  case let power as Power: { pow($0, Double(power.exponent)) }
  case is Absolute: { abs($0) }
  case is Negate: { -$0 }
  case is Floor: { floor($0) }
  case is Ceiling: { ceil($0) }
  case is Round: { rint($0) }
  default: nil
  }
}
