// SPDX-License-Identifier: Apache-2.0
import TensorCore
import TensorFiles

/// Spectra of one-second words of the shared data, and which word each is.
package struct Keywords {
  /// What one spectrum is to the float model.
  package static let shape = Shape([1, 49, 10, 1])

  package let spectra: [[Float]]
  package let labels: [Int64]

  /// The clips that calibrate, or those that test: the split of docs/accuracy.md.
  package init(calibrating: Bool) throws {
    let stored = try readNPY(Assets.bytes("data/kws/mfcc_int8_1000x49x10.npy")).int8Values
    let words = try readNPY(Assets.bytes("data/kws/labels_u8_1000.npy")).storedValues
    let chosen = words.indices.filter { $0.isMultiple(of: 5) == calibrating }
    let count = Self.shape.elementCount
    // How the spectra are stored: the input of kws01_dscnn_int8.tflite.
    spectra = chosen.map { index in
      stored[index * count..<(index + 1) * count].map { 0.5847029 * (Float($0) - 83) }
    }
    labels = chosen.map { Int64(words[$0]) }
  }
}
