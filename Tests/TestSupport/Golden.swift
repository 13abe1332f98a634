// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorCore
import TensorFiles

/// Inputs of a model with the outputs that a reference runtime gave for them.
///
/// Stored under `golden/<model>_<format>/` of the assets: `meta.json`, `in*.npy`, `out*.npy`.
package struct Golden: Sendable {
  /// One output of the reference runtime.
  package struct Output: Sendable {
    package let name: String
    /// What its reference kernels gave.
    package let reference: TensorData
    /// What its optimised kernels gave, where that differs.
    package let optimised: TensorData?
    /// Only every k-th element of the flattened output was kept.
    package let flatStride: Int
  }

  /// The model's path within the assets.
  package let modelPath: String
  package let inputs: [(name: String, data: TensorData)]
  package let outputs: [Output]

  /// Reads the record of a model, such as `ic01_resnet8_int8_tflite`.
  package init(_ name: String) throws {
    let folder = "golden/\(name)"
    let meta = try JSONDecoder().decode(Meta.self, from: Data(Assets.bytes("\(folder)/meta.json")))
    func tensor(_ file: String) throws -> TensorData {
      try readNPY(Assets.bytes("\(folder)/\(file)"))
    }
    modelPath = "models/\(meta.model)"
    inputs = try meta.inputs.map { ($0.name, try tensor($0.file)) }
    outputs = try meta.outputs.map { output in
      Output(
        name: output.name, reference: try tensor(output.file),
        optimised: try output.xnnpackFile.map(tensor), flatStride: output.flatStride ?? 1)
    }
  }

  private struct Meta: Decodable {
    struct File: Decodable {
      let name: String
      let file: String
      let flatStride: Int?
      let xnnpackFile: String?

      enum CodingKeys: String, CodingKey {
        case name, file
        case flatStride = "flat_stride"
        case xnnpackFile = "xnnpack_file"
      }
    }
    let model: String
    let inputs: [File]
    let outputs: [File]
  }
}
