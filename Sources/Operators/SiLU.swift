// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Sigmoid-weighted linear unit, also called swish: `y = x / (1 + e⁻ˣ)`.
///
/// Made by `SiLUFusion`; neither format spells it. Source: Elfwing et al. 2018, arXiv:1702.03118.
package struct SiLU: RealFunction {
  package static let name = "SiLU"
  package static let spellings: [Spelling] = []

  package init() {}

  package func callAsFunction(_ x: Double) -> Double { x / (1 + exponential(-x)) }

  package var map: FloatMap { FloatMap(function: .UK_FUNCTION_SILU) }
}

// MARK: - Gradient

extension SiLU: DifferentiableOperator {}

// MARK: - Samples

extension SiLU {
  package static let samples: [Sample] =
    Sample.both(SiLU(), -6...6, scale: 0.025, zeroPoint: -116)
}
