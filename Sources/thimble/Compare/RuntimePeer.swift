// SPDX-License-Identifier: Apache-2.0
import Foundation
import Graph
import TensorCore
import TensorFiles

/// The runtime that the model's format belongs to, run by Python in a folder of its own.
///
/// The folder goes with the last reference.
final class RuntimePeer {
  private struct Request: Encodable {
    let format: String
    let inputs: [String: String]
    let wanted: [String]
  }

  private struct Answer: Decodable {
    struct Tensor: Decodable {
      let file: String
      let scale: Float?
      let zeroPoint: Int32?

      enum CodingKeys: String, CodingKey {
        case file, scale
        case zeroPoint = "zero_point"
      }
    }

    let runtime: String
    let tensors: [String: Tensor]
  }

  private let folder: URL
  private let answer: Answer

  /// The runtime's name and version.
  var name: String { answer.runtime }

  /// Runs a model and keeps the tensors that are wanted, by their names in the model.
  ///
  /// - Throws: `CommandError.peerMissing` when Python or a package is not there, `.peerFailed` when
  ///   the runtime refuses the model or the inputs.
  init(
    _ python: PythonEnvironment, model: String, isTFLite: Bool, inputs: [NamedTensor],
    wanted: [String]
  ) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "thimble-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    var files: [String: String] = [:]
    for (index, input) in inputs.enumerated() {
      files[input.name] = "input\(index).npy"
      let path = folder.appending(path: "input\(index).npy").path
      try writeFileAtomically(path, writeNPY(input.tensor))
    }
    let request = Request(format: isTFLite ? "tflite" : "onnx", inputs: files, wanted: wanted)
    try JSONEncoder().encode(request).write(to: folder.appending(path: "request.json"))
    do {
      try python.run(PackageResources.peer_py, [model, folder.path], in: folder)
      let data = try Data(contentsOf: folder.appending(path: "answer.json"))
      answer = try JSONDecoder().decode(Answer.self, from: data)
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// A tensor; `nil` when the runtime has none of this name.
  func value(of name: String) throws -> PeerValue? {
    guard let entry = answer.tensors[name] else { return nil }
    let path = folder.appending(path: entry.file).path
    let data = try locating(path) { try readNPY(readFile(path)) }
    guard let scale = entry.scale, let zeroPoint = entry.zeroPoint, scale > 0 else {
      return PeerValue(data)
    }
    let quantization = QuantizationParameters(scale: scale, zeroPoint: zeroPoint)
    var type = data.type
    if !type.dtype.isFloat { type.quantization = quantization }
    return PeerValue(data.reinterpreted(as: type))
  }
}
