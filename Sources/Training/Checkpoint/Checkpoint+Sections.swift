// SPDX-License-Identifier: Apache-2.0

extension Checkpoint {
  /// What a section holds.
  func contents(of section: CheckpointSection) -> [UInt8] {
    var fields = FieldWriter()
    switch section {
    case .recipe: fields.append(recipe.yaml)
    case .position:
      fields.append(program)
      fields.append(epoch)
      fields.append(batch)
    case .control:
      fields.append(plateau.factor)
      fields.append(plateau.lowest)
      fields.append(plateau.epochsWithoutFall)
      fields.append(earlyStopping.bestEpoch)
      fields.append(earlyStopping.best)
      fields.append(earlyStopping.epochsWithoutBest)
    case .history: history.append(to: &fields)
    case .state: return state
    case .bestState: return bestState
    }
    return fields.bytes
  }

  /// Reads what `encoded` wrote.
  ///
  /// - Throws: `CheckpointProblem`; no bytes whatever do more.
  package init(decoding bytes: [UInt8]) throws(CheckpointProblem) {
    let sections = try CheckpointSections(bytes)
    recipe = try sections.read(.recipe) { fields throws(FieldReader.Malformed) in
      let text = try fields.text()
      guard let recipe = try? Recipe(yaml: text, path: "") else { throw FieldReader.Malformed() }
      return recipe
    }
    (program, epoch, batch) = try sections.read(.position) { fields throws(FieldReader.Malformed) in
      (try fields.uint64(), try fields.integer(), try fields.integer())
    }
    (plateau, earlyStopping) = try sections.read(.control) {
      fields throws(FieldReader.Malformed) in
      let plateau = PlateauState(
        factor: try fields.real(), lowest: try fields.real(),
        epochsWithoutFall: try fields.integer())
      let earlyStopping = EarlyStopping(
        bestEpoch: try fields.optionalInteger(), best: try fields.optionalReal(),
        epochsWithoutBest: try fields.integer())
      return (plateau, earlyStopping)
    }
    history = try sections.read(.history) { fields throws(FieldReader.Malformed) in
      try History(&fields)
    }
    state = try sections.read(.state) { fields throws(FieldReader.Malformed) in
      Array(try fields.raw(fields.remaining))
    }
    bestState = try sections.read(.bestState) { fields throws(FieldReader.Malformed) in
      Array(try fields.raw(fields.remaining))
    }
    guard epoch >= 0, batch >= 0, history.stepsPerEpoch > 0 else { throw .section(.position) }
  }
}

extension History {
  fileprivate func append(to fields: inout FieldWriter) {
    fields.append(metric)
    fields.append(stepsPerEpoch)
    fields.append(bestEpoch)
    fields.append(steps.flatMap { [$0.loss, $0.rate] })
    fields.append(epochs.count)
    for epoch in epochs {
      fields.append(epoch.trainingLoss)
      fields.append(epoch.validationLoss)
      fields.append(epoch.metric)
      fields.append(epoch.rate)
      fields.append(epoch.layers.count)
      for layer in epoch.layers {
        fields.append(layer.name)
        fields.append(layer.gradient)
        fields.append(layer.weight)
      }
    }
  }

  fileprivate init(_ fields: inout FieldReader) throws(FieldReader.Malformed) {
    let (metric, stepsPerEpoch) = (try fields.text(), try fields.integer())
    let bestEpoch = try fields.optionalInteger()
    let numbers = try fields.reals()
    guard numbers.count.isMultiple(of: 2) else { throw FieldReader.Malformed() }
    let steps = stride(from: 0, to: numbers.count, by: 2).map {
      Step(loss: numbers[$0], rate: numbers[$0 + 1])
    }
    var epochs: [Epoch] = []
    for _ in 0..<(try fields.count(ofBytes: 40)) { epochs.append(try Epoch(&fields)) }
    self.init(
      metric: metric, stepsPerEpoch: stepsPerEpoch, steps: steps, epochs: epochs,
      bestEpoch: bestEpoch)
  }
}

extension History.Epoch {
  fileprivate init(_ fields: inout FieldReader) throws(FieldReader.Malformed) {
    let (trainingLoss, validationLoss) = (try fields.real(), try fields.optionalReal())
    let (metric, rate) = (try fields.optionalReal(), try fields.real())
    var layers: [History.Layer] = []
    for _ in 0..<(try fields.count(ofBytes: 24)) {
      layers.append(
        History.Layer(
          name: try fields.text(), gradient: try fields.real(), weight: try fields.real()))
    }
    self.init(
      trainingLoss: trainingLoss, validationLoss: validationLoss, metric: metric, rate: rate,
      layers: layers)
  }
}
