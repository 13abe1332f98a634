// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Gaussian error linear unit: `y = x · Φ(x)`, Φ being the normal distribution function.
///
/// Source: Hendrycks and Gimpel 2016, arXiv:1606.08415.
package struct GELU: RealFunction {
  /// How Φ is computed.
  package enum Form: Sendable {
    /// `Φ(x) = (1 + erf(x / √2)) / 2`.
    case exact
    /// `Φ(x) ≈ (1 + tanh(√(2/π) · (x + 0.044715·x³))) / 2`.
    case tanh
  }

  package static let name = "GELU"
  package static let spellings: [Spelling] = [
    .onnx("Gelu", since: 20) { node throws(OperatorError) in
      let approximation = try node.attributes.string("approximate", default: "none")
      switch approximation {
      case "none": return try node.unary(GELU())
      case "tanh": return try node.unary(GELU(form: .tanh))
      default: throw .attributeValue("approximate", .string(approximation))
      }
    },
    .tflite(150) { node throws(OperatorError) in
      let isApproximate = try node.attributes.bool("approximate", default: false)
      return try node.unary(GELU(form: isApproximate ? .tanh : .exact))
    },
  ]

  package var form: Form

  package init(form: Form = .exact) { self.form = form }

  package func callAsFunction(_ x: Double) -> Double {
    switch form {
    case .exact: return x / 2 * (1 + errorFunction(x * 0.5.squareRoot()))
    case .tanh:
      let slope = (8 / Double.pi).squareRoot() * (1 + 0.044715 * x * x)
      return x / (1 + exponential(-x * slope))
    }
  }

  package var map: FloatMap {
    switch form {
    case .exact: FloatMap(function: .UK_FUNCTION_GELU)
    case .tanh: FloatMap(function: .UK_FUNCTION_GELU_TANH)
    }
  }
}

// MARK: - Gradient

extension GELU: DifferentiableOperator {}

// MARK: - Samples

extension GELU {
  package static let samples: [Sample] =
    Sample.both(GELU(), -5...5, scale: 0.02, zeroPoint: -120)
    + Sample.both(GELU(form: .tanh), -5...5, scale: 0.02, zeroPoint: -120)
}
