// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// How far functions of each element are off when x is off by half a step; `nil` for operators that
/// are none, or that no bound is known of.
///
/// One that rises or falls throughout is off by no more than at the ends of what x may be. The
/// others go by the greatest slope there is.
func functionErrors(
  _ operation: any Operator, _ operands: [IntegerSample.Operand]
) -> [Double]? {
  let (x, error) = (operands[0].real.values, operands[0].error.values)
  if let slope = greatestSlope(operation, operands) { return error.map { slope * $0 } }
  guard let function = monotoneFunction(operation) else { return nil }
  // Below the least level nothing is stored: a root is not asked for less than 0.
  let least = ReferenceTensor(operands[0].stored).values.min() ?? 0
  return zip(x, error).map { x, error in
    let ends = [max(x - error, min(least, x)), x + error].map { abs(function($0) - function(x)) }
    return max(ends[0], ends[1])
  }
}

private func greatestSlope(
  _ operation: any Operator, _ operands: [IntegerSample.Operand]
) -> Double? {
  let greatest = operands[0].real.values.map(abs).max() ?? 0
  switch operation {
  case is Absolute: return 1
  // Φ(x) + x·φ(x), whose greatest value 1.1290 is at √2; the form with tanh has 1.1288 there.
  case is GELU: return 1.13
  // σ(x)·(1 + x·(1 − σ(x))), greatest, 1.0998, near 2.4.
  case is SiLU: return 1.1
  // x/3 + 1/2 up to 3.
  case is HardSwish: return 1.5
  case is PReLU:
    // The slope is stored too.
    let slope = operands[1].real.values.map(abs).max() ?? 0
    let error = operands[1].error.values[0]
    return max(1, slope + error) + greatest * error / operands[0].error.values[0]
  case let power as Power where power.exponent >= 1:
    let exponent = Double(power.exponent)
    let reach = greatest + operands[0].error.values[0]
    return exponent * Power(exponent: Float(exponent - 1))(reach)
  default: return nil
  }
}

private func monotoneFunction(_ operation: any Operator) -> ((Double) -> Double)? {
  switch operation {
  case let clamp as Clamp: { clamp.range($0) }
  case let function as any RealFunction: isMonotone(function) ? { function($0) } : nil
  default: nil
  }
}

/// Whether a function rises or falls throughout what the samples ask of it.
private func isMonotone(_ function: any RealFunction) -> Bool {
  switch function {
  case is Ceiling, is Erf, is Exponential, is Floor, is HardSigmoid, is Logarithm, is Negate,
    is Reciprocal, is ReciprocalSquareRoot, is Round, is Sigmoid, is Softplus, is SquareRoot,
    is Tanh:
    true
  case let elu as ELU: elu.alpha >= 0
  // Of x greater than 0.
  case is Power: true
  default: false
  }
}
