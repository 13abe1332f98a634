// SPDX-License-Identifier: Apache-2.0
import TensorCore

extension ProgramVerifier {
  /// Checks every tensor record and that arena and state are exactly as large as they say.
  func verifyTensors() throws(ProgramError) {
    var arenaEnd: UInt64 = 0
    for index in 0..<tables.tensorCount {
      guard let tensor = tables.tensor(index) else { throw .tensor(index: index, .malformed) }
      if let fault = fault(in: tensor) { throw .tensor(index: index, fault) }
      if tensor.storage == ProgramFormat.Storage.arena.rawValue {
        arenaEnd = max(arenaEnd, tensor.offset + tensor.bytes)
      }
    }
    // Each end is at most the stated size, so rounding up cannot overflow where that size is sound.
    let needed = Count(arenaEnd).padded(to: UInt64(ProgramFormat.alignment)).value
    guard header.arenaBytes == needed, Int(exactly: needed) != nil else {
      throw .arenaSize(stated: header.arenaBytes, needed: needed)
    }
    let state = UInt64(tables.range(of: .state).count)
    guard header.stateBytes == state else {
      throw .stateSize(stated: header.stateBytes, needed: state)
    }
  }

  private func fault(in tensor: TensorRecord) -> ProgramError.TensorFault? {
    guard let dtype = DType(rawValue: tensor.dtype) else { return .unknownDType }
    guard let storage = ProgramFormat.Storage(rawValue: tensor.storage) else {
      return .unknownStorage
    }
    guard tables.isName(tensor.name) else { return .invalidName }
    var size = Count(dtype.byteCount)
    for extent in tensor.extents { size = size * Count(extent) }
    guard let bytes = size.checked, bytes > 0, tensor.bytes == bytes else { return .wrongSize }
    guard isPlaced(tensor, storage, dtype) else { return .misaligned }
    guard isInside(tensor, storage) else { return .outOfBounds }
    return isQuantization(tensor, dtype) ? nil : .invalidQuantization
  }

  /// Slices of an arena tensor start anywhere an element may; constants and state do not.
  private func isPlaced(
    _ tensor: TensorRecord, _ storage: ProgramFormat.Storage, _ dtype: DType
  ) -> Bool {
    switch storage {
    case .arena: tensor.offset % UInt64(dtype.byteCount) == 0
    case .constant, .state: tensor.offset % UInt64(ProgramFormat.alignment) == 0
    case .input, .output: tensor.offset == 0
    }
  }

  private func isInside(_ tensor: TensorRecord, _ storage: ProgramFormat.Storage) -> Bool {
    let size: UInt64
    switch storage {
    case .arena: size = header.arenaBytes
    case .constant: size = UInt64(tables.range(of: .constants).count)
    case .state: size = header.stateBytes
    case .input, .output: return true
    }
    return tensor.offset <= size && tensor.bytes <= size - tensor.offset
  }

  private func isQuantization(_ tensor: TensorRecord, _ dtype: DType) -> Bool {
    guard tensor.scale != 0 else {
      return tensor.scale.bitPattern == 0 && tensor.zeroPoint == 0
    }
    guard isPositive(tensor.scale) else { return false }
    return switch dtype {
    case .int8: isInt8(tensor.zeroPoint)
    case .uint8: UInt8(exactly: tensor.zeroPoint) != nil
    case .int16, .int32, .int64: true
    case .float16, .float32, .float64, .bool: false
    }
  }
}
