// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The weights of a float32 product in fewer bits: each stands for one real.
///
/// Float16; int8 with a scale for each output channel; or int4, which is int8 of −8 to 7, with a
/// scale for each output channel and 32 inputs. What the product computes is the same as with the
/// weights as float32.
struct StoredWeights {
  let contracts: FloatContracts

  /// The weights as the kernels' operand.
  let panels: KernelRequest.Operand

  /// Their scales as the kernels' operand; none for float16.
  let scales: [KernelRequest.Operand]

  /// - Parameters:
  ///   - data: the weights, `columns` times `depth`, whatever axes of extent 1 lie between.
  ///   - columns: the output channels.
  ///   - depth: the inputs of each.
  /// - Throws: `OperatorError` for dtypes and scales that no kernel has.
  init(_ data: TensorData, columns: Int, depth: Int) throws(OperatorError) {
    func packed<Element: ExpressibleByIntegerLiteral>(
      _ values: [Element], _ extent: Int, group: Int = 1
    ) -> [Element] {
      packPanels(values, columns: columns, taps: 1, depth: extent, group: group)
    }
    if data.type.dtype == .float16 {
      contracts = .float16Weights
      panels = .table(packed(littleEndianArray(data.bytes, as: UInt16.self), depth), .float16)
      scales = []
      return
    }
    let groups = blockCount(depth, groupSize)
    let levels = data.int8Values
    let isInt4 = levels.allSatisfy { (-8...7).contains($0) }
    let known = try WeightScales(data.type)
    switch known {
    case .channels(let values) where !isInt4:
      contracts = .int8Weights
      panels = .table(packed(levels, depth, group: 4), .int8)
      scales = [.columns(values, .float32)]
    case .channels, .blocks:
      guard isInt4 else { throw .quantizationUnsupported(input: 1) }
      let values = (0..<columns * groups).map { known.scale($0 / groups, $0 % groups, depth) }
      contracts = .int4Weights
      panels = .table(
        packed(int4Words(levels, columns: columns, depth: depth), blockCount(depth, 8)), .uint8)
      scales = [.table(packed(values, groups), .float32)]
    }
  }
}

/// How many inputs share a scale in int4.
private let groupSize = Int(UK_INT4_GROUP)

/// The scales of int8 weights, by output channel or by block of inputs.
private enum WeightScales {
  case channels([Float])
  case blocks([Float], size: Int)

  init(_ type: TensorType) throws(OperatorError) {
    guard let quantization = type.quantization else { throw .quantizationMissing(input: 1) }
    guard quantization.zeroPoints.allSatisfy({ $0 == 0 }) else {
      throw .quantizationUnsupported(input: 1)
    }
    guard case .blocks(let axis, let size) = quantization.granularity else {
      self = .channels(try channelScales(of: type, axis: 0, input: 1))
      return
    }
    guard axis == type.shape.rank - 1, size % groupSize == 0,
      quantization.scales.count == quantization.blockShape(type.shape).elementCount
    else { throw .quantizationUnsupported(input: 1) }
    self = .blocks(quantization.scales, size: size)
  }

  /// The scale of a column's group.
  func scale(_ column: Int, _ group: Int, _ depth: Int) -> Float {
    switch self {
    case .channels(let scales): scales[column]
    case .blocks(let scales, let size):
      scales[column * blockCount(depth, size) + group * groupSize / size]
    }
  }
}

/// Levels of 4 bits in words of 8, along the depth, the first in the lowest bits.
private func int4Words(_ levels: [Int8], columns: Int, depth: Int) -> [UInt32] {
  let wordCount = blockCount(depth, 8)
  var words = [UInt32](repeating: 0, count: columns * wordCount)
  for (index, level) in levels.enumerated() {
    let (column, k) = index.quotientAndRemainder(dividingBy: depth)
    words[column * wordCount + k / 8] |= UInt32(level & 0xF) << UInt32(k % 8 * 4)
  }
  return words
}

/// Whether the weights of a float32 product can be stored as they are: those of `FullyConnected` or
/// of a pointwise `Convolution`, outputs on their first axis.
package func areStorable(_ weights: TensorData) -> Bool {
  let columns = weights.type.shape[0]
  switch weights.type.dtype {
  case .float16: return true
  case .int8:
    let depth = weights.type.shape.elementCount / columns
    return (try? StoredWeights(weights, columns: columns, depth: depth)) != nil
  default: return false
  }
}
