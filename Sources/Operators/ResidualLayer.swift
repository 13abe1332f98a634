// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// A convolution or dense layer that adds a residual: `y = clamp(layer(x) + residual)`.
///
/// Inputs: those of the layer, then the residual, of the output's shape. The bits are those of the
/// layer and an `Add` behind it: the layer's result is clamped and rounded to its own type first.
/// Only a pass makes it.
package struct ResidualLayer: Operator, Hashable {
  package static let name = "ResidualLayer"
  package static let spellings: [Spelling] = []
  package static let inputCount = 3...4
  package static let quantization = QuantizationRule.freeOutputScale

  /// The layers that kernels do this for.
  package enum Layer: Hashable, Sendable {
    case convolution(Convolution)
    case fullyConnected(FullyConnected)

    package var operation: any Operator {
      switch self {
      case .convolution(let operation): operation
      case .fullyConnected(let operation): operation
      }
    }

    /// The layer's own step, of a contract that has another which adds.
    fileprivate func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
      switch self {
      case .convolution(let operation): try operation.lower(node, byRuns: false)
      case .fullyConnected(let operation): try operation.lower(node)
      }
    }
  }

  package var layer: Layer

  /// The int8 that the layer's own result is rounded to; `nil` in float32.
  package var sum: QuantizationParameters?
  package var activation: ActivationRange

  package init(
    _ layer: Layer, sum: QuantizationParameters? = nil, activation: ActivationRange = .none
  ) {
    self.layer = layer
    self.sum = sum
    self.activation = activation
  }

  /// The layer with the addition; `nil` when the operator is none that can add.
  package init?(
    _ operation: any Operator, sum: QuantizationParameters?, activation: ActivationRange
  ) {
    switch operation {
    case let operation as Convolution: layer = .convolution(operation)
    case let operation as FullyConnected: layer = .fullyConnected(operation)
    default: return nil
    }
    self.sum = sum
    self.activation = activation
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    // No kernel adds to what weights in fewer bits give.
    try inputs[1].check(dtype: inputs[0].dtype, input: 1)
    let result = try resultType(inputs)
    let residual = inputs.count - 1
    try inputs[residual].checkArithmetic(input: residual)
    try inputs[residual].check(dtype: result.dtype, input: residual)
    try inputs[residual].check(extents: result.shape.extents, input: residual)
    return [result.output(result.shape)]
  }

  /// The type of the layer's own result.
  private func resultType(_ inputs: [TensorType]) throws(OperatorError) -> TensorType {
    var type = try layer.operation.inferTypes(inputs.dropLast())[0]
    guard (type.dtype == .int8) == (sum != nil) else { throw .outputQuantizationMissing }
    type.quantization = sum
    if sum != nil { _ = try type.perTensorQuantization(input: 0) }
    return type
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let result = layer.operation.reference(inputs.dropLast())[0]
    let rounded = result.rounded(
      to: TensorType(sum == nil ? .float32 : .int8, result.shape, quantization: sum))
    return referenceBinary([rounded, inputs[inputs.count - 1]], activation) { $0 + $1 }
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let own = NodeContext(
      inputs: node.inputs.dropLast(), outputs: [try resultType(node.inputs)],
      constants: node.constants.dropLast(), floatClass: node.floatClass)
    guard case .steps(let requests, inPlace: _) = try layer.lower(own),
      requests.count == 1, let contract = requests[0].contract.withResidual
    else { preconditionFailure("a layer is one step of a contract that can add") }
    let residual = node.inputs.count - 1
    return .step(
      KernelRequest(
        contract,
        parameterBytes: requests[0].parameters + (try residualParameters(node)),
        operands: requests[0].operands.dropLast() + [.input(residual), .output(0)],
        overwritableInputs: [residual], macCount: requests[0].macCount))
  }

  /// What the contract is told of the addition, as stored.
  private func residualParameters(_ node: NodeContext) throws(OperatorError) -> [UInt8] {
    guard let sum = sum?.perTensor else {
      return littleEndianBytes(
        of: uk_f32_residual(min: activation.min, max: activation.max, reserved: (0, 0)))
    }
    let residual = node.inputs.count - 1
    let r = try node.inputs[residual].perTensorQuantization(input: residual)
    let y = try node.outputQuantization()
    return littleEndianBytes(
      of: uk_s8_residual(
        scale: try requantizationScale(Double(sum.scale) / Double(y.scale), input: 0),
        residual_scale: try requantizationScale(Double(r.scale) / Double(y.scale), input: residual),
        residual_zero_point: r.zeroPoint, reserved: 0,
        output: uk_requantize(y, range: activation)))
  }
}

extension uk_contract {
  /// The contract that adds a residual to what this one computes; `nil` when there is none.
  fileprivate var withResidual: uk_contract? {
    switch self {
    case .UK_CONTRACT_s8_gemm_requant: .UK_CONTRACT_s8_gemm_requant_add
    case .UK_CONTRACT_s8_conv_requant: .UK_CONTRACT_s8_conv_requant_add
    case .UK_CONTRACT_f32_gemm_clamp_fma: .UK_CONTRACT_f32_gemm_clamp_add_fma
    case .UK_CONTRACT_f32_gemm_clamp_muladd: .UK_CONTRACT_f32_gemm_clamp_add_muladd
    case .UK_CONTRACT_f32_conv_clamp_fma: .UK_CONTRACT_f32_conv_clamp_add_fma
    case .UK_CONTRACT_f32_conv_clamp_muladd: .UK_CONTRACT_f32_conv_clamp_add_muladd
    default: nil
    }
  }
}

// MARK: - Samples

extension ResidualLayer {
  package static let samples: [Sample] = [
    residual(
      Convolution.sample("float32, 3x3, relu6"), .relu6, residual: .float([2, 7, 6, 18])),
    residual(
      Convolution.sample("float32, pointwise"), .none, residual: .float([1, 5, 7, 20])),
    residual(
      FullyConnected.sample("float32, no bias"), .relu, residual: .float([2, 3, 40])),
    residual(
      Convolution.sample("int8, 3x3, relu6"), .relu,
      residual: .int8([2, 7, 6, 18], scale: 0.03, zeroPoint: -20)),
    residual(
      Convolution.sample("int8, one channel, relu"), .none,
      residual: .int8([2, 5, 11, 20], scale: 0.05, zeroPoint: 3)),
    residual(
      FullyConnected.sample("int8"), .none,
      residual: .int8([3, 19], scale: 0.1, zeroPoint: 70)),
  ]

  /// A layer's sample with a residual.
  private static func residual(
    _ sample: Sample, _ activation: ActivationRange, residual: TensorType
  ) -> Sample {
    guard
      let operation = ResidualLayer(
        sample.operation, sum: sample.outputQuantization, activation: activation)
    else { preconditionFailure("a layer's sample") }
    return Sample(
      "\(type(of: sample.operation).name), \(sample.label)", operation,
      sample.inputs + [.variable(residual)],
      outputQuantization: sample.outputQuantization.map { _ in
        QuantizationParameters(scale: 0.08, zeroPoint: -30)
      })
  }
}
