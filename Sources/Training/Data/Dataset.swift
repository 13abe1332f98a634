// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// Samples to train on, every one checked before the first step.
package struct Dataset: Sendable {
  /// The bytes of decoded samples that are kept unless told otherwise: 1 GiB.
  package static let defaultBudget = 1 << 30

  /// For messages: the folder.
  package let path: String
  package let inputs: [InputPort]
  package let target: TargetKind
  /// Where pictures have their channels, when `preprocess.yaml` says so.
  package let layout: Preprocessing.Layout?
  package let count: Int
  /// The class of every sample; empty when targets are numbers.
  package let labels: [Int]
  private let source: Source

  private enum Source: Sendable {
    case memory([Example])
    case folder(DataFolder)
  }

  /// Reads a folder once, whole; keeps its samples when they fit a budget, or reads each again.
  ///
  /// - Parameters:
  ///   - folder: opened for these inputs.
  ///   - inputs: the model's, of one sample each, in float32.
  ///   - target: what the loss needs of a sample.
  ///   - budget: in bytes; 4 for each element.
  ///   - progress: called after each sample with how many are read.
  /// - Throws: `TrainingError.folder`, or `.data` for what training cannot use.
  package init(
    _ folder: DataFolder, inputs: [InputPort], target: TargetKind,
    budget: Int = Dataset.defaultBudget, progress: (Int) -> Void = { _ in }
  ) throws(TrainingError) {
    try self.init(
      path: folder.path, inputs: inputs, target: target, layout: folder.settings.layout,
      count: folder.count,
      source: .folder(folder))
    guard !folder.isPaired else { throw .data(path: path, .paired) }
    guard folder.kinds.contains(target.truth) else {
      let offered = Truth.Kind.allCases.filter(folder.kinds.contains)
      throw .data(path: path, .truth(wanted: target.truth, offered: offered))
    }
    let sampleBytes = inputs.map(\.type.byteCount).reduce(0, +)
    let isKept = sampleBytes <= budget / max(count, 1)
    var examples: [Example] = []
    var labels: [Int] = []
    for index in 0..<count {
      let example = try example(index)
      if case .label(let label) = example.target { labels.append(label) }
      if isKept { examples.append(example) }
      progress(index + 1)
    }
    self = Dataset(self, labels: labels, source: isKept ? .memory(examples) : source)
  }

  /// Samples that are in memory already.
  ///
  /// - Throws: `TrainingError.data`.
  package init(
    _ examples: [Example], path: String, inputs: [InputPort], target: TargetKind,
    layout: Preprocessing.Layout? = nil
  ) throws(TrainingError) {
    try self.init(
      path: path, inputs: inputs, target: target, layout: layout, count: examples.count,
      source: .memory(examples))
    var labels: [Int] = []
    for example in examples {
      try check(example)
      if case .label(let label) = example.target { labels.append(label) }
    }
    self = Dataset(self, labels: labels, source: source)
  }

  private init(
    path: String, inputs: [InputPort], target: TargetKind, layout: Preprocessing.Layout?,
    count: Int, source: Source
  ) throws(TrainingError) {
    for input in inputs where input.type.dtype != .float32 {
      throw .data(path: path, .inputType(input: input.name, input.type))
    }
    (self.path, self.inputs, self.target, self.layout) = (path, inputs, target, layout)
    (self.count, self.source, labels) = (count, source, [])
  }

  private init(_ other: Dataset, labels: [Int], source: Source) {
    (path, inputs, target, layout) = (other.path, other.inputs, other.target, other.layout)
    (count, self.labels, self.source) = (other.count, labels, source)
  }

  /// Whether samples are kept, not read each time.
  package var isInMemory: Bool {
    if case .memory = source { true } else { false }
  }

  /// A sample.
  ///
  /// - Throws: `TrainingError` when its file cannot be read any more, or has changed.
  /// - Precondition: there is such a sample.
  package func example(_ index: Int) throws(TrainingError) -> Example {
    precondition((0..<count).contains(index), "there is such a sample")
    switch source {
    case .memory(let examples): return examples[index]
    case .folder(let folder):
      let sample: Sample
      do throws(DataFolderError) {
        sample = try folder.sample(index, truth: target.truth)
      } catch {
        throw .folder(error)
      }
      let example = Example(sample)
      try check(example)
      return example
    }
  }

  private func check(_ example: Example) throws(TrainingError) {
    let name = example.name
    for (port, values) in zip(inputs, example.inputs) {
      precondition(values.count == port.type.shape.elementCount, "a folder keeps to the shapes")
      if let element = values.firstIndex(where: { !$0.isFinite }) {
        throw .data(
          path: path, .inputNotFinite(sample: name, input: port.name, element: element))
      }
    }
    switch (example.target, target) {
    case (.label(let label), .label(let classCount)):
      guard (0..<classCount).contains(label) else {
        throw .data(
          path: path, .label(sample: name, label: label, classCount: classCount))
      }
    case (.values(let values), .values(let expected)):
      guard values.count == expected else {
        throw .data(
          path: path, .targetCount(sample: name, found: values.count, expected: expected))
      }
      if let element = values.firstIndex(where: { !$0.isFinite }) {
        throw .data(path: path, .targetNotFinite(sample: name, element: element))
      }
    case (.label, .values), (.values, .label):
      preconditionFailure("samples have the target that was asked for")
    }
  }
}

extension TargetKind {
  fileprivate var truth: Truth.Kind {
    switch self {
    case .label: .label
    case .values: .values
    }
  }
}

extension Example {
  /// - Precondition: one run, and a label or values.
  fileprivate init(_ sample: Sample) {
    let target: ExampleTarget
    switch sample.truth {
    case .label(let label): target = .label(label)
    case .values(let values): target = .values(values.map(Float.init))
    case .box, .mask: preconditionFailure("a label or values were asked for")
    }
    self.init(
      name: sample.name, inputs: sample.runs[0].map(\.float32Values), target: target)
  }
}
