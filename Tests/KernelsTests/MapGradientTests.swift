// SPDX-License-Identifier: Apache-2.0
import CKernels
import Foundation
import Testing

/// The derivatives of `f32_map_gradient`.
@Suite struct MapGradientTests {
  /// One derivative with how far its float32 results may be from the library's in `Double`.
  struct Derivative: Sendable, CustomStringConvertible {
    let function: uk_f32_function
    let description: String

    /// Units in the last place of the result, measured with one of 31 floats and rounded up.
    var units = 0.0

    /// Instead of these: roundings of 1, where two terms cancel.
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

    static let all: [Derivative] = logistic + gated + pieces + powers + steps

    private static func slope(_ x: Double) -> Double {
      let power = exp(-abs(x))
      return power / ((1 + power) * (1 + power))
    }

    private static let logistic = [
      Derivative(function: .UK_FUNCTION_SIGMOID, description: "sigmoid", units: 4.5, limit: 87) {
        slope($0)
      },
      Derivative(function: .UK_FUNCTION_TANH, description: "tanh", units: 4.5, limit: 43) {
        4 * slope(2 * $0)
      },
      // As much more as the exponent, at most 86 here, was rounded.
      Derivative(function: .UK_FUNCTION_ERF, description: "erf", units: 45, limit: 9.3) {
        2 / Double.pi.squareRoot() * exp(-$0 * $0)
      },
      Derivative(function: .UK_FUNCTION_SOFTPLUS, description: "softplus", units: 2, limit: 87) {
        1 / (1 + exp(-$0))
      },
      Derivative(
        function: .UK_FUNCTION_ELU, description: "elu", units: 1.5, limit: 87, alpha: 0.7
      ) { $0 > 0 ? 1 : Double(Float(0.7)) * exp($0) },
      Derivative(function: .UK_FUNCTION_EXP, description: "exp", units: 1.02, limit: 87) {
        exp($0)
      },
    ]

    private static let gated = [
      Derivative(function: .UK_FUNCTION_GELU, description: "gelu", roundoffs: 2) {
        erfc(-$0 * 0.5.squareRoot()) / 2 + $0 * exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot()
      },
      Derivative(function: .UK_FUNCTION_GELU_TANH, description: "gelu by tanh", roundoffs: 3) {
        let (linear, x) = ((8 / Double.pi).squareRoot(), min(max($0, -100), 100))
        let u = linear * (x + 0.044715 * x * x * x)
        return 1 / (1 + exp(-u)) + x * slope(u) * linear * (1 + 3 * 0.044715 * x * x)
      },
      Derivative(function: .UK_FUNCTION_SILU, description: "silu", roundoffs: 2.5) {
        1 / (1 + exp(-$0)) + $0 * slope($0)
      },
    ]

    private static let pieces = [
      Derivative(function: .UK_FUNCTION_HARD_SWISH, description: "hard swish", roundoffs: 1.5) {
        $0 <= -3 ? 0 : $0 >= 3 ? 1 : $0 / 3 + 0.5
      },
      Derivative(
        function: .UK_FUNCTION_HARD_SIGMOID, description: "hard sigmoid", alpha: 0.2, beta: 0.5
      ) { -2.5 < $0 && $0 < 2.5 ? Double(Float(0.2)) : 0 },
    ]

    private static let powers = [
      Derivative(function: .UK_FUNCTION_LOG, description: "log", units: 0.5, limit: 8e37) {
        1 / $0
      },
      Derivative(function: .UK_FUNCTION_SQRT, description: "sqrt", units: 1.5) {
        0.5 / $0.squareRoot()
      },
      Derivative(function: .UK_FUNCTION_RSQRT, description: "1 / sqrt", units: 5) {
        -0.5 / ($0 * $0.squareRoot())
      },
      Derivative(function: .UK_FUNCTION_RECIPROCAL, description: "reciprocal", units: 2) {
        -1 / ($0 * $0)
      },
      Derivative(
        function: .UK_FUNCTION_INTEGER_POWER, description: "fifth power", units: 2.75,
        limit: 8e8, exponent: 5
      ) { 5 * $0 * $0 * $0 * $0 },
      Derivative(
        function: .UK_FUNCTION_INTEGER_POWER, description: "first power", exponent: 1
      ) { _ in 1 },
      Derivative(
        function: .UK_FUNCTION_INTEGER_POWER, description: "minus third power", units: 3,
        limit: 3e9, exponent: -3
      ) { -3 / ($0 * $0 * $0 * $0) },
      // The exponent, up to 61, carries two roundings and the logarithm's unit.
      Derivative(
        function: .UK_FUNCTION_POWER, description: "power", units: 125, limit: 1e22, alpha: 1.7
      ) { Double(Float(1.7)) * pow($0, Double(Float(1.7)) - 1) },
    ]

    private static let steps = [
      Derivative(function: .UK_FUNCTION_ABS, description: "abs") { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
      Derivative(function: .UK_FUNCTION_NEGATE, description: "negate") { _ in -1 },
      Derivative(function: .UK_FUNCTION_FLOOR, description: "floor") { _ in 0 },
      Derivative(function: .UK_FUNCTION_CEIL, description: "ceil") { _ in 0 },
      Derivative(function: .UK_FUNCTION_ROUND, description: "round") { _ in 0 },
    ]
  }

  static let contracts: [uk_contract] =
    [.UK_CONTRACT_f32_map_gradient_muladd]
    + (hasFMA ? [.UK_CONTRACT_f32_map_gradient_fma] : [])

