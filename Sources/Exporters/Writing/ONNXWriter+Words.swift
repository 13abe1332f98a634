// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// The words that spellings are written in; inputs are those of the current node, by number.

extension ONNXWriter {
  var inputCount: Int { current.inputs.count }

  /// The type of the current node's output.
  var output: TensorType { current.output }

  func type(_ input: Int) -> TensorType { graph.type(of: current.inputs[input]) }

  func shape(_ input: Int) -> Shape { type(input).shape }

  /// The contents of an input that is known, integers with their scale where it is quantised.
  func constant(_ input: Int) -> TensorData? { constant(current.inputs[input]) }

  /// The reals of an input that must be known.
  func requiredReals(_ input: Int) throws(OperatorError) -> [Double] {
    guard let data = constant(input) else { throw .inputNotConstant(input: input) }
    return ReferenceTensor(data).values
  }

  /// The layout in which an input costs nothing.
  func layout(_ input: Int) -> Layout { layout(of: current.inputs[input]) }

  /// A layout of the output's rank that suits elementwise operands: that of one which is not in its
  /// own order, for its neighbours will want the same.
  var commonLayout: Layout {
    let rank = output.shape.rank
    let layouts = current.inputs.filter { graph.type(of: $0).shape.rank == rank }.map(layout(of:))
    return layouts.first { !$0.isOwn } ?? .own(rank)
  }

  // MARK: - Operands

  /// An input's numbers in its own order.
  mutating func operand(_ input: Int) throws(OperatorError) -> WrittenTensor {
    try operand(input, .own(shape(input).rank))
  }

  /// An input's numbers in a layout; of more axes than the input has, as it broadcasts to them.
  mutating func operand(
    _ input: Int, _ layout: Layout
  ) throws(OperatorError) -> WrittenTensor {
    let (value, extents) = (current.inputs[input], shape(input).extents)
    guard layout.rank > extents.count else { return try real(value, layout) }
    let padded = [Int](repeating: 1, count: layout.rank - extents.count) + extents
    if layout.isOwn || shape(input).elementCount == 1 { return try operand(input) }
    if let data = constant(input) {
      let arranged = try data.reshaped(padded).transposed(layout.axes)
      return try real(arranged, hint: graph.name(of: value))
    }
    let own = try operand(input)
    let long = layout.axes.filter { padded[$0] > 1 }
    guard long == long.sorted() else {
      return emit(
        "Transpose", [reshaped(own, padded)], [("perm", .ints(layout.axes))])
    }
    return reshaped(own, layout.arranged(padded))
  }

  /// An input's numbers in a layout, then under other extents; constants in the file are as asked.
  mutating func operand(
    _ input: Int, _ layout: Layout, reshaped extents: [Int]
  ) throws(OperatorError) -> WrittenTensor {
    guard let data = constant(input) else {
      return reshaped(try operand(input, layout), extents)
    }
    let arranged = try data.transposed(layout.axes).reshaped(extents)
    return try real(arranged, hint: graph.name(of: current.inputs[input]))
  }

  // MARK: - Constants

  mutating func floats(_ values: [Float], _ shape: Shape? = nil) -> WrittenTensor {
    document.addInitializer(
      TensorData(shape ?? [values.count], float32: values), hint: "\(current.name)/constant")
  }

  mutating func scalar(_ value: Float) -> WrittenTensor { floats([value], []) }

  /// A shape, axes, or the like.
  mutating func indices(_ values: [Int]) -> WrittenTensor {
    document.addInitializer(
      TensorData([values.count], int64: values.map { Int64($0) }), hint: "\(current.name)/indices")
  }

  // MARK: - Nodes

  /// Adds a node of one output; `since` is the first operator set that has it in this form.
  mutating func emit(
    _ type: String, _ inputs: [WrittenTensor?], _ attributes: [ONNXDocument.Attribute] = [],
    since: Int = 13
  ) -> WrittenTensor {
    document.addNode(
      type, inputs, attributes: attributes, since: since, hint: "\(current.name)/\(type)")[0]
  }

  mutating func reshaped(_ tensor: WrittenTensor, _ extents: [Int]) -> WrittenTensor {
    emit("Reshape", [tensor, indices(extents)])
  }

  mutating func cast(_ tensor: WrittenTensor, to dtype: DType) -> WrittenTensor {
    emit("Cast", [tensor], [("to", .int(Int(dtype.onnxNumber)))])
  }

  /// A tensor within a range, unless quantising it does that anyway.
  mutating func clamped(_ tensor: WrittenTensor, _ range: ActivationRange) -> WrittenTensor {
    let held = output.dtype == .int8 ? output.quantization?.perTensor : nil
    func isHeld(_ stored: Int32, _ isInside: (Double) -> Bool) -> Bool {
      held.map { isInside(Double($0.scale) * (Double(stored) - Double($0.zeroPoint))) } ?? false
    }
    let needsLower = range.min > -.infinity && !isHeld(-128) { $0 >= Double(range.min) }
    let needsUpper = range.max < .infinity && !isHeld(127) { $0 <= Double(range.max) }
    return clipped(
      tensor,
      ActivationRange(
        min: needsLower ? range.min : -.infinity, max: needsUpper ? range.max : .infinity))
  }

  /// A tensor within a range.
  mutating func clipped(_ tensor: WrittenTensor, _ range: ActivationRange) -> WrittenTensor {
    if range == .none { return tensor }
    if range == .relu { return emit("Relu", [tensor]) }
    let bounds =
      [range.min == -.infinity ? nil : scalar(range.min)]
      + (range.max == .infinity ? [] : [scalar(range.max)])
    return emit("Clip", [tensor] + bounds)
  }

  /// A function of every element of input 0.
  mutating func elements(
    _ function: (inout ONNXWriter, WrittenTensor) throws(OperatorError) -> WrittenTensor
  ) throws(OperatorError) -> Written {
    let layout = layout(0)
    return .tensor(try function(&self, try operand(0, layout)), layout)
  }

  /// A function of the elements of all inputs, which broadcast to the output.
  mutating func elements(
    ofAll function: (inout ONNXWriter, [WrittenTensor]) throws(OperatorError) -> WrittenTensor
  ) throws(OperatorError) -> Written {
    let layout = commonLayout
    var operands: [WrittenTensor] = []
    for input in current.inputs.indices { operands.append(try operand(input, layout)) }
    return .tensor(try function(&self, operands), layout)
  }
}
