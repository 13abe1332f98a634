// SPDX-License-Identifier: Apache-2.0
import Compiler
import DataFolders
import Graph
import Operators
import TensorCore

/// A model as it is trained: prepared, with the head and the first weights that a recipe asks for.
package struct TrainingSubject: Sendable {
  /// For one sample.
  package let model: Graph

  /// The batch that the model was imported with, for which it is written again.
  private let batch: Int

  /// Prepares an imported model.
  ///
  /// - Throws: `SubjectError`, `CompileError`.
  package init(_ imported: Graph, _ recipe: Recipe) throws {
    if let key = recipe.unsupportedKey { throw SubjectError.unsupported(key: key) }
    var model = try prepareForTraining(imported)
    guard let shape = model.inputs.first.map({ model.type(of: $0.value).shape }), shape.rank > 0
    else { throw SubjectError.noBatch }
    batch = shape[0]
    if let classes = recipe.replaceHead {
      var random = RandomStream(seed: recipe.seed, .initialization, -1)
      let initializer = recipe.initialize.initializer ?? .xavier(.uniform)
      guard
        let replaced = model.replacingHead(
          classes: classes, weights: { initializer.values($0, &random) })
      else { throw SubjectError.noHead }
      model = replaced
    }
    if let initializer = recipe.initialize.initializer {
      let names = Set(model.names(of: recipe.trainable))
      model = model.initialized(initializer, names: names, seed: recipe.seed)
    }
    guard let single = model.batched(1) else { throw SubjectError.noBatch }
    self.model = single
  }

  /// The samples of a folder for the model.
  ///
  /// - Throws: `TrainingError`, `SubjectError`.
  package func dataset(
    _ path: String, _ recipe: Recipe, progress: (Int) -> Void = { _ in }
  ) throws -> Dataset {
    let ports = model.inputs.map { InputPort(name: $0.name, type: model.type(of: $0.value)) }
    let folder: DataFolder
    do throws(DataFolderError) {
      folder = try DataFolder(path, inputs: ports)
    } catch {
      throw TrainingError.folder(error)
    }
    let output = model.type(of: model.outputs[0].value).shape
    let elements = output.elementCount
    let classCount = output[-1]
    let isLabelled = recipe.loss.isOfClasses && folder.kinds.contains(.label)
    guard !isLabelled || classCount == elements else {
      throw SubjectError.noClasses(output: output)
    }
    return try Dataset(
      folder, inputs: ports,
      target: isLabelled ? .label(classCount: classCount) : .values(count: elements),
      progress: progress)
  }

  /// A trained model for the batch that the model came with.
  ///
  /// - Throws: `SubjectError` when it does not go back.
  package func result(_ trained: Graph) throws -> Graph {
    guard let model = trained.batched(batch) else { throw SubjectError.noBatch }
    return model
  }
}

extension Recipe {
  /// What is asked for that no training does yet; refused rather than passed over.
  fileprivate var unsupportedKey: String? {
    if dropout != nil { return "dropout" }
    if batchNorm == .reestimate { return "batch-norm: re-estimate" }
    if case .triplet = loss { return "loss: triplet" }
    if case .folds = validation { return "validation: k-fold" }
    return nil
  }
}

extension Recipe.Loss {
  /// Whether it tells classes apart.
  var isOfClasses: Bool {
    switch self {
    case .crossEntropy, .binaryCrossEntropy, .kullbackLeibler, .hinge: true
    case .meanSquaredError, .meanAbsoluteError, .huber, .triplet: false
    }
  }
}

/// Why a model cannot be trained as it is.
package enum SubjectError: Error, Equatable, Sendable {
  /// A shape that is written into the model holds its batch.
  case noBatch
  /// There is no layer of weights whose outputs are the classes.
  case noHead
  /// A recipe may say this, but no training does it yet.
  case unsupported(key: String)
  /// The output is no row of scores.
  case noClasses(output: Shape)
}

extension SubjectError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unsupported(let key):
      "\(key) is understood in a recipe, but not done by thimble train yet; leave it out"
    case .noBatch:
      "the model is made for its own batch, which is not its inputs' first axis or stands in a "
        + "shape; export it with a free batch"
    case .noHead:
      "no dense layer or convolution gives the classes, so that no head can be replaced"
    case .noClasses(let output):
      "the output \(output) of one sample is no row of scores, one for each class"
    }
  }
}