  /// What a kernel makes of a row of values.
  func run(
    _ kernel: uk_kernel_info, _ derivative: Derivative, dy: [Float], x: [Float]
  ) -> [Float] {
    let parameters = GuardedBuffer(
      derivative.parameters(rows: 1, columns: x.count), placement: .beforeGuard)
    let operands = [dy, x, x].map { GuardedBuffer(bytes(of: $0), placement: .beforeGuard) }
    guard let address = parameters.bytes.baseAddress else { return [] }
    var arguments = uk_arguments(parameters: UnsafeRawPointer(address))
    arguments.operands.0 = uk_rows(operands[0], rowBytes: 0)
    arguments.operands.1 = uk_rows(operands[1], rowBytes: 0)
    arguments.operands.2 = uk_rows(operands[2], rowBytes: 0)
    kernel.function(&arguments, 0, 1, nil)
    return withExtendedLifetime((parameters, operands)) {
      Array(operands[2].bytes.bindMemory(to: Float.self))
    }
  }

  /// One of 262139 floats of either sign up to the limit, where the result and its reciprocal are
  /// normal numbers, or 0.
  @Test(arguments: Derivative.all, contracts)
  func isAccurate(_ derivative: Derivative, _ contract: uk_contract) throws {
    let magnitudes = stride(
      from: Float.leastNormalMagnitude.bitPattern, through: derivative.limit.bitPattern,
      by: 262_139
    ).map { Float(bitPattern: $0) }
    let x = magnitudes + magnitudes.map { -$0 }
    let kernel = try #require(runnableKernels(of: contract).last)
    let dx = run(kernel, derivative, dy: [Float](repeating: 1, count: x.count), x: x)
    for (x, dx) in zip(x, dx) {
      let right = derivative.meaning(Double(x))
      guard Float(right).isNormal || right == 0, abs(right) < 0x1p126 else { continue }
      let bound = derivative.units * Double(Float(right).ulp) + derivative.roundoffs * 0x1p-24
      guard !(abs(Double(dx) - right) <= bound) else { continue }
      Issue.record("f′(\(x)) = \(dx), not \(right) ± \(bound)")
      return
    }
  }

  /// Every kernel gives the scalar one's bits, whatever the values and wherever they end.
  @Test(arguments: Derivative.all, contracts)
  func kernelsAgree(_ derivative: Derivative, _ contract: uk_contract) throws {
    var random = SplitMix64(seed: 77)
    let scalar = try #require(
      runnableKernels(of: contract).first { $0.isa == .UK_ISA_SCALAR })
    for columns in awkwardColumns {
      let x =
        random.floats(columns, special: true) + random.floats(columns, range: 100)
        + random.floats(columns, range: 1e-3) + random.floats(columns, range: 1e38)
      let dy = random.floats(4 * columns, special: columns % 2 == 1)
      let expected = run(scalar, derivative, dy: dy, x: x)
      for overwritten in 0..<2 {
        KernelCase(
          contract: contract, parameters: derivative.parameters(rows: 4, columns: columns),
          inputs: [KernelOperand(dy), KernelOperand(x)], rows: 4, expected: expected,
          overwritableInput: overwritten
        ).check()
      }
    }
  }

  /// At kinks, at the ends, and of what is no number.
  @Test(arguments: contracts) func ends(_ contract: uk_contract) throws {
    let kernel = try #require(runnableKernels(of: contract).first)
    let x: [Float] = [-.infinity, -3, -0.0, 0, 3, .infinity]
    let expected: [(uk_f32_function, [Float])] = [
      (.UK_FUNCTION_GELU, [0, .nan, 0.5, 0.5, .nan, 1]),
      (.UK_FUNCTION_GELU_TANH, [0, .nan, 0.5, 0.5, .nan, 1]),
      (.UK_FUNCTION_SILU, [0, .nan, 0.5, 0.5, .nan, 1]),
      (.UK_FUNCTION_SIGMOID, [0, .nan, 0.25, 0.25, .nan, 0]),
      (.UK_FUNCTION_TANH, [0, .nan, 1, 1, .nan, 0]),
      (.UK_FUNCTION_HARD_SWISH, [0, 0, 0.5, 0.5, 1, 1]),
      (.UK_FUNCTION_ABS, [-1, -1, 0, 0, 1, 1]),
      (.UK_FUNCTION_ELU, [0, .nan, 0.7, 0.7, 1, 1]),
      (.UK_FUNCTION_LOG, [-0.0, .nan, -.infinity, .infinity, .nan, 0]),
    ]
    let ones = [Float](repeating: 1, count: x.count)
    for (function, values) in expected {
      let derivative = try #require(Derivative.all.first { $0.function == function })
      for (dx, right) in zip(run(kernel, derivative, dy: ones, x: x), values)
      where !right.isNaN {
        #expect(dx.bitPattern == right.bitPattern, "\(derivative): \(dx)")
      }
    }
    let blind: [uk_f32_function] = [
      .UK_FUNCTION_HARD_SIGMOID, .UK_FUNCTION_NEGATE, .UK_FUNCTION_FLOOR, .UK_FUNCTION_CEIL,
      .UK_FUNCTION_ROUND,
    ]
    for derivative in Derivative.all where !blind.contains(derivative.function) {
      guard derivative.exponent != 1 else { continue }
      #expect(run(kernel, derivative, dy: [1], x: [.nan])[0].isNaN, "\(derivative)")
    }
  }
}
