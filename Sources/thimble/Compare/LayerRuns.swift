// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

/// Runs a program and looks at its layers.
struct LayerRuns {
  let session: Session
  let layers: [Layer]
  let inputs: [TensorData]

  /// What every layer computes from what those before it computed.
  func endToEnd() throws -> [ReferenceTensor] { try run(replacing: [:]) }

  /// What every layer computes when the tensors of layers before it are replaced by other bytes,
  /// given by the layer's index.
  func isolated(replacing bytes: [Int: [UInt8]]) throws -> [ReferenceTensor] {
    try run(replacing: bytes)
  }

  private func run(replacing replacements: [Int: [UInt8]]) throws -> [ReferenceTensor] {
    session.resetState()
    for (index, input) in inputs.enumerated() { try session.setInput(index, to: input.bytes) }
    let layerOfStep = Dictionary(uniqueKeysWithValues: layers.indices.map { (layers[$0].step, $0) })
    var results = [[UInt8]](repeating: [], count: layers.count)
    session.run { step in
      guard let layer = layerOfStep[step] else { return }
      let tensor = layers[layer].tensor
      results[layer] = session.bytes(ofTensor: tensor) ?? []
      if let bytes = replacements[layer] { session.setBytes(ofTensor: tensor, to: bytes) }
    }
    return zip(layers, results).map { layer, bytes in
      ReferenceTensor(TensorData(layer.type, bytes: bytes))
    }
  }
}
