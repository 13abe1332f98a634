// SPDX-License-Identifier: Apache-2.0
import Engine

/// Which bytes of the arena hold something at each step, worked out from the steps alone.
///
/// A byte is live at a step that reads or writes it, and from a write to the last read before the
/// next write. Going backwards through the steps, a write ends the life of bytes and a read starts
/// it.
struct ArenaUsage {
  /// The live bytes at each step.
  private(set) var liveBytes: [Int]

  /// How many bytes of which tensor are live at the step that was asked for.
  ///
  /// Bytes that a later step reads count to the tensor that it reads, so that the parts of a
  /// concatenation count to the whole.
  private(set) var liveTensors: [Int: Int] = [:]

  /// The arena cut wherever a tensor starts or ends.
  private struct Piece {
    let byteCount: Int
    /// The tensor whose contents the piece holds; `nil` when it holds nothing.
    var tensor: Int?
  }

  /// - Parameters:
  ///   - program: what is examined; steps of all entry points are taken as one sequence.
  ///   - detailedStep: the step that `liveTensors` is about.
  init(_ program: Program, detailedStep: Int) {
    let operands = (0..<program.stepCount).map { program.arenaOperands(ofStep: $0) }
    let cuts = Set(operands.joined().flatMap { [$0.bytes.lowerBound, $0.bytes.upperBound] })
      .sorted()
    let pieceIndex = Dictionary(uniqueKeysWithValues: zip(cuts, cuts.indices))
    var pieces = zip(cuts, cuts.dropFirst()).map { Piece(byteCount: $1 - $0) }
    liveBytes = [Int](repeating: 0, count: operands.count)
    var live = 0

    /// Gives the pieces of an operand to a tensor where they hold nothing, or empties them.
    func set(_ operand: ArenaOperand, isLive: Bool) {
      guard let first = pieceIndex[operand.bytes.lowerBound],
        let end = pieceIndex[operand.bytes.upperBound]
      else { preconditionFailure("operands are cut at their ends") }
      for index in first..<end where (pieces[index].tensor == nil) == isLive {
        pieces[index].tensor = isLive ? operand.tensor : nil
        live += isLive ? pieces[index].byteCount : -pieces[index].byteCount
      }
    }

    for (step, operands) in operands.enumerated().reversed() {
      let written = operands.filter(\.isWritten)
      let read = operands.filter { !$0.isWritten }
      for operand in written + read { set(operand, isLive: true) }
      liveBytes[step] = live
      if step == detailedStep {
        for piece in pieces {
          if let tensor = piece.tensor { liveTensors[tensor, default: 0] += piece.byteCount }
        }
      }
      for operand in written { set(operand, isLive: false) }
      for operand in read { set(operand, isLive: true) }
    }
  }
}

/// An operand of a step that is in the arena.
private struct ArenaOperand {
  let tensor: Int
  let bytes: Range<Int>
  let isWritten: Bool
}

extension Program {
  fileprivate func arenaOperands(ofStep index: Int) -> [ArenaOperand] {
    let operands = step(index).operands
    return operands.enumerated().compactMap { position, operand in
      let tensor = tensor(Int(operand))
      guard tensor.storage == ProgramFormat.Storage.arena.rawValue else { return nil }
      let start = Int(tensor.offset)
      return ArenaOperand(
        tensor: Int(operand), bytes: start..<start + Int(tensor.bytes),
        isWritten: position == operands.count - 1)
    }
  }
}
