// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The gradient of a function of one real by its input: `dx = dy · f′(x)`.
///
/// Inputs: dy and x of one shape. f is any `RealFunction`; its derivative is computed from x by the
/// elementary functions that compute f. Float32 only.
package struct MapGradient: Operator, Hashable {
  package static let name = "MapGradient"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  /// The function that is differentiated.
  package let map: FloatMap

  package init(of function: some RealFunction) { map = function.map }

  /// f′(x).
  package func derivative(_ x: Double) -> Double { map.derivative(x) }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFinite("alpha", map.alpha)
    try checkFinite("beta", map.beta)
    guard (map.function == .UK_FUNCTION_INTEGER_POWER) == (map.exponent != 0) else {
      throw .attributeValue("exponent", .int(Int(map.exponent)))
    }
    try checkFloats(inputs, whole: 2)
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let products = zip(inputs[0].values, inputs[1].values).map { $0 * map.derivative($1) }
    return [ReferenceTensor(inputs[0].shape, products)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    let contract = node.contract(
      fma: .UK_CONTRACT_f32_map_gradient_fma, muladd: .UK_CONTRACT_f32_map_gradient_muladd)
    let parameters = uk_f32_map_parameters(
      rows: UInt32(matrix.rows), columns: UInt32(matrix.columns),
      function: map.function.rawValue, exponent: map.exponent, alpha: map.alpha, beta: map.beta,
      reserved: (0, 0))
    return node.step(contract, parameters, overwritable: 2)
  }
}

// MARK: - Samples

extension MapGradient {
  package static let samples: [Sample] =
    [
      sample(Sigmoid(), -6...6), sample(Tanh(), -4...4), sample(Erf(), -3...3),
      sample(GELU(), -5...5), sample(GELU(form: .tanh), -5...5), sample(SiLU(), -6...6),
      sample(HardSwish(), -5...5), sample(HardSigmoid(alpha: 1.0 / 6), -5...5),
      sample(ELU(alpha: 0.7), -4...4), sample(Softplus(), -4...4),
      sample(Exponential(), -1.6...1.6), sample(Logarithm(), 0.1...5),
      sample(SquareRoot(), 0.1...5), sample(ReciprocalSquareRoot(), 0.1...5),
      sample(Reciprocal(), 0.1...5), sample(Power(exponent: 1), -3...3),
      sample(Power(exponent: 3), -3...3), sample(Power(exponent: -7), 0.7...3),
      sample(Power(exponent: 1.7), 0.1...5), sample(Absolute(), -3...5), sample(Negate(), -3...5),
      sample(Floor(), -4...4), sample(Ceiling(), -4...4), sample(Round(), -4...4),
    ]

  private static func sample(
    _ function: some RealFunction, _ range: ClosedRange<Double>
  ) -> Sample {
    Sample(
      "\(function)", MapGradient(of: function),
      [.variable(.float([5, 3, 31])), .variable(.float([5, 3, 31]), range)])
  }
}
