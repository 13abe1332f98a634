// SPDX-License-Identifier: Apache-2.0

/// What happens in a training, as it happens.
package enum TrainingEvent: Sendable {
  case began(epochs: Int, stepsPerEpoch: Int)
  /// A step is done; counted from 0 over all epochs.
  case step(Int, History.Step)
  /// An epoch is done; counted from 0.
  case epoch(Int, History.Epoch, isBest: Bool)
  /// Something that a user should know of, told once.
  case finding(HealthFinding)
  /// A whole epoch is behind, validated: a good moment for a checkpoint.
  case settled
  case stoppedEarly(epoch: Int)
}
