// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

/// One layer beside the peer's.
struct ComparedLayer {
  /// The layer computed from what the program's own layers before it gave.
  let endToEnd: Difference
  /// The layer computed from the peer's numbers.
  let isolated: Difference
  /// What rounding explains of `isolated.largest`, at the element where that is exceeded most.
  let explained: Double
  /// The largest part of what rounding explains that any element takes: above 1 is a fault.
  ///
  /// 0 for copies that the compiler added, which are no layers of the model.
  let excess: Double

  var isBeyondRounding: Bool { excess > 1 }
}

/// Holds the layers of a program against a peer's, each by itself and all together.
struct Comparison {
  /// The model's graph as imported, which is how the peer computes.
  let imported: Graph
  /// The graph that the model compiles to, which is how the program computes.
  let compiled: Graph
  let map: LayerMap
  let runs: LayerRuns
  let peer: Peer

  /// What is known of a layer and its counterpart.
  struct Result {
    let layer: Layer
    /// `nil` when the peer has no tensor of as many elements.
    let compared: ComparedLayer?
  }

  /// A peer's tensor.
  private struct Counterpart {
    /// As the peer lays it out.
    let original: ReferenceTensor
    let arrangement: Arrangement
    /// As the program does.
    let arranged: ReferenceTensor
    /// The bytes of the program's tensor that hold the same numbers; `nil` when none do.
    let stored: TensorData?
  }

  /// Compares every layer that the program and the model have in common.
  func compare(progress: ProgressBar) throws -> [Result] {
    progress.begin("running the program", of: 1)
    let own = try runs.endToEnd()
    let counterparts = try counterparts(of: own, progress)
    var replacements: [Int: [UInt8]] = [:]
    for (index, counterpart) in counterparts.enumerated() {
      replacements[index] = counterpart?.stored?.bytes
    }
    let isolated = try runs.isolated(replacing: replacements)

    let known = zip(runs.layers, counterparts).compactMap { layer, counterpart in
      counterpart?.stored == nil ? nil : layer.foreignTensor
    }
    let layers = map.covering(runs.layers, compared: Set(known))
    let bounds = bounds(layers, counterparts, progress)
    progress.clear()
    return layers.indices.map { index in
      let compared = counterparts[index].map {
        ComparedLayer(
          own: own[index], isolated: isolated[index], peer: $0.arranged, bounds[index])
      }
      return Result(layer: layers[index], compared: compared)
    }
  }

  /// The peer's tensor of each layer.
  private func counterparts(
    of own: [ReferenceTensor], _ progress: ProgressBar
  ) throws -> [Counterpart?] {
    progress.begin("reading what \(peer.name) gave", of: own.count)
    return try zip(runs.layers, own).enumerated().map { index, pair in
      let (layer, own) = pair
      progress.show(index)
      guard let value = try peer.values(layer.foreignTensor)?.reals(for: layer.type),
        let arrangement = Arrangement(of: value, as: own)
      else { return nil }
      let arranged = arrangement.arranged(value, as: layer.type.shape)
      return Counterpart(
        original: value, arrangement: arrangement, arranged: arranged,
        stored: exactly(arranged, as: layer.type))
    }
  }

  /// How far rounding parts both sides, for each layer: what ours may be off and what the peer's.
  ///
  /// A layer that the peer computes in one go is as far off there as here; one that was fused is
  /// followed through the model's own nodes.
  private func bounds(
    _ layers: [Layer], _ counterparts: [Counterpart?], _ progress: ProgressBar
  ) -> [[Double]?] {
    progress.begin("working out what rounding explains here", of: compiled.nodes.count)
    let ours = LayerBounds(
      graph: compiled, inputs: runs.inputs, layers: layers,
      known: counterparts.map { $0?.stored.map { ReferenceTensor($0) } },
      roundsInputs: peer.isExact, names: nil
    ).bounds(progress: progress.show)
    if peer.isExact { return ours }

    let fused = layers.filter { $0.covered.count > 1 && $0.type.dtype.isFloat }
    progress.begin("working out what rounding explains there", of: imported.nodes.count)
    let theirs = LayerBounds(
      graph: imported, inputs: runs.inputs, layers: layers,
      known: counterparts.map { $0?.stored == nil ? nil : $0?.original }, roundsInputs: false,
      names: Set(fused.flatMap { $0.covered.map(\.name) })
    ).bounds(progress: progress.show)
    return layers.indices.map { index in
      guard let own = ours[index], layers[index].type.dtype.isFloat else { return ours[index] }
      guard layers[index].covered.count > 1, let other = theirs[index],
        let counterpart = counterparts[index]
      else { return own.map { 2 * $0 } }
      let tensor = ReferenceTensor(counterpart.original.shape, other)
      let arranged = counterpart.arrangement.arranged(tensor, as: layers[index].type.shape)
      return zip(own, arranged.values).map { $0 + $1 }
    }
  }

  /// The numbers as our tensor stores them; `nil` when it cannot hold them.
  private func exactly(_ tensor: ReferenceTensor, as type: TensorType) -> TensorData? {
    guard let data = ReferenceTensor(type.shape, tensor.values).stored(as: type) else { return nil }
    if type.dtype.isFloat { return data }
    let tolerance = Double(type.quantization?.perTensor?.scale ?? 1) * 0x1p-10
    let isExact = zip(ReferenceTensor(data).values, tensor.values).allSatisfy {
      abs($0 - $1) <= tolerance
    }
    return isExact ? data : nil
  }
}

extension ComparedLayer {
  fileprivate init(
    own: ReferenceTensor, isolated: ReferenceTensor, peer: ReferenceTensor, _ bounds: [Double]?
  ) {
    endToEnd = Difference(own.values, peer.values)
    self.isolated = Difference(isolated.values, peer.values)
    var (excess, explained) = (0.0, 0.0)
    for (index, bound) in (bounds ?? []).enumerated() {
      let difference = distance(isolated.values[index], peer.values[index])
      let ratio = difference == 0 ? 0 : difference / bound
      if ratio > excess || excess == 0 && bound > explained { (excess, explained) = (ratio, bound) }
    }
    self.excess = excess
    self.explained = explained
  }
}
