// SPDX-License-Identifier: Apache-2.0

/// The bytes of a value as a program file stores them.
///
/// All supported machines are little-endian, so this is the value's own memory. The type must have
/// no padding (the parameter blocks of `uk_parameters.h` assert it).
package func littleEndianBytes<T: BitwiseCopyable>(of value: T) -> [UInt8] {
  unsafe withUnsafeBytes(of: value) { bytes in
    // SAFETY: the buffer is the value itself, alive for the closure; it is copied.
    unsafe Array(bytes)
  }
}

/// The bytes of an array as a program file stores them; see `littleEndianBytes(of:)`.
package func littleEndianBytes<T: BitwiseCopyable>(of values: [T]) -> [UInt8] {
  unsafe values.withUnsafeBytes { bytes in
    // SAFETY: the buffer is the array's storage, alive for the closure; it is copied.
    unsafe Array(bytes)
  }
}

/// Reads back what `littleEndianBytes(of:)` wrote; trailing bytes short of an element are ignored.
package func littleEndianArray<T: BitwiseCopyable>(_ bytes: [UInt8], as type: T.Type) -> [T] {
  let stride = MemoryLayout<T>.stride
  return unsafe bytes.withUnsafeBytes { buffer in
    // SAFETY: every load stays inside the buffer because the count is rounded down; unaligned
    // loads are allowed for bitwise-copyable types.
    (0..<buffer.count / stride).map { index in
      unsafe buffer.loadUnaligned(fromByteOffset: index * stride, as: type)
    }
  }
}
