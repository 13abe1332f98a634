// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// A tensor as another implementation computed it.
struct PeerValue {
  /// The real numbers: dequantised when the peer says how.
  let reals: ReferenceTensor
  /// The dtype that they are stored in.
  let dtype: DType
  /// Whether stored integers are still raw: the peer does not say what they stand for.
  let isRaw: Bool

  init(_ data: TensorData) {
    reals = ReferenceTensor(data)
    dtype = data.type.dtype
    isRaw = !data.type.dtype.isFloat && data.type.quantization == nil
  }

  /// Real numbers that are exact, whatever the type would round them to.
  init(_ reals: ReferenceTensor, _ type: TensorType) {
    self.reals = reals
    dtype = type.dtype
    isRaw = false
  }

  /// The numbers in a tensor of ours, whose scale and zero point they take over where they are raw.
  ///
  /// ONNX keeps scales apart from tensors. Where the model stores uint8, ours is the same shifted
  /// to int8: 128 below.
  func reals(for type: TensorType) -> ReferenceTensor {
    guard isRaw, let (scale, zeroPoint) = type.quantization?.perTensor else { return reals }
    let shift: Double = dtype == .uint8 && type.dtype == .int8 ? 128 : 0
    return reals.map { Double(scale) * ($0 - shift - Double(zeroPoint)) }
  }
}

/// Another implementation of the model, run on the same inputs.
struct Peer {
  /// What it is, with its version.
  let name: String
  /// Whether it rounds nothing but quantised integers.
  let isExact: Bool
  /// The tensors it gave, by their names in the model.
  let values: (String) throws -> PeerValue?
}
