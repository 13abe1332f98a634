// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

/// A dense layer over the last axis: `y[…, n] = clamp(bias[n] + Σ x[…, k] · weights[n, k])`.
///
/// Inputs: x `[…, K]`, weights `[N, K]`, optional bias `[N]`; output `[…, N]`. Quantised as
/// `Convolution` is. With x in float32 the weights may be stored in fewer bits, as int8 with a
/// scale for each output channel or block of 32 inputs, or float16: they mean the reals that they
/// stand for. With `packing` they are float32 panels `[⌈N/16⌉, 1, K, 16]`. A float32 bias may be
/// padded to `[16·⌈N/16⌉]`: one that is no constant and no multiple of 16 must be.
package struct FullyConnected: Operator, Hashable {
  package static let name = "FullyConnected"
  package static let spellings: [Spelling] = [
    .onnx("Gemm", since: 7, fromGemm),
    .tflite(9, fromTFLite),
  ]
  package static let inputCount = 2...3
  package static let quantization = QuantizationRule.freeOutputScale

  package var activation: ActivationRange

  /// What the weights are when they lie as the kernel reads them; they need be no constants then.
  package var packing: WeightPacking?

  package init(activation: ActivationRange = .none, packing: WeightPacking? = nil) {
    self.activation = activation
    self.packing = packing
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let inputs = try naturalTypes(inputs)
    try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
    try inputs[1].check(rank: 2...2, input: 1)
    let columns = inputs[1].shape[0]
    try inputs[1].check(extents: [columns, inputs[0].shape[-1]], input: 1)
    try checkContraction(inputs, outputChannels: columns, storesWeights: true)
    return [inputs[0].output(try Shape(checked: inputs[0].shape.extents.dropLast() + [columns]))]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let inputs = natural(inputs)
    let (x, weights) = (inputs[0].values, inputs[1].values)
    let (columns, depth) = (inputs[1].shape[0], inputs[1].shape[1])
    let rows = x.count / depth
    var y = biased(inputs, rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        for k in 0..<depth { sum += x[row * depth + k] * weights[column * depth + k] }
        y[row * columns + column] += sum
      }
    }
    let shape = Shape(inputs[0].shape.extents.dropLast() + [columns])
    return [ReferenceTensor(shape, y.map { activation($0) })]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let node = try natural(node)
    let depth = node.inputs[0].shape[-1]
    return .step(
      try matrixProduct(
        node, rows: node.inputs[0].shape.elementCount / depth, columns: node.inputs[1].shape[0],
        depth: depth, activation: activation, isPacked: packing != nil))
  }
}

// MARK: - Gradient

extension FullyConnected: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    try node.checkWeights(builder)
    let (x, weights) = (node.inputs[0], node.inputs[1])
    let dz = try builder.clampGradient(node.outputGradient, of: node.outputs[0], activation)
    return try node.each { (input) throws(OperatorError) in
      switch input {
      case 0: return try builder.apply(DenseInputGradient(packing: packing), [dz, weights])
      case 1:
        return try builder.weightGradient(
          try builder.apply(DenseWeightGradient(), [x, dz]), of: self,
          natural: builder.shape(of: weights))
      default: return try builder.biasGradient(dz, of: node.inputs[2])
      }
    }
  }
}

// MARK: - Training

extension FullyConnected: ParametricOperator {
  package static let parameters: [ParameterInput] = [.init(1, .weights), .init(2, .bias)]
}

// MARK: - Samples

