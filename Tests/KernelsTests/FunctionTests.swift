// SPDX-License-Identifier: Apache-2.0
import CKernels
import Foundation
import Testing

/// The functions of `f32_map`.
@Suite struct FunctionTests {
  /// One function with how far its float32 results may be from the library's in `Double`.
  struct Function: Sendable, CustomStringConvertible {
    let function: uk_f32_function
    let description: String

    /// Units in the last place of the result, measured with one of 31 floats and rounded up.
    var units = 0.0

    /// Added to that: roundings of x itself, where the result is the small rest of a cancellation.
    var roundoffs = 0.0

    /// The largest magnitude, where results are still normal.
    var limit = Float.greatestFiniteMagnitude
    var exponent: Int32 = 0
    var alpha: Float = 0
    var beta: Float = 0
    let meaning: @Sendable (Double) -> Double

    func parameters(rows: Int, columns: Int) -> [UInt8] {
      bytes(
        of: uk_f32_map_parameters(
          rows: UInt32(rows), columns: UInt32(columns), function: function.rawValue,
          exponent: exponent, alpha: alpha, beta: beta, reserved: (0, 0)))
    }

    static let all: [Function] = logistic + pieces + powers + steps

    private static let logistic = [
      Function(function: .UK_FUNCTION_SIGMOID, description: "sigmoid", units: 2.5, limit: 87) {
        1 / (1 + exp(-$0))
      },
      Function(function: .UK_FUNCTION_TANH, description: "tanh", units: 2.6) { tanh($0) },
      Function(function: .UK_FUNCTION_ERF, description: "erf", units: 1.2) { erf($0) },
      // The sum 1 + erf is small below 0 and keeps the error of erf.
      Function(function: .UK_FUNCTION_GELU, description: "gelu", units: 1, roundoffs: 1.5) {
        $0 / 2 * erfc(-$0 * 0.5.squareRoot())
      },
      // As much more as the exponent, at most 14 here, was rounded.
      Function(
        function: .UK_FUNCTION_GELU_TANH, description: "gelu by tanh", units: 36, limit: 5
      ) {
        $0 / (1 + exp(-(8 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
      },
      Function(function: .UK_FUNCTION_SILU, description: "silu", units: 2.5, limit: 87) {
        $0 / (1 + exp(-$0))
      },
      Function(function: .UK_FUNCTION_SOFTPLUS, description: "softplus", units: 1.75, limit: 87) {
        max($0, 0) + log1p(exp(-abs($0)))
      },
      Function(function: .UK_FUNCTION_ELU, description: "elu", units: 2, alpha: 0.7) {
        $0 > 0 ? $0 : Double(Float(0.7)) * expm1($0)
      },
    ]

    private static let pieces = [
      Function(
        function: .UK_FUNCTION_HARD_SWISH, description: "hard swish", units: 2.5, limit: 1e30
      ) { $0 * min(max($0 + 3, 0), 6) / 6 },
      // Unfused, alpha·x is rounded before the sum cancels.
      Function(
        function: .UK_FUNCTION_HARD_SIGMOID, description: "hard sigmoid", units: 0.5,
        roundoffs: 0.25, alpha: 0.2, beta: 0.5
      ) { min(max(Double(Float(0.2)) * $0 + 0.5, 0), 1) },
    ]

    private static let powers = [
      Function(function: .UK_FUNCTION_EXP, description: "exp", units: 1.02, limit: 87) { exp($0) },
      Function(function: .UK_FUNCTION_LOG, description: "log", units: 0.9) { log($0) },
      Function(function: .UK_FUNCTION_SQRT, description: "sqrt", units: 0.5) { $0.squareRoot() },
      // Two roundings.
      Function(function: .UK_FUNCTION_RSQRT, description: "1 / sqrt", units: 1.5) {
        1 / $0.squareRoot()
      },
      Function(
        function: .UK_FUNCTION_RECIPROCAL, description: "reciprocal", units: 0.5, limit: 8e37
      ) { 1 / $0 },
      // One rounding a product, twice a unit at most, and one of the quotient.
      Function(
        function: .UK_FUNCTION_INTEGER_POWER, description: "fifth power", units: 4, limit: 5e7,
        exponent: 5
      ) { $0 * $0 * $0 * $0 * $0 },
      Function(
        function: .UK_FUNCTION_INTEGER_POWER, description: "minus third power", units: 3,
        limit: 4e12, exponent: -3
      ) { 1 / ($0 * $0 * $0) },
      // The exponent, up to 87, carries two roundings and the logarithm's unit.
      Function(
        function: .UK_FUNCTION_POWER, description: "power", units: 174, limit: 1e22, alpha: 1.7
      ) { pow($0, Double(Float(1.7))) },
    ]

    private static let steps = [
      Function(function: .UK_FUNCTION_ABS, description: "abs") { abs($0) },
      Function(function: .UK_FUNCTION_NEGATE, description: "negate") { -$0 },
      Function(function: .UK_FUNCTION_FLOOR, description: "floor") { $0.rounded(.down) },
      Function(function: .UK_FUNCTION_CEIL, description: "ceil") { $0.rounded(.up) },
      Function(function: .UK_FUNCTION_ROUND, description: "round") {
        $0.rounded(.toNearestOrEven)
      },
    ]
  }

  static let contracts: [uk_contract] =
    [.UK_CONTRACT_f32_map_muladd] + (hasFMA ? [.UK_CONTRACT_f32_map_fma] : [])

  /// What a kernel makes of a row of values.
  func run(_ kernel: uk_kernel_info, _ function: Function, _ x: [Float]) -> [Float] {
    var (x, y) = (x, [Float](repeating: 0, count: x.count))
    let parameters = function.parameters(rows: 1, columns: x.count)
    parameters.withUnsafeBytes { parameters in
      x.withUnsafeMutableBytes { x in
        y.withUnsafeMutableBytes { y in
          var arguments = uk_arguments(parameters: parameters.baseAddress!)
          arguments.operands.0.data = x.baseAddress!.assumingMemoryBound(to: UInt8.self)
          arguments.operands.1.data = y.baseAddress!.assumingMemoryBound(to: UInt8.self)
          kernel.function(&arguments, 0, 1, nil)
        }
      }
    }
    return y
  }

  /// One of 262139 floats of either sign up to the limit, where the result and its reciprocal are
  /// normal numbers.
  @Test(arguments: Function.all, contracts)
  func isAccurate(_ function: Function, _ contract: uk_contract) throws {
    let magnitudes = stride(
      from: Float.leastNormalMagnitude.bitPattern, through: function.limit.bitPattern, by: 262_139
    ).map { Float(bitPattern: $0) }
    let x = magnitudes + magnitudes.map { -$0 }
    let y = run(try #require(runnableKernels(of: contract).last), function, x)
    for (x, y) in zip(x, y) {
      let right = function.meaning(Double(x))
      guard Float(right).isNormal, abs(right) < 0x1p126 else { continue }
      let bound =
        function.units * Double(Float(right).ulp) + function.roundoffs * 0x1p-24 * abs(Double(x))
      guard !(abs(Double(y) - right) <= bound) else { continue }
      Issue.record("f(\(x)) = \(y), not \(right) ± \(bound)")
      return
    }
  }

  /// Every kernel gives the scalar one's bits, whatever the values and wherever they end.
  @Test(arguments: Function.all, contracts)
  func kernelsAgree(_ function: Function, _ contract: uk_contract) throws {
    var random = SplitMix64(seed: 3)
    let scalar = try #require(
      runnableKernels(of: contract).first { $0.isa == .UK_ISA_SCALAR })
    for columns in awkwardColumns {
      let x =
        random.floats(columns, special: true) + random.floats(columns, range: 100)
        + random.floats(columns, range: 1e-3) + random.floats(columns, range: 1e38)
      KernelCase(
        contract: contract, parameters: function.parameters(rows: 4, columns: columns),
        inputs: [KernelOperand(x)], rows: 4, expected: run(scalar, function, x),
        overwritableInput: 0
      ).check()
    }
  }

  @Test(arguments: contracts) func ends(_ contract: uk_contract) throws {
    let kernel = try #require(runnableKernels(of: contract).first)
    let x: [Float] = [-.infinity, -100, -0.0, 0, 100, .infinity]
    let expected: [(uk_f32_function, [Float])] = [
      (.UK_FUNCTION_SIGMOID, [0, 0, 0.5, 0.5, 1, 1]),
      (.UK_FUNCTION_TANH, [-1, -1, -0.0, 0, 1, 1]),
      (.UK_FUNCTION_ERF, [-1, -1, -0.0, 0, 1, 1]),
      (.UK_FUNCTION_EXP, [0, 0, 1, 1, .infinity, .infinity]),
      (.UK_FUNCTION_LOG, [.nan, .nan, -.infinity, -.infinity, 4.6051702, .infinity]),
      (.UK_FUNCTION_SOFTPLUS, [0, 0, 0.6931472, 0.6931472, 100, .infinity]),
      (.UK_FUNCTION_FLOOR, [-.infinity, -100, -0.0, 0, 100, .infinity]),
      (.UK_FUNCTION_CEIL, [-.infinity, -100, -0.0, 0, 100, .infinity]),
      (.UK_FUNCTION_ROUND, [-.infinity, -100, -0.0, 0, 100, .infinity]),
    ]
    for (id, values) in expected {
      let function = try #require(Function.all.first { $0.function == id })
      for (y, right) in zip(run(kernel, function, x), values) {
        #expect(
          y.bitPattern == right.bitPattern || (y.isNaN && right.isNaN), "\(function): \(y)")
      }
    }
    for function in Function.all where function.function != .UK_FUNCTION_HARD_SIGMOID {
      #expect(run(kernel, function, [.nan])[0].isNaN, "\(function)")
    }
  }
}
