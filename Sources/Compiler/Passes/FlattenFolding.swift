// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Lets a dense layer read a feature map as it lies, with its weights permuted instead.
  ///
  /// An NCHW model flattens channels first: what is left here is a transpose and a reshape before
  /// the layer. Permuting the layer's weights at compile time removes the transpose.
  package static let flattenFolding = Pass("flatten folding") { (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let layer = node.operation as? FullyConnected, layer.packing == nil,
        let (reshape, reshapeInputs) = builder.producer(of: inputs[0], as: Reshape.self),
        let (transpose, sources) = builder.producer(of: reshapeInputs[0], as: Transpose.self),
        let weights = builder.constant(inputs[1]),
        let permuted = weights.reading(
          builder.type(of: sources[0]).shape, insteadOfTransposeBy: transpose.permutation)
      else { return nil }
      let flat = try builder.reshaped(sources[0], to: reshape.shape, name: node.name)
      let constant = builder.constant(permuted, name: builder.name(of: inputs[1]))
      return try builder.add(
        layer, [flat, constant] + inputs.dropFirst(2),
        quantization: graph.type(of: node.outputs[0]).quantization, name: node.name)
    }
  }
}

extension TensorData {
  /// The weights `[N, K]` for the flattened x, given those for the flattened `transpose(x)`.
  ///
  /// `nil` when the transpose moves axes that are not part of K.
  fileprivate func reading(
    _ shape: Shape, insteadOfTransposeBy permutation: [Int]
  ) -> TensorData? {
    // Scales of blocks along K would have to move too.
    if case .blocks? = type.quantization?.granularity { return nil }
    let depth = type.shape[1]
    var inner = shape.rank
    var innerCount = 1
    while inner > 0, innerCount < depth {
      inner -= 1
      innerCount *= shape[permutation[inner]]
    }
    guard innerCount == depth, permutation.prefix(inner).elementsEqual(0..<inner) else {
      return nil
    }
    // Element k of a row, counted over the transposed axes, is element `source[k]` of x's axes.
    let strides = shape.strides
    var sources = [0]
    for axis in permutation[inner...] {
      sources = sources.flatMap { base in
        (0..<shape[axis]).map { base + $0 * strides[axis] }
      }
    }
    let size = type.dtype.byteCount
    var permuted = bytes
    for row in 0..<type.shape[0] {
      for (k, source) in sources.enumerated() {
        let (from, to) = ((row * depth + k) * size, (row * depth + source) * size)
        permuted.replaceSubrange(to..<to + size, with: bytes[from..<from + size])
      }
    }
    return TensorData(type, bytes: permuted)
  }
}
