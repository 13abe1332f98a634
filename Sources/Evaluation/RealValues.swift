// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// The numbers that a tensor stands for: dequantised when it is quantised.
func realValues(_ tensor: TensorData) -> [Double] {
  guard let (scale, zeroPoint) = tensor.type.quantization?.perTensor else {
    return tensor.storedValues
  }
  return tensor.storedValues.map { Double(scale) * ($0 - Double(zeroPoint)) }
}
