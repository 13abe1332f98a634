// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Resamples an image `[N, H, W, C]` to `[N, height, width, C]`.
package struct Resize: Operator, Hashable {
  package static let name = "Resize"
  package static let spellings: [Spelling] = [
    .onnx("Upsample", since: 7) { node throws(OperatorError) in
      try fromUpsample(&node, scales: try node.attributes.floats("scales"))
    },
    .onnx("Upsample", since: 9) { node throws(OperatorError) in
      try fromUpsample(&node, scales: try node.floats(1))
    },
    .onnx("Resize", since: 10) { node throws(OperatorError) in
      try fromUpsample(&node, scales: try node.floats(1))
    },
    .onnx("Resize", since: 11, fromONNX),
    .tflite(23) { node throws(OperatorError) in
      try fromTFLite(&node, mode: .bilinear, coordinates: try tfliteCoordinates(node))
    },
    .tflite(97) { node throws(OperatorError) in
      // TFLite rounds the corners' coordinates half up, and the half-pixel centres' by adding ½.
      let coordinates = try tfliteCoordinates(node)
      let rounding = coordinates == .asymmetric ? ResizeRounding.floor : .halfUp
      return try fromTFLite(&node, mode: .nearest(rounding), coordinates: coordinates)
    },
  ]
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.sameAsInput

  package var mode: ResizeMode
  package var coordinates: ResizeCoordinates
  package var height: Int
  package var width: Int

  /// How far neighbouring outputs lie apart in the input; `nil` is the ratio of the extents.
  package var step: ResizeStep?

  package init(
    mode: ResizeMode, coordinates: ResizeCoordinates, height: Int, width: Int,
    step: ResizeStep? = nil
  ) {
    self.mode = mode
    self.coordinates = coordinates
    self.height = height
    self.width = width
    self.step = step
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].checkArithmetic(input: 0)
    try inputs[0].check(rank: 4...4, input: 0)
    for (name, extent) in [("height", height), ("width", width)] where extent <= 0 {
      throw .attributeValue(name, .int(extent))
    }
    for distance in [step?.height, step?.width] {
      guard let distance, !(distance > 0 && distance.isFinite) else { continue }
      throw .attributeValue("step", .float(Float(distance)))
    }
    let shape = inputs[0].shape
    return [inputs[0].moved(to: try Shape(checked: [shape[0], height, width, shape[3]]))]
  }

  private func axes(over shape: Shape) -> (rows: ResizeAxis, columns: ResizeAxis) {
    (
      ResizeAxis(
        input: shape[1], output: height, step: step?.height, coordinates: coordinates),
      ResizeAxis(input: shape[2], output: width, step: step?.width, coordinates: coordinates)
    )
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let (shape, x) = (inputs[0].shape, inputs[0].values)
    let (batch, channels) = (shape[0], shape[3])
    let axes = axes(over: shape)
    let (rows, columns) = (axes.rows.sources(mode), axes.columns.sources(mode))
    var y: [Double] = []
    y.reserveCapacity(batch * height * width * channels)
    for n in 0..<batch {
      for (row, column) in rows.flatMap({ row in columns.map { (row, $0) } }) {
        for c in 0..<channels {
          func blended(_ row: Int) -> Double {
            func at(_ column: Int) -> Double {
              x[((n * shape[1] + row) * shape[2] + column) * channels + c]
            }
            return at(column.first) * (1 - column.fraction) + at(column.second) * column.fraction
          }
          y.append(blended(row.first) * (1 - row.fraction) + blended(row.second) * row.fraction)
        }
      }
    }
    return [ReferenceTensor([batch, height, width, channels], y)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let type = node.inputs[0]
    let (rows, columns) = axes(over: type.shape)
    let tables: [KernelRequest.Operand]
    let contract: uk_contract
    switch (mode, type.dtype) {
    case (.nearest(let rounding), _):
      contract = .UK_CONTRACT_xx_resize_nearest
      tables = [rows, columns].map { .table($0.nearestTable(rounding), .int32) }
    case (.bilinear, .int8):
      contract = .UK_CONTRACT_s8_resize_bilinear
      tables = [rows, columns].map { .table($0.bilinearTable, .int32) }
    case (.bilinear, _):
      contract =
        switch node.floatClass {
        case .fma: .UK_CONTRACT_f32_resize_bilinear_fma
        case .muladd: .UK_CONTRACT_f32_resize_bilinear_muladd
        }
      tables = [rows, columns].map { .table($0.bilinearTable, .int32) }
    }
    return .step(
      KernelRequest(
        contract,
        parameters: uk_resize_parameters(
          batch: UInt32(type.shape[0]), in_height: UInt32(type.shape[1]),
          in_width: UInt32(type.shape[2]), channels: UInt32(type.shape[3]),
          out_height: UInt32(height), out_width: UInt32(width),
          element_bytes: UInt32(type.dtype.byteCount), reserved: 0),
        operands: [.input(0)] + tables + [.output(0)]))
  }
}

// MARK: - Gradient

extension Resize: DifferentiableOperator {
  /// The transposes of the two interpolations, each a product with a small matrix.
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let (rows, columns) = axes(over: builder.shape(of: node.inputs[0]))
    let tall = try collected(node.outputGradient, along: 1, rows, &builder)
    return [try collected(tall, along: 2, columns, &builder)]
  }

  private func collected(
    _ dy: Value, along axis: Int, _ resized: ResizeAxis, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    var extents = builder.shape(of: dy).extents
    let (outer, inner) = (extents[..<axis].reduce(1, *), extents[(axis + 1)...].reduce(1, *))
    let matrices = try builder.reshaped(dy, as: [outer, extents[axis], inner])
    let weights = builder.constant(resized.weights(mode))
    extents[axis] = resized.input
    return try builder.reshaped(
      try builder.apply(MatMul(), [weights, matrices]), as: Shape(extents))
  }
}

// MARK: - Samples

extension Resize {
  package static let samples: [Sample] = [
    Sample(
      "float32, nearest",
      Resize(mode: .nearest(.halfDown), coordinates: .halfPixel, height: 9, width: 5),
      [.variable(.float([2, 4, 7, 3]))]),
    Sample(
      "float32, bilinear", Resize(mode: .bilinear, coordinates: .halfPixel, height: 9, width: 5),
      [.variable(.float([2, 4, 7, 19]))]),
    Sample(
      "float32, bilinear, corners",
      Resize(mode: .bilinear, coordinates: .alignCorners, height: 7, width: 1),
      [.variable(.float([1, 4, 7, 3]))]),
    Sample(
      "int8, nearest",
      Resize(mode: .nearest(.floor), coordinates: .asymmetric, height: 8, width: 14),
      [.variable(.int8([1, 4, 7, 3], scale: 0.02, zeroPoint: 9))]),
    Sample(
      "int8, bilinear", Resize(mode: .bilinear, coordinates: .halfPixel, height: 9, width: 5),
      [.variable(.int8([2, 4, 7, 19], scale: 0.02, zeroPoint: 9))]),
  ]
}
