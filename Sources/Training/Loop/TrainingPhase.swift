// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import TensorCore

/// A part of a training in which the same parameters are trained: a program and its memory.
struct TrainingPhase {
  let trainable: Recipe.Trainable
  let program: TrainingProgram
  let session: TrainingSession
  private let recipe: Recipe
  private let pool: ThreadPool?
  private let limit: InstructionSet?

  /// Identifies the program in checkpoints, whatever numbers it starts with.
  var digest: UInt64 { xxh64(of: program.structure) }

  /// Compiles a model for what is trained and takes its memory.
  init(
    _ model: Graph, _ recipe: Recipe, trainable: Recipe.Trainable, pool: ThreadPool?,
    limit: InstructionSet?
  ) throws {
    self.trainable = trainable
    self.recipe = recipe
    self.pool = pool
    self.limit = limit
    program = try TrainingProgram(
      model, plan: TrainingPlan(recipe, for: model, trainable: trainable))
    session = try TrainingSession(program, pool: pool, limit: limit)
  }

  /// The phase that trains something else, from a model with the numbers learnt so far; what the
  /// optimiser remembers of parameters that both train is kept.
  func next(_ trainable: Recipe.Trainable, model: Graph) throws -> TrainingPhase {
    let next = try TrainingPhase(
      model, recipe, trainable: trainable, pool: pool, limit: limit)
    next.session.takeStates(from: session)
    return next
  }
}

extension Recipe {
  /// What is trained in an epoch, counted from 0.
  func trainable(inEpoch epoch: Int) -> Trainable {
    unfreeze.last { $0.epoch <= epoch + 1 }?.trainable ?? trainable
  }
}
