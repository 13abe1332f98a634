// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

/// Operators with attributes and shapes that a hostile file may hold: refused, or lowered, never a
/// trap.
@Suite struct HostileOperatorTests {
  /// Extents and attributes around every limit.
  private static let numbers = [
    Int.min, Int(Int32.min), -7, -1, 0, 1, 2, 3, 5, 16, 1 << 15, 1 << 20, Int(Int32.max), 1 << 40,
    Int.max,
  ]
  private static let reals: [Float] = [
    -.infinity, -2, -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 1e-20, 0.5, 1, 3e38,
    .infinity,
  ]

  @Test(arguments: Catalogue.all.map { $0.name })
  func neverTraps(_ name: String) throws {
    var random = SeededGenerator(seed: 1)
    var lowered = 0
    for _ in 0..<20_000 {
      let operation = packed(try operation(name, &random), &random)
      let range = Swift.type(of: operation).inputCount
      let count = Int.random(in: range.lowerBound...min(range.upperBound, 5), using: &random)
      let drawn =
        fittingInputs(name, &random) ?? layerInputs(name, count, &random)
        ?? inputs(count, &random)
      let types = packed(drawn, for: operation, &random)
      guard let outputs = try? operation.inferTypes(types) else { continue }
      for output in outputs { #expect(output.shape.elementCount > 0) }
      // Constants are made only where they are small.
      guard types.allSatisfy({ $0.byteCount < 1 << 12 }) else { continue }
      lowered += lower(operation, types, outputs) ? 1 : 0
    }
    #expect(lowered > 0, "no random case got as far as a kernel")
  }

  /// The operator for packed weights, now and then.
  private func packed(
    _ operation: any Operator, _ random: inout SeededGenerator
  ) -> any Operator {
    guard var layer = operation as? any PackableOperator, Int.random(in: 0..<4, using: &random) == 0
    else { return operation }
    layer.packing = WeightPacking(filters(rank: Int.random(in: 2...4, using: &random), &random))
    return layer
  }

  private func filters(rank: Int, _ random: inout SeededGenerator) -> Shape {
    Shape(checking: (0..<rank).map { _ in extent(&random) }) ?? [1, 1, 1, 1]
  }

  /// The inputs of an operator with weights of its packed shape, most of the time.
  private func packed(
    _ types: [TensorType], for operation: any Operator, _ random: inout SeededGenerator
  ) -> [TensorType] {
    guard Int.random(in: 0..<8, using: &random) > 0 else { return types }
    var types = types
    if let turned = operation as? TurnedFilters, let natural = turned.reader.packing?.natural {
      let extents = natural.rank == 4 ? [natural[3], natural[1], natural[2], natural[0]] : [1]
      let filters = Convolution().packing(Shape(checking: extents) ?? [1])
      if let layout = try? filters.packedLayout() { types[0] = TensorType(.float32, layout.shape) }
    } else if let layer = operation as? any PackableOperator,
      let natural = layer.packing?.natural, let layout = try? layer.packedLayout()
    {
      let isGradient = layer is DenseInputGradient
      let image = types[0].shape.extents.dropLast() + [natural[isGradient ? 0 : -1]]
      types[0] = TensorType(.float32, Shape(checking: Array(image)) ?? [1])
      types[1] = TensorType(.float32, layout.shape)
      if types.count > 2 { types[2] = TensorType(.float32, [natural[0]]) }
    }
    return types
  }

  private func lower(
    _ operation: any Operator, _ types: [TensorType], _ outputs: [TensorType]
  ) -> Bool {
    let quantized = outputs.map { output in
      var output = output
      if output.dtype == .int8, output.quantization == nil {
        output.quantization = QuantizationParameters(scale: 0.1, zeroPoint: 1)
      }
      return output
    }
    if let composite = operation as? any CompositeOperator,
      let expanded = expand(composite, types)
    {
      #expect(expanded == outputs)
      return true
    }
    let constants = types.map { TensorData($0, bytes: [UInt8](repeating: 1, count: $0.byteCount)) }
    let context = NodeContext(
      inputs: types, outputs: quantized, constants: constants, floatClass: .fma)
    return (try? operation.lower(context)) != nil
  }

  /// The types of a composite's parts, when it is expanded.
  private func expand(
    _ operation: some CompositeOperator, _ types: [TensorType]
  ) -> [TensorType]? {
    var builder = GraphBuilder()
    let inputs = types.map { builder.input("x", $0) }
    let outputs = try? operation.expanded(inputs, &builder, name: "node")
    return outputs?.map { builder.type(of: $0) }
  }

  /// Shapes that random ones would hardly ever meet, now and then.
  private func fittingInputs(_ name: String, _ random: inout SeededGenerator) -> [TensorType]? {
    let names = [
      "Attention", "DetectionPostProcess", "DynamicFullyConnected", "GatherGradient", "Triplet",
    ]
    guard names.contains(name), Bool.random(using: &random) else { return nil }
    if name == "DynamicFullyConnected" { return denseInputs(&random) }
    if name == "GatherGradient" {
      let taken = Shape(checking: [extent(&random)]) ?? [1]
      return [TensorType(.float32, taken), TensorType(.int32, taken)]
    }
    if name == "Triplet" {
      let extents = [extent(&random), extent(&random)]
      return (0..<3).map { _ in TensorType(.float32, Shape(checking: extents) ?? [1]) }
    }
    if name == "Attention" {
      let extents = (0..<4).map { _ in Int.random(in: 1...3, using: &random) }
      let heads = Int.random(in: 1...3, using: &random)
      return (0..<3).map { index in
        TensorType(.float32, Shape([extents[0], index > 0 ? heads : extents[1]] + extents[2...]))
      }
    }
    let boxes = Int.random(in: 1...4, using: &random)
    let shapes: [Shape] = [
      [1, boxes, Int.random(in: 3...5, using: &random)],
      [1, boxes, Int.random(in: 1...4, using: &random)], [boxes, 4],
    ]
    return shapes.map { TensorType(.float32, $0) }
  }

  /// Rows of float32, int8 weights of any scale, most without a zero point, and sometimes a bias.
  private func denseInputs(_ random: inout SeededGenerator) -> [TensorType] {
    let (rows, depth, units) = (extent(&random), extent(&random), extent(&random))
    func type(_ dtype: DType, _ extents: [Int]) -> TensorType {
      TensorType(dtype, Shape(checking: extents) ?? [1])
    }
    var weights = type(.int8, [units, depth])
    weights.quantization = quantization(
      zeroPoint: Int.random(in: 0..<8, using: &random) > 0 ? 0 : 9, &random)
    return [type(.float32, [rows, depth]), weights]
      + (Bool.random(using: &random) ? [type(.float32, [units])] : [])
  }

  /// Small shapes that fit each other most of the time, any others sometimes.
  private func inputs(_ count: Int, _ random: inout SeededGenerator) -> [TensorType] {
    let rank = Int.random(in: 0...5, using: &random)
    let extents = (0..<rank).map { _ in extent(&random) }
    let isFloat = Bool.random(using: &random)
    return (0..<count).map { index in
      var own = extents
      if index > 0, Bool.random(using: &random) {
        own = extents.suffix(index == 1 ? Int.random(in: 0...3, using: &random) : 1)
      } else if index > 0 {
        own = (0..<Int.random(in: 0...4, using: &random)).map { _ in extent(&random) }
      }
      return type(Shape(checking: own) ?? [1], isFloat: isFloat, &random)
    }
  }

  /// Inputs of layers that random shapes would not fit: those that do, one of them any other
  /// sometimes; `nil` for other operators.
  private func layerInputs(
    _ name: String, _ count: Int, _ random: inout SeededGenerator
  ) -> [TensorType]? {
    let layers = [
      "ConvolutionWeightGradient", "DenseInputGradient", "DepthwiseInputGradient",
      "DepthwiseWeightGradient", "GRU", "LSTM", "MaxPoolGradient", "ResidualLayer",
      "TransposedConvolution",
    ]
    guard layers.contains(name) else { return nil }
    let (rows, depth, units) = (extent(&random), extent(&random), extent(&random))
    var shapes =
      [[rows, depth], [units, depth]] + (count > 3 ? [[units]] : []) + [[rows, units]]
    if name == "DenseInputGradient" {
      shapes = [[rows, units], [units, depth]]
    } else if name == "DepthwiseInputGradient" {
      shapes = [[rows, 1, 1, units], [depth, rows, units]]
    } else if name == "MaxPoolGradient" || name.hasSuffix("WeightGradient") {
      shapes = [[rows, 1, 1, units], [rows, 1, 1, units]]
    } else if name == "TransposedConvolution" {
      shapes = [[rows, rows, units, depth], [units, rows, units, depth], [units]]
    } else if name != "ResidualLayer" {
      let columns = (name == "LSTM" ? 4 : 3) &* units
      shapes = [
        [rows, rows, depth], [columns, depth], [columns, units], [4 &* units], [rows, units],
        [rows, units],
      ]
    }
    let isFloat = Bool.random(using: &random)
    let odd = Int.random(in: 0..<12, using: &random)
    return shapes.prefix(count).enumerated().map { index, extents in
      let own = index == odd ? [extent(&random)] : extents
      let type = type(Shape(checking: own) ?? [1], isFloat: isFloat, &random)
      let isBias = extents.count == 1 && !isFloat && Bool.random(using: &random)
      return isBias ? TensorType(.int32, type.shape) : type
    }
  }

  private func type(
    _ shape: Shape, isFloat: Bool, _ random: inout SeededGenerator
  ) -> TensorType {
    if isFloat { return TensorType(.float32, shape) }
    let dtypes: [DType] = [.float32, .int8, .int8, .int32, .int32, .int64, .bool, .float16]
    let dtype = dtypes.randomElement(using: &random)!
    let isQuantized = dtype == .int8 && Int.random(in: 0..<8, using: &random) > 0
    let quantization = QuantizationParameters(
      scale: max(Self.reals.randomElement(using: &random)!, .leastNonzeroMagnitude),
      zeroPoint: Int32.random(in: -200...200, using: &random))
    return TensorType(dtype, shape, quantization: isQuantized ? quantization : nil)
  }

  private func extent(_ random: inout SeededGenerator) -> Int {
    Int.random(in: 0..<8, using: &random) > 0
      ? Int.random(in: 1...4, using: &random) : max(Self.numbers.randomElement(using: &random)!, 0)
  }

  func number(_ random: inout SeededGenerator) -> Int {
    Bool.random(using: &random)
      ? Int.random(in: 0...3, using: &random) : Self.numbers.randomElement(using: &random)!
  }

  /// The operators without attributes, and functions with a parameter where they have one.
  private func function(_ name: String, _ parameter: () -> Float) -> (any Operator)? {
    switch name {
    case "ELU": ELU(alpha: parameter())
    case "HardSigmoid": HardSigmoid(alpha: parameter(), beta: parameter())
    case "Power": Power(exponent: parameter())
    default: Self.functions.first { Swift.type(of: $0).name == name }
    }
  }

  /// The operators on rows of matrices.
  private func rowOperation(_ name: String, _ random: inout SeededGenerator) -> (any Operator)? {
    func real() -> Float { Self.reals.randomElement(using: &random)! }
    switch name {
    case "Attention":
      return Attention(
        scale: real(), isCausal: Bool.random(using: &random),
        zeroesUnseen: Bool.random(using: &random),
        rowsFirst: Attention.Operands(rawValue: UInt32.random(in: 0...15, using: &random)))
    case "DynamicFullyConnected":
      return DynamicFullyConnected(activation: ActivationRange(min: real(), max: real()))
    case "LayerNormalization": return LayerNormalization(epsilon: real())
    case "MatMul": return MatMul(isTransposed: Bool.random(using: &random))
    case "RMSNormalization": return RMSNormalization(epsilon: real())
    case "Reduce":
      let (first, second) = (number(&random), number(&random))
      return Reduce(
        [.sum, .mean, .maximum, .product].randomElement(using: &random)!,
        axes: min(first, second)...max(first, second))
    default: return nil
    }
  }

  private static let functions: [any Operator] = [
    Absolute(), Ceiling(), Dequantize(), Erf(), Exponential(), Floor(), GELU(), HardSwish(),
    Logarithm(), Negate(), Reciprocal(), ReciprocalSquareRoot(), Round(), SiLU(), Sigmoid(),
    SignConversion(), Softplus(), SquareRoot(), Tanh(),
  ]

  private func operation(_ name: String, _ random: inout SeededGenerator) throws -> any Operator {
    func pair() -> Extent2D { Extent2D(number(&random), number(&random)) }
    func numbers() -> [Int] {
      (0..<Int.random(in: 0...5, using: &random)).map { _ in number(&random) }
    }
    func real() -> Float { Self.reals.randomElement(using: &random)! }
    let padding = Padding(
      top: number(&random), left: number(&random), bottom: number(&random), right: number(&random))
    let range = ActivationRange(min: real(), max: real())
    let function = function(name, real) ?? trainingOperation(name, real)
    let found = function ?? rowOperation(name, &random) ?? move(name, &random)
    if let found = found ?? layer(name, range, &random) { return found }
    switch name {
    case "Add": return Add(activation: range)
    case "ArgMax":
      return ArgMax(
        axis: number(&random), isMinimum: Bool.random(using: &random),
        indexDType: Bool.random(using: &random) ? .int32 : .int64)
    case "AveragePool":
      return AveragePool(window: pair(), stride: pair(), padding: padding, activation: range)
    case "BatchNormalization": return BatchNormalization(epsilon: real())
    case "Clamp": return Clamp(range: range)
    case "Concatenation": return Concatenation(axis: number(&random))
    case "Convolution":
      return Convolution(stride: pair(), dilation: pair(), padding: padding, activation: range)
    case "DepthwiseConvolution":
      return DepthwiseConvolution(
        stride: pair(), dilation: pair(), padding: padding, activation: range)
    case "DetectionPostProcess":
      return DetectionPostProcess(
        classes: number(&random), detections: number(&random), classesPerBox: number(&random),
        detectionsPerClass: Bool.random(using: &random) ? number(&random) : nil,
        scoreThreshold: real(), overlapThreshold: real(),
        scales: .init(y: real(), x: real(), height: real(), width: real()))
    case "Divide": return Divide(activation: range)
    case "FullyConnected": return FullyConnected(activation: range)
    case "MaxPool":
      return MaxPool(window: pair(), stride: pair(), padding: padding, activation: range)
    case "Multiply": return Multiply(activation: range)
    case "PReLU": return PReLU()
    case "Pad": return Pad(before: numbers(), after: numbers(), value: real())
    case "Quantize": return Quantize()
    case "Reshape": return Reshape(shape: Shape(checking: numbers()) ?? [1])
    case "Resize":
      return Resize(
        mode: Bool.random(using: &random) ? .bilinear : .nearest(.halfUp),
        coordinates: .halfPixel, height: min(number(&random), 1 << 12),
        width: min(number(&random), 1 << 12),
        step: Bool.random(using: &random)
          ? ResizeStep(height: Double(real()), width: Double(real())) : nil)
    case "Softmax": return Softmax(beta: real())
    case "Subtract": return Subtract(activation: range)
    case "Transpose": return Transpose(permutation: numbers())
    default:
      Issue.record("\(name) has no hostile form here; add one")
      throw OperatorError.emptyOutput
    }
  }

  /// Operators with weights that random shapes would not fit.
  private func layer(
    _ name: String, _ range: ActivationRange, _ random: inout SeededGenerator
  ) -> (any Operator)? {
    func pair() -> Extent2D { Extent2D(number(&random), number(&random)) }
    switch name {
    case "ConvolutionWeightGradient":
      let (before, behind) = (pair(), pair())
      return ConvolutionWeightGradient(
        kernel: pair(), stride: pair(), dilation: pair(),
        padding: Padding(
          top: before.height, left: before.width, bottom: behind.height, right: behind.width))
    case "DenseInputGradient": return DenseInputGradient()
    case "DepthwiseInputGradient", "DepthwiseWeightGradient", "MaxPoolGradient":
      return windowGradient(name, &random)
    case "TurnedFilters":
      return TurnedFilters(
        for: TransposedConvolution(
          stride: pair(), dilation: pair(), before: pair(), output: pair(),
          packing: WeightPacking(filters(rank: 4, &random))))
    case "GRU":
      return GRU(
        givesSequence: .random(using: &random), isReversed: .random(using: &random),
        resetsAfter: .random(using: &random))
    case "LSTM": return recurrentLayer(range, &random)
    case "ResidualLayer": return residualLayer(range, &random)
    case "TransposedConvolution":
      return TransposedConvolution(
        stride: pair(), dilation: pair(), before: pair(), output: pair(),
        groups: Bool.random(using: &random) ? 1 : number(&random), activation: range)
    default: return nil
    }
  }

  private func recurrentLayer(
    _ range: ActivationRange, _ random: inout SeededGenerator
  ) -> LSTM {
    let results: [LSTM.Result] = [.sequence, .last, .sequenceAndCell, .lastAndCell]
    return LSTM(
      results.randomElement(using: &random)!, isBatchMajor: .random(using: &random),
      cellRange: range, hidden: Bool.random(using: &random) ? nil : quantization(&random))
  }

  private func residualLayer(
    _ range: ActivationRange, _ random: inout SeededGenerator
  ) -> ResidualLayer {
    let sum = Bool.random(using: &random) ? nil : quantization(&random)
    let stride = Extent2D(number(&random), number(&random))
    return Bool.random(using: &random)
      ? ResidualLayer(.fullyConnected(FullyConnected(activation: range)), sum: sum)
      : ResidualLayer(.convolution(Convolution(stride: stride)), sum: sum, activation: range)
  }

  private func quantization(
    zeroPoint: Int32 = 9, _ random: inout SeededGenerator
  ) -> QuantizationParameters {
    let scale = Self.reals.randomElement(using: &random)!
    return QuantizationParameters(scale: max(scale, .leastNonzeroMagnitude), zeroPoint: zeroPoint)
  }

  /// Moves, comparisons and the arithmetic of integers.
  private func move(_ name: String, _ random: inout SeededGenerator) -> (any Operator)? {
    func numbers() -> [Int] {
      (0..<Int.random(in: 0...5, using: &random)).map { _ in number(&random) }
    }
    switch name {
    case "Cast":
      func dtype() -> DType { DType.allCases.randomElement(using: &random)! }
      return Cast(from: dtype(), to: dtype())
    case "Comparison":
      let relations: [Comparison.Relation] = [.equal, .notEqual, .less, .lessOrEqual]
      return Comparison(relations.randomElement(using: &random)!)
    case "Expand": return Expand(shape: Shape(checking: numbers()) ?? [1])
    case "Gather": return Gather(axis: number(&random), batchAxes: number(&random))
    case "GatherGradient":
      return GatherGradient(
        of: Gather(axis: number(&random), batchAxes: number(&random)),
        shape: Shape(checking: numbers()) ?? [2])
    case "GatherND": return GatherND(batchAxes: number(&random))
    case "IntegerArithmetic":
      let functions: [IntegerArithmetic.Function] = [.add, .subtract, .multiply, .divide]
      return IntegerArithmetic(functions.randomElement(using: &random)!)
    case "Maximum": return Maximum()
    case "Minimum": return Minimum()
    case "Select": return Select()
    case "Slice": return Slice(start: numbers(), step: numbers(), count: numbers())
    default: return nil
    }
  }
}
