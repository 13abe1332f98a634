// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// What moves elements. Where the axes only have other numbers, the layout stays as it is.

extension Reshape: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    if let data = onnx.constant(0) {
      do throws(OperatorError) {
        return .constant(try data.reshaped(shape.extents))
      } catch {
        // Its scales lie along no axis of the result: written, it moves reals.
      }
    }
    return .tensor(onnx.reshaped(try onnx.operand(0), shape.extents), .own(shape.rank))
  }
}

extension Transpose: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    guard let data = onnx.constant(0) else { return .transposed(permutation) }
    return .constant(try data.transposed(permutation))
  }
}

extension Concatenation: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let layout = onnx.commonLayout
    let position = layout.position(of: axis)
    return try onnx.elements(ofAll: { onnx, parts in
      onnx.emit("Concat", parts, [("axis", .int(position))])
    })
  }
}

extension Slice: ONNXWritable {
  /// Tells the axes that are cut, ends as far as the last element goes.
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let (shape, layout) = (onnx.shape(0), onnx.layout(0))
    let x = try onnx.operand(0, layout)
    let cut = layout.axes.enumerated().filter { _, axis in
      start[axis] != 0 || count[axis] != shape[axis] || (step[axis] != 1 && count[axis] > 1)
    }
    guard !cut.isEmpty else { return .tensor(x, layout) }
    var (ends, steps): ([Int], [Int]) = ([], [])
    for axis in cut.map(\.element) {
      let step = count[axis] == 1 ? 1 : step[axis]
      let last = start[axis] + (count[axis] - 1) * step
      // Before the first element of all there is no number but one that counts from the end.
      ends.append(step > 0 ? last + 1 : last > 0 ? last - 1 : -shape[axis] - 1)
      steps.append(step)
    }
    let operands = [
      onnx.indices(cut.map { start[$0.element] }), onnx.indices(ends),
      onnx.indices(cut.map(\.offset)), onnx.indices(steps),
    ]
    return .tensor(onnx.emit("Slice", [x] + operands), layout)
  }
}

extension Pad: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let layout = onnx.layout(0)
    let x = try onnx.operand(0, layout)
    let pads = onnx.indices(layout.arranged(before) + layout.arranged(after))
    guard value != 0 else { return .tensor(onnx.emit("Pad", [x, pads]), layout) }
    let isReal = onnx.output.quantization != nil
    let type = TensorType(isReal ? .float32 : onnx.output.dtype, [])
    guard let fill = ReferenceTensor([], [Double(value)]).stored(as: type) else {
      throw .attributeValue("value", .float(value))
    }
    let constant = onnx.document.addInitializer(fill, hint: "\(onnx.current.name)/value")
    return .tensor(onnx.emit("Pad", [x, pads, constant]), layout)
  }
}

extension Expand: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let extents = onnx.indices(shape.extents)
    return .tensor(onnx.emit("Expand", [try onnx.operand(0), extents]), .own(shape.rank))
  }
}

extension Gather: ONNXWritable {
  /// With batch axes it is a `GatherND` of the axis brought behind them.
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let (x, indices) = (onnx.shape(0), onnx.shape(1))
    let axis = axis < 0 ? axis + x.rank : axis
    let batchAxes = batchAxes < 0 ? batchAxes + indices.rank : batchAxes
    let own = Layout.own(onnx.output.shape.rank)
    guard batchAxes > 0 else {
      let operands = [try onnx.operand(0), try onnx.operand(1)]
      return .tensor(onnx.emit("Gather", operands, [("axis", .int(axis))]), own)
    }
    let order = Array(0..<batchAxes) + [axis] + (batchAxes..<x.rank).filter { $0 != axis }
    let tuples = onnx.reshaped(
      onnx.cast(try onnx.operand(1), to: .int64), indices.extents + [1])
    let y = onnx.emit(
      "GatherND", [try onnx.operand(0, Layout(order)), tuples],
      [("batch_dims", .int(batchAxes))])
    // Behind the batch: what the indices have, then x's axes in front of the one gathered.
    let outer = batchAxes..<axis
    let chosen = indices.rank - batchAxes
    let layout =
      Array(0..<batchAxes) + (0..<chosen).map { $0 + axis } + outer
      + (axis + chosen..<own.rank)
    return .tensor(y, Layout(layout))
  }
}

extension GatherND: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    var tuples = try onnx.operand(1)
    if onnx.type(1).dtype != .int64 { tuples = onnx.cast(tuples, to: .int64) }
    let y = onnx.emit(
      "GatherND", [try onnx.operand(0), tuples], [("batch_dims", .int(batchAxes))])
    return .tensor(y, .own(onnx.output.shape.rank))
  }
}
