// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// An operator that models compute shapes with.
///
/// Its work is linear in the elements that it reads and makes, so that an importer can afford to
/// compute it as soon as its inputs are known: what reads a shape then sees a constant.
package protocol ShapeOperator: Operator {}

/// An operator whose outputs are elements of its inputs, bit for bit.
package protocol MovingOperator: ShapeOperator {
  /// The inputs whose elements move; the others say which of them, and where to.
  static var movedInputs: ClosedRange<Int> { get }
}

extension Operator {
  /// The outputs for known inputs.
  ///
  /// By the reference in `Double`, rounded once to the output's type; what moves elements moves
  /// their bytes. Plain integers (of no scale) are exact.
  ///
  /// - Parameters:
  ///   - inputs: the contents of the inputs.
  ///   - types: the types of the outputs.
  /// - Returns: `nil` where this cannot be computed: integers beyond ±2⁵³, results that their type
  ///   does not hold.
  package func folded(_ inputs: [TensorData], as types: [TensorType]) -> [TensorData]? {
    if let mover = self as? any MovingOperator { return mover.moved(inputs, as: types) }
    guard inputs.allSatisfy({ $0.isExactInDouble }) else { return nil }
    var outputs: [TensorData] = []
    for (result, type) in zip(reference(inputs.map { ReferenceTensor($0) }), types) {
      guard let data = result.stored(as: type) else { return nil }
      let isPlainInteger = !type.dtype.isFloat && type.quantization == nil
      guard !isPlainInteger || (data.isExactInDouble && data.storedValues == result.values) else {
        return nil
      }
      outputs.append(data)
    }
    return outputs
  }
}

extension MovingOperator {
  /// The outputs' bytes, found by moving the elements' numbers instead of the elements.
  fileprivate func moved(_ inputs: [TensorData], as types: [TensorType]) -> [TensorData]? {
    var pool: [UInt8] = []
    var elementCount = 0
    let tensors = inputs.enumerated().map { index, input in
      guard Self.movedInputs.contains(index) else { return ReferenceTensor(input) }
      let numbers = elementCount..<elementCount + input.type.shape.elementCount
      elementCount = numbers.upperBound
      pool += input.bytes
      return ReferenceTensor(input.type.shape, numbers.map { Double($0) })
    }
    return zip(reference(tensors), types).map { result, type in
      let numbers = result.values.map { Int($0) }
      let bytes =
        switch type.dtype.byteCount {
        case 1: numbers.map { pool[$0] }
        case 2: picked(numbers, from: littleEndianArray(pool, as: UInt16.self))
        case 4: picked(numbers, from: littleEndianArray(pool, as: UInt32.self))
        default: picked(numbers, from: littleEndianArray(pool, as: UInt64.self))
        }
      return TensorData(type, bytes: bytes)
    }
  }

  private func picked<T: BitwiseCopyable>(_ numbers: [Int], from pool: [T]) -> [UInt8] {
    littleEndianBytes(of: numbers.map { pool[$0] })
  }
}

extension TensorData {
  /// Whether every element is within the integers that `Double` tells from their neighbours.
  fileprivate var isExactInDouble: Bool {
    guard type.dtype == .int64 else { return true }
    return littleEndianArray(bytes, as: Int64.self).allSatisfy { $0.magnitude < 1 << 53 }
  }
}

extension TensorType {
  /// Whether shapes are computed with such: plain integers, truth values, and floats as few as the
  /// axes of a tensor (scales of a resize).
  var isShapeData: Bool {
    quantization == nil && (!dtype.isFloat || shape.elementCount <= 8)
  }
}
