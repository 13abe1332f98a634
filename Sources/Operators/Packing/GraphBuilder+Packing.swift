// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// Weights into their packed layout and back, as nodes: constant folding packs what training starts
// from, and gradients of packed weights can be looked at in their natural shape.

extension GraphBuilder {
  /// Natural weights, packed for an operator to read with `packing`.
  ///
  /// - Throws: `OperatorError` for weights that it has no layout of, or has in groups.
  package mutating func packed(
    _ weights: Value, for operation: some PackableOperator, name: String = ""
  ) throws(OperatorError) -> Value {
    let natural = type(of: weights).shape
    let layout = try operation.packedLayout(natural)
    switch layout.order {
    case .channels(let channels):
      let rows = try reshaped(weights, [layout.shape[0], channels], name)
      return try padded(rows, to: layout.shape, name)
    case .columns(let taps, let depth, let groups):
      try checkUngrouped(groups)
      let columns = natural[0]
      let matrix = try reshaped(weights, [columns, taps, depth], name)
      var parts: [Value] = []
      for part in layout.parts {
        let taps = try taken(part.taps, of: matrix, name)
        let panelCount = blockCount(columns, panelWidth)
        let whole = try padded(
          taps, to: try Shape(checked: [panelCount * panelWidth, part.taps.count, depth]), name)
        let split = try reshaped(whole, [panelCount, panelWidth, part.taps.count, depth], name)
        parts.append(try apply(Transpose(permutation: [0, 2, 3, 1]), [split], name: name))
      }
      return try joined(parts, shape: layout.shape, name)
    }
  }

  /// The natural weights of those packed for an operator, which has `packing`; 0 for those that no
  /// output would read.
  package mutating func unpacked(
    _ packed: Value, for operation: some PackableOperator, name: String = ""
  ) throws(OperatorError) -> Value {
    guard let packing = operation.packing, let layout = try operation.packedLayout() else {
      return packed
    }
    try type(of: packed).check(extents: layout.shape.extents, input: 1)
    let natural = packing.natural.extents
    switch layout.order {
    case .channels(let channels):
      let rows = try sliced(packed, to: [layout.shape[0], channels], name)
      return try reshaped(rows, natural, name)
    case .columns(let taps, let depth, let groups):
      try checkUngrouped(groups)
      let (columns, panelCount) = (natural[0], blockCount(natural[0], panelWidth))
      let row = panelCount * panelWidth * depth
      let flat = try reshaped(packed, [layout.shape.elementCount], name)
      var (parts, first): ([Value], Int) = ([], 0)
      for part in layout.parts {
        let count = row * part.taps.count
        let panels = try reshaped(
          try sliced(flat, from: [first], to: [count], name),
          [panelCount, part.taps.count, depth, panelWidth], name)
        let matrix = try apply(Transpose(permutation: [0, 3, 1, 2]), [panels], name: name)
        parts.append(
          try reshaped(matrix, [panelCount * panelWidth, part.taps.count, depth], name))
        first += count
      }
      let all = parts.count == 1 ? parts[0] : try apply(Concatenation(axis: 1), parts, name: name)
      let rows = try sliced(all, to: [columns, type(of: all).shape[1], depth], name)
      let order = layout.parts.flatMap(\.taps)
      let places = (0..<taps).map { tap in order.firstIndex(of: tap) }
      return try reshaped(try taken(places, of: rows, name), natural, name)
    }
  }

  /// A bias with zeros to whole panels, as kernels read one that is no constant.
  package mutating func paddedBias(
    _ bias: Value, name: String = ""
  ) throws(OperatorError) -> Value {
    try type(of: bias).check(rank: 1...1, input: 0)
    let panelCount = blockCount(type(of: bias).shape[0], panelWidth)
    return try padded(bias, to: try Shape(checked: [panelCount * panelWidth]), name)
  }

  // MARK: - Words

  private func checkUngrouped(_ groups: Int) throws(OperatorError) {
    guard groups == 1 else { throw .attributeValue("group", .int(groups)) }
  }

  private mutating func reshaped(
    _ value: Value, _ extents: [Int], _ name: String
  ) throws(OperatorError) -> Value {
    let shape = try Shape(checked: extents)
    return type(of: value).shape == shape
      ? value : try apply(Reshape(shape: shape), [value], name: name)
  }

  private mutating func padded(
    _ value: Value, to shape: Shape, _ name: String
  ) throws(OperatorError) -> Value {
    let own = type(of: value).shape
    guard own != shape else { return value }
    let after = zip(shape.extents, own.extents).map { $0 - $1 }
    return try apply(Pad(before: after.map { _ in 0 }, after: after), [value], name: name)
  }

  private mutating func sliced(
    _ value: Value, from start: [Int]? = nil, to count: [Int], _ name: String
  ) throws(OperatorError) -> Value {
    guard type(of: value).shape.extents != count else { return value }
    let slice = Slice(
      start: start ?? count.map { _ in 0 }, step: count.map { _ in 1 }, count: count)
    return try apply(slice, [value], name: name)
  }

  /// Taps along axis 1 by number, zeros where there is none.
  private mutating func taken(
    _ taps: [Int?], of value: Value, _ name: String
  ) throws(OperatorError) -> Value {
    let shape = type(of: value).shape
    guard taps != Array(0..<shape[1]) else { return value }
    // The tap behind the last is 0.
    let whole = try padded(
      value, to: try Shape(checked: [shape[0], shape[1] + 1, shape[2]]), name)
    let indices = TensorData(Shape([taps.count]), int32: taps.map { Int32($0 ?? shape[1]) })
    return try apply(Gather(axis: 1), [whole, constant(indices, name: name)], name: name)
  }

  /// Values one behind the other as one of a shape.
  private mutating func joined(
    _ parts: [Value], shape: Shape, _ name: String
  ) throws(OperatorError) -> Value {
    guard parts.count > 1 else { return try reshaped(parts[0], shape.extents, name) }
    var rows: [Value] = []
    for part in parts {
      rows.append(try reshaped(part, [type(of: part).shape.elementCount], name))
    }
    return try apply(Concatenation(axis: 0), rows, name: name)
  }
}
