// SPDX-License-Identifier: Apache-2.0

/// When a loss that does not fall brings the rate down.
package struct Plateau: Hashable, Sendable {
  /// What the rate is multiplied by.
  package var factor = 0.1
  /// Epochs without a fall that are borne.
  package var patience = 10
  /// The part of the lowest loss by which another must be lower to count.
  package var minimumChange = 1e-4
  /// The least factor of the highest rate.
  package var minimum = 0.0

  package init() {}
}

/// The state of a rate that waits for plateaus: PyTorch's `ReduceLROnPlateau`, mode `min`,
/// threshold mode `rel`, no cooldown.
package struct PlateauState: Hashable, Sendable {
  /// The factor of the highest rate.
  package private(set) var factor = 1.0
  package private(set) var lowest = Double.infinity
  package private(set) var epochsWithoutFall = 0

  package init() {}

  /// A state that was saved.
  package init(factor: Double, lowest: Double, epochsWithoutFall: Int) {
    (self.factor, self.lowest, self.epochsWithoutFall) = (factor, lowest, epochsWithoutFall)
  }

  /// Takes an epoch's loss; NaN counts as no fall.
  package mutating func add(_ loss: Double, _ plateau: Plateau) {
    if loss < lowest * (1 - plateau.minimumChange) {
      (lowest, epochsWithoutFall) = (loss, 0)
    } else {
      epochsWithoutFall += 1
    }
    guard epochsWithoutFall > plateau.patience else { return }
    factor = max(factor * plateau.factor, plateau.minimum)
    epochsWithoutFall = 0
  }
}
