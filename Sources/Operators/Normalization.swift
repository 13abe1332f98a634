// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

// What layer and root mean square normalisation share: each row over the last axis by itself.

/// The type of a normalised `[…, C]` with its `[C]` vectors, all float32.
func inferNormalization(
  _ inputs: [TensorType], epsilon: Float
) throws(OperatorError) -> [TensorType] {
  guard epsilon >= 0, epsilon.isFinite else { throw .attributeValue("epsilon", .float(epsilon)) }
  try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
  for (index, input) in inputs.enumerated() {
    try input.check(dtype: .float32, input: index)
    if index > 0 { try input.check(extents: [inputs[0].shape[-1]], input: index) }
  }
  return [inputs[0].output(inputs[0].shape)]
}

/// `(x − mean) / √(variance + epsilon) · scale + bias`; the mean counts as 0 when not centered.
func referenceNormalization(
  _ inputs: [ReferenceTensor], epsilon: Float, isCentered: Bool
) -> [ReferenceTensor] {
  var y = inputs[0]
  let columns = y.shape[-1]
  let bias = inputs.count > 2 ? inputs[2].values : [Double](repeating: 0, count: columns)
  for row in stride(from: 0, to: y.values.count, by: columns) {
    let x = y.values[row..<row + columns]
    let mean = isCentered ? x.reduce(0, +) / Double(columns) : 0
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
    let deviation = (variance + Double(epsilon)).squareRoot()
    for c in 0..<columns {
      y.values[row + c] = (y.values[row + c] - mean) / deviation * inputs[1].values[c] + bias[c]
    }
  }
  return [y]
}

extension NodeContext {
  /// The step of a normalisation of x by scale and, when there is one, bias.
  func normalization(epsilon: Float, isCentered: Bool) -> Lowering {
    let matrix = MatrixView(channelsOf: inputs[0].shape)
    let contract: uk_contract =
      switch floatClass {
      case .fma: .UK_CONTRACT_f32_normalize_fma
      case .muladd: .UK_CONTRACT_f32_normalize_muladd
      }
    let zeros = [Float](repeating: 0, count: matrix.columns)
    return .step(
      KernelRequest(
        contract,
        parameters: uk_f32_normalize_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), epsilon: epsilon,
          is_centered: isCentered ? 1 : 0),
        operands: [
          .input(0), .input(1), inputs.count > 2 ? .input(2) : .columns(zeros, .float32),
          .output(0),
        ],
        overwritableInputs: [0], macCount: 4 * inputs[0].shape.elementCount))
  }
}

extension GraphBuilder {
  /// The gradients of x, scale and bias of a normalisation, which `normalize` applies.
  ///
  /// The scale's is summed over what was normalised, which is computed again.
  mutating func normalizationGradients(
    _ node: DifferentiatedNode, epsilon: Float, isCentered: Bool,
    _ normalize: (inout GraphBuilder, [Value]) throws(OperatorError) -> Value
  ) throws(OperatorError) -> [Value?] {
    let (x, dy) = (node.inputs[0], node.outputGradient)
    let columns = shape(of: x)[-1]
    return try node.each { (input) throws(OperatorError) in
      switch input {
      case 0:
        let gradient = NormalizationGradient(epsilon: epsilon, isCentered: isCentered)
        return try apply(gradient, [x, dy, node.inputs[1]])
      case 1:
        let normal = try normalize(&self, [x, vector(columns, of: 1)])
        let blocks = try apply(BlockProducts(), [dy, normal, vector(columns, of: 0)])
        return try joinedBlocks(blocks)
      default: return try sumOfRows(dy)
      }
    }
  }
}

extension ImportedNode {
  /// Input 0 with the axes from `axis` on as one, and the vectors over those axes.
  mutating func normalizedRows(
    vectors: Int
  ) throws(OperatorError) -> (x: Value, vectors: [Value], axis: Int) {
    let x = try input(0)
    let shape = shape(of: x)
    let axis = try shape.axis(try attributes.int("axis", default: -1))
    let extents = Array(shape.extents[axis...])
    let columns = extents.reduce(1, *)
    var values: [Value] = []
    for index in 1...vectors where optionalInput(index) != nil {
      let vector = try input(index)
      try type(of: vector).check(extents: extents, input: index)
      values.append(try reshaped(vector, to: [columns]))
    }
    return (try reshaped(x, to: shape.extents[..<axis] + [columns]), values, axis)
  }
}
