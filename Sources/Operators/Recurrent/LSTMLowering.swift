// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

extension LSTM {
  func floatLSTM(
    _ node: NodeContext, _ extents: RecurrentExtents
  ) throws(OperatorError) -> KernelRequest {
    let weights = packGates(
      [
        GateWeights(values: try node.constant(1).float32Values, depth: extents.input),
        GateWeights(values: try node.constant(2).float32Values, depth: extents.hidden),
      ], hidden: extents.hidden, group: 1)
    let bias = packGates(
      [GateWeights(values: try node.constant(3).float32Values, depth: 1)], hidden: extents.hidden,
      group: 1)
    let zeros = [Float](repeating: 0, count: extents.batch * extents.hidden)
    let hasState = node.inputs.count > 4
    let contract: uk_contract =
      switch node.floatClass {
      case .fma: .UK_CONTRACT_f32_lstm_fma
      case .muladd: .UK_CONTRACT_f32_lstm_muladd
      }
    return KernelRequest(
      contract, parameters: shape(extents),
      operands: [
        .input(0), .table(weights, .float32), .table(bias, .float32),
        hasState ? .input(4) : .table(zeros, .float32),
        hasState ? .input(5) : .table(zeros, .float32), .output(0),
      ], macCount: extents.macCount(gates: lstmGateCount))
  }

  func integerLSTM(
    _ node: NodeContext, _ extents: RecurrentExtents
  ) throws(OperatorError) -> KernelRequest {
    let x = try node.inputs[0].perTensorQuantization(input: 0)
    let h = try node.outputQuantization()
    let (ofX, ofH) = (
      try IntegerGates(node, weights: 1, bias: 3, of: x), try IntegerGates(node, weights: 2, of: h)
    )
    func columns<Element: ExpressibleByIntegerLiteral>(
      _ x: [Element], _ h: [Element]
    ) -> [Element] {
      packGates(
        [GateWeights(values: x, depth: 1), GateWeights(values: h, depth: 1)],
        hidden: extents.hidden, group: 1)
    }
    let weights = packGates(
      [
        GateWeights(values: ofX.units.weights, depth: extents.input),
        GateWeights(values: ofH.units.weights, depth: extents.hidden),
      ], hidden: extents.hidden, group: 4)
    return KernelRequest(
      .UK_CONTRACT_s8_lstm,
      parameters: uk_s8_lstm_parameters(
        shape: shape(extents), multiplier: try requantizationScale(1 / Double(h.scale), input: 0),
        reserved: (0, 0, 0), output: uk_requantize(h)),
      operands: [
        .input(0), .table(weights, .int8),
        .table(columns(ofX.units.starts, ofH.units.starts), .int32),
        .table(columns(ofX.scales, ofH.scales), .float32), .output(0),
      ], macCount: extents.macCount(gates: lstmGateCount))
  }

  private func shape(_ extents: RecurrentExtents) -> uk_lstm {
    uk_lstm(
      batch: UInt32(extents.batch), steps: UInt32(extents.steps), input: UInt32(extents.input),
      hidden: UInt32(extents.hidden), is_batch_major: isBatchMajor ? 1 : 0,
      is_reversed: isReversed ? 1 : 0, writes_sequence: result.hasSequence ? 1 : 0,
      writes_cell: result.hasCell ? 1 : 0, cell_min: cellRange.min, cell_max: cellRange.max,
      reserved: (0, 0))
  }
}

/// The constants of the gates' int8 sums over one vector: x, or h.
private struct IntegerGates {
  let units: AccumulatorUnits

  /// Of one step of the sums in real units, one for each gate and hidden unit.
  let scales: [Float]

  /// - Parameters:
  ///   - node: the layer.
  ///   - weights: the input that holds the weights.
  ///   - bias: the input that holds the bias; none for h.
  ///   - vector: scale and zero point of the vector.
  /// - Throws: `OperatorError` when the weights are not symmetric or no unit serves.
  init(
    _ node: NodeContext, weights: Int, bias: Int? = nil, of vector: (scale: Float, zeroPoint: Int32)
  ) throws(OperatorError) {
    let type = node.inputs[weights]
    guard try sharedZeroPoint(of: type, input: weights) == 0 else {
      throw .quantizationUnsupported(input: weights)
    }
    let products = try channelScales(of: type, axis: 0, input: weights).map {
      Double(vector.scale) * Double($0)
    }
    units = try AccumulatorUnits(
      try node.constant(weights), axis: 0,
      biases: try biases(node, input: bias ?? node.inputs.count, products: products),
      zeroPoint: vector.zeroPoint)
    scales = try zip(products, units.factors).mapChecked {
      (product, factor) throws(OperatorError) in
      try channelScale(product * factor, input: weights)
    }
  }
}

/// The logistic function.
func logistic(_ x: Double) -> Double { 1 / (1 + exponential(-x)) }
