// SPDX-License-Identifier: Apache-2.0
import Operators
import TensorCore

// Graphs calculate in int8. A quantised uint8 tensor is read as int8, stored values and zero points
// 128 lower: the same numbers. Ports of the model keep their dtype by a conversion.

extension ForeignValue {
  /// Makes a quantised uint8 tensor int8, its contents included.
  mutating func storeSigned() {
    guard dtype == .supported(.uint8), let quantization else { return }
    isUnsigned = true
    dtype = .supported(.int8)
    self.quantization =
      TensorType(.uint8, [], quantization: quantization).withOtherSign.quantization
    if case .constant(let data) = origin { origin = .constant(data.withOtherSign) }
  }

  /// The dtype that the file states.
  package var statedDType: ForeignDType? { isUnsigned ? .supported(.uint8) : dtype }

  /// The scales and zero points that the file states.
  package var statedQuantization: QuantizationParameters? {
    isUnsigned
      ? TensorType(.int8, [], quantization: quantization).withOtherSign.quantization
      : quantization
  }
}
