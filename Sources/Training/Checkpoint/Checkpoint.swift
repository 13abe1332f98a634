// SPDX-License-Identifier: Apache-2.0

/// Everything that a training needs to go on to the same bits.
///
/// The order of an epoch's samples and what becomes of each follow from the seed, the epoch and the
/// sample's number, so that the position in the epoch is all there is to know of them.
package struct Checkpoint: Hashable, Sendable {
  /// The training that it belongs to.
  package var recipe: Recipe
  /// The checksum of the program that runs the steps.
  package var program: UInt64

  /// The epoch that is under way, counted from 0.
  package var epoch: Int
  /// How many batches of it are done.
  package var batch: Int
  package var plateau = PlateauState()
  package var earlyStopping = EarlyStopping()
  package var history: History

  /// The program's state: weights and what the optimiser keeps.
  package var state: [UInt8]
  /// The state after the best epoch, before the first one empty.
  package var bestState: [UInt8] = []

  package init(
    recipe: Recipe, program: UInt64, epoch: Int, batch: Int, history: History, state: [UInt8]
  ) {
    (self.recipe, self.program) = (recipe, program)
    (self.epoch, self.batch, self.history, self.state) = (epoch, batch, history, state)
  }

  /// Refuses a checkpoint of another training.
  ///
  /// - Throws: `TrainingError.checkpoint`.
  package func check(
    path: String, recipe other: Recipe, program: UInt64, stateBytes: Int
  ) throws(TrainingError) {
    let differences = other.differences(from: recipe)
    guard differences.isEmpty else {
      throw .checkpoint(
        path: path, .recipe(here: differences.map(\.here), there: differences.map(\.there)))
    }
    guard self.program == program else {
      throw .checkpoint(path: path, .program(found: self.program, expected: program))
    }
    for bytes in [state, bestState] where bytes.count != stateBytes && !bytes.isEmpty {
      throw .checkpoint(path: path, .stateBytes(found: bytes.count, expected: stateBytes))
    }
  }
}

/// The parts of a checkpoint file, in their order; the numbers are part of the format.
package enum CheckpointSection: UInt32, Hashable, Sendable, CaseIterable {
  /// YAML.
  case recipe = 1
  /// Program, epoch, batch.
  case position = 2
  /// Plateau and early stopping.
  case control = 3
  case history = 4
  case state = 5
  case bestState = 6
}