extension FullyConnected {
  package static let samples: [Sample] = [
    .float("float32", FullyConnected(activation: .relu), [3, 45], weights: [19, 45], bias: 19),
    .float("float32, no bias", FullyConnected(), [2, 3, 8], weights: [40, 8]),
    .packed(
      "packed weights", FullyConnected(activation: .relu), [3, 45], weights: [19, 45], bias: 32),
    .packed("packed weights, one row", FullyConnected(), [1, 130], weights: [80, 130], bias: 80),
    .packed("packed weights, no bias", FullyConnected(), [2, 3, 8], weights: [41, 8]),
    .stored("int8 weights", FullyConnected(activation: .relu), [5, 45], .weights([19, 45])),
    .stored("int8 weights, one row", FullyConnected(), [1, 130], .weights([70, 130])),
    .stored("int4 weights", FullyConnected(activation: .relu), [5, 70], .int4Weights([19, 70])),
    .stored("int4 weights, one row", FullyConnected(), [1, 130], .int4Weights([70, 130])),
    .stored("float16 weights", FullyConnected(activation: .relu), [5, 45], .float16([19, 45])),
    .stored("float16 weights, one row", FullyConnected(), [1, 130], .float16([70, 130])),
    .int8("int8", FullyConnected(activation: .relu), [3, 45], weights: [19, 45], channelAxis: 0),
    .int8("int8, one row", FullyConnected(), [1, 130], weights: [10, 130], channelAxis: 0),
    .int16(
      "int16", FullyConnected(activation: .relu), [3, 45], weights: [19, 45], channelAxis: 0),
    .int16("int16, one row", FullyConnected(), [1, 1030], weights: [10, 1030], channelAxis: 0),
  ]
}

// MARK: - Spellings

extension FullyConnected {
  /// `alpha · A · B + beta · C`; a dense layer when B is known at compile time.
  private static func fromGemm(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    var (a, b) = (try node.input(0), try node.input(1))
    try node.type(of: a).check(rank: 2...2, input: 0)
    try node.type(of: b).check(rank: 2...2, input: 1)
    if try node.attributes.bool("transA", default: false) { a = try node.transposed(a, [1, 0]) }
    let isTransposed = try node.attributes.bool("transB", default: false)
    let alpha = try node.attributes.float("alpha", default: 1)
    guard node.builder.isFoldable(b) else {
      let product = try node.apply(MatMul(isTransposed: isTransposed), [a, b])
      let scaled = try node.scaled(product, by: alpha)
      guard let c = node.optionalInput(2) else { return [scaled] }
      let beta = try node.attributes.float("beta", default: 1)
      return [try node.apply(Add(), [scaled, try node.scaled(c, by: beta)])]
    }
    if !isTransposed { b = try node.transposed(b, [1, 0]) }
    b = try node.scaled(b, by: alpha)
    guard let addend = node.optionalInput(2) else {
      return [try node.apply(FullyConnected(), [a, b])]
    }
    let c = try node.scaled(addend, by: try node.attributes.float("beta", default: 1))
    let columns = node.shape(of: b)[0]
    let isBias =
      node.shape(of: c).elementCount == columns && node.shape(of: c).extents.last == columns
    if isBias, node.builder.isFoldable(c) {
      return [try node.apply(FullyConnected(), [a, b, try node.reshaped(c, to: [columns])])]
    }
    return [try node.apply(Add(), [try node.apply(FullyConnected(), [a, b]), c])]
  }

  private static func fromTFLite(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    var inputs = try node.contractionInputs()
    try node.type(of: inputs[1]).check(rank: 2...2, input: 1)
    if try !node.attributes.bool("keep_num_dims", default: false) {
      let (count, depth) = (node.shape(of: inputs[0]).elementCount, node.shape(of: inputs[1])[1])
      guard depth > 0, count % depth == 0 else {
        throw .elementCount(input: 0, expected: depth, actual: count)
      }
      inputs[0] = try node.reshaped(inputs[0], to: [count / depth, depth])
    }
    return [try node.apply(FullyConnected(activation: try node.fusedActivation()), inputs)]
  }
}

extension ImportedNode {
  /// The value times a constant; itself when that is 1.
  fileprivate mutating func scaled(_ value: Value, by factor: Float) throws(OperatorError) -> Value
  {
    factor == 1 ? value : try apply(Multiply(), [value, constant([1], [factor])])
  }
}
