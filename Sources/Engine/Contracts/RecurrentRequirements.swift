// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The gates of a long short-term memory, each with its own weights.
private let lstmGates: Count = 4

/// The gates of a gated recurrent unit; of biases there is one more.
private let gruGates: Count = 3

/// The requirements of a recurrent layer's contract; `nil` for the others.
func recurrentRequirements(of contract: uk_contract, _ parameters: [UInt8]) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_f32_lstm_fma, .UK_CONTRACT_f32_lstm_muladd: f32LSTM(parameters)
  case .UK_CONTRACT_s8_lstm: s8LSTM(parameters)
  case .UK_CONTRACT_f32_gru_fma, .UK_CONTRACT_f32_gru_muladd: f32GRU(parameters)
  default: nil
  }
}

/// Operands: x, weights, bias, h, c, y.
private func f32LSTM(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_lstm.self), p.isValid else { return nil }
  let columns = lstmGates * p.paddedUnits
  let state = Count(p.batch) * Count(p.hidden)
  return StepRequirements(
    rows: Count(p.batch),
    scratchBytes: unsafe scratch(p, uk_f32_lstm_scratch_bytes),
    [
      OperandRequirement(.float32, count: p.inputCount),
      OperandRequirement(.float32, count: columns * (Count(p.input) + Count(p.hidden))),
      OperandRequirement(.float32, count: columns),
      OperandRequirement(.float32, count: state),
      OperandRequirement(.float32, count: state),
      OperandRequirement(.float32, count: p.outputCount),
    ])
}

/// Operands: x, weights, bias, h, y.
private func f32GRU(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_gru.self), p.isValid else { return nil }
  let units = Count(p.hidden).padded(to: UInt64(UK_UNITS))
  let vectors = Count(p.batch) * Count(p.steps)
  let state = Count(p.batch) * Count(p.hidden)
  return StepRequirements(
    rows: Count(p.batch),
    scratchBytes: unsafe scratch(p, uk_f32_gru_scratch_bytes),
    [
      OperandRequirement(.float32, count: vectors * Count(p.input)),
      OperandRequirement(
        .float32, count: gruGates * units * (Count(p.input) + Count(p.hidden))),
      OperandRequirement(.float32, count: (gruGates + 1) * units),
      OperandRequirement(.float32, count: state),
      OperandRequirement(
        .float32, count: p.writes_sequence == 1 ? vectors * Count(p.hidden) : state),
    ])
}

/// Operands: x, weights, bias, scale, y.
private func s8LSTM(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_lstm_parameters.self), p.shape.isValid,
    p.shape.writes_cell == 0, isPositive(p.multiplier), p.output.isValid,
    p.reserved.0 == 0, p.reserved.1 == 0, p.reserved.2 == 0
  else { return nil }
  let columns = lstmGates * p.shape.paddedUnits
  let depth =
    Count(p.shape.input).padded(to: int8GroupDepth)
    + Count(p.shape.hidden).padded(to: int8GroupDepth)
  return StepRequirements(
    rows: Count(p.shape.batch),
    scratchBytes: unsafe scratch(p, uk_s8_lstm_scratch_bytes),
    [
      OperandRequirement(.int8, count: p.shape.inputCount),
      OperandRequirement(.int8, count: columns * depth),
      OperandRequirement(.int32, count: 2 * columns),
      OperandRequirement(.float32, count: 2 * columns),
      OperandRequirement(.int8, count: p.shape.outputCount),
    ])
}

extension uk_lstm {
  fileprivate var isValid: Bool {
    batch > 0 && steps > 0 && input > 0 && hidden > 0
      && [is_batch_major, is_reversed, writes_sequence, writes_cell].allSatisfy { $0 <= 1 }
      && isClamp(cell_min, cell_max) && reserved.0 == 0 && reserved.1 == 0
  }

  /// Hidden units in whole blocks.
  fileprivate var paddedUnits: Count { Count(hidden).padded(to: UInt64(UK_UNITS)) }

  fileprivate var inputCount: Count { Count(batch) * Count(steps) * Count(input) }

  fileprivate var outputCount: Count {
    let vectors = Count(writes_sequence == 1 ? steps : 1) + Count(writes_cell)
    return Count(batch) * vectors * Count(hidden)
  }
}

extension uk_gru {
  fileprivate var isValid: Bool {
    batch > 0 && steps > 0 && input > 0 && hidden > 0
      && [is_batch_major, is_reversed, writes_sequence, resets_after].allSatisfy { $0 <= 1 }
  }
}
