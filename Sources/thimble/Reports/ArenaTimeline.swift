// SPDX-License-Identifier: Apache-2.0
import Engine

/// Which tensor's contents are where in the arena at which steps, worked out by running the steps
/// on marks instead of numbers.
struct ArenaTimeline {
  /// A run of bytes that holds one tensor's contents from the step that writes them to the last
  /// that reads them.
  struct Rectangle: Equatable {
    let tensor: Int
    var bytes: Range<Int>
    let firstStep: Int
    let lastStep: Int
    /// The tensor whose bytes it takes during the step that reads them for the last time.
    let overwrittenTensor: Int?
    /// Whether another tensor takes the bytes during `lastStep`.
    let isOverwritten: Bool
    /// The larger tensor that the bytes are read as a part of.
    let wholeTensor: Int?
  }

  /// By first step, then offset.
  let rectangles: [Rectangle]

  /// For each step and each operand it reads, the steps that wrote what is there; none for inputs,
  /// constants and state of an earlier run.
  let sources: [[[Int]]]

  /// Runs the steps of all entry points as one sequence.
  init(_ program: Program) {
    var marking = Marking(program)
    for step in 0..<program.stepCount { marking.run(step) }
    rectangles = marking.rectangles
    sources = marking.sources
  }

  /// How many bytes of which tensor are live at a step; what is read as a part of a larger tensor
  /// counts to that.
  func liveTensors(at step: Int) -> [Int: Int] {
    var live: [Int: Int] = [:]
    for rectangle in rectangles where rectangle.isLive(at: step) {
      live[rectangle.wholeTensor ?? rectangle.tensor, default: 0] += rectangle.bytes.count
    }
    return live
  }

  /// The arena bytes that hold something while a step runs.
  func liveBytes(at step: Int) -> Int {
    rectangles.reduce(0) { $0 + ($1.isLive(at: step) ? $1.bytes.count : 0) }
  }
}

extension ArenaTimeline.Rectangle {
  /// Whether the bytes count at a step; those written over others count from the next.
  fileprivate func isLive(at step: Int) -> Bool {
    firstStep <= step && step <= lastStep && !(firstStep == step && overwrittenTensor != nil)
  }
}

/// The steps so far, run on marks.
private struct Marking {
  /// The stay of one tensor's contents on one piece of the arena.
  private struct Life {
    let tensor: Int
    let piece: Int
    let firstStep: Int
    var lastStep: Int
    let overwrittenTensor: Int?
    var isOverwritten = false
    var wholeTensor: Int?
  }

  private let program: Program
  /// Where tensors start and end; a piece of the arena lies between neighbours.
  private let cuts: [Int]
  private let cutIndex: [Int: Int]
  private var lives: [Life] = []
  /// The life on each piece, the last one written.
  private var current: [Int?]
  /// The steps that wrote each tensor.
  private var writers: [[Int]]
  private(set) var sources: [[[Int]]] = []

  init(_ program: Program) {
    self.program = program
    let ranges = (0..<program.tensorCount).compactMap { program.arenaRange(ofTensor: $0) }
    cuts = Set(ranges.flatMap { [$0.lowerBound, $0.upperBound] }).sorted()
    cutIndex = Dictionary(uniqueKeysWithValues: zip(cuts, cuts.indices))
    current = [Int?](repeating: nil, count: cuts.count)
    writers = [[Int]](repeating: [], count: program.tensorCount)
  }

  mutating func run(_ step: Int) {
    let operands = program.step(step).operands.map { Int($0) }
    sources.append(operands.dropLast().map { read($0, at: step) })
    if let written = operands.last { write(written, at: step) }
  }

  /// Keeps what a tensor's bytes hold alive, and returns the steps that wrote it.
  private mutating func read(_ tensor: Int, at step: Int) -> [Int] {
    guard let pieces = pieces(of: tensor) else { return writers[tensor] }
    var owners: Set<Int> = []
    for piece in pieces {
      guard let life = current[piece] else { continue }
      lives[life].lastStep = step
      if lives[life].tensor != tensor { lives[life].wholeTensor = tensor }
      owners.insert(lives[life].tensor)
    }
    return owners.flatMap { writers[$0] }.sorted()
  }

  private mutating func write(_ tensor: Int, at step: Int) {
    writers[tensor].append(step)
    for piece in pieces(of: tensor) ?? 0..<0 {
      let before = current[piece]
      if let before, lives[before].tensor == tensor {
        // One of several steps that write the tensor's parts.
        lives[before].lastStep = step
        continue
      }
      let isShared = before.map { lives[$0].lastStep == step } ?? false
      if let before, isShared { lives[before].isOverwritten = true }
      current[piece] = lives.count
      lives.append(
        Life(
          tensor: tensor, piece: piece, firstStep: step, lastStep: step,
          overwrittenTensor: isShared ? before.map { lives[$0].tensor } : nil))
    }
  }

  private func pieces(of tensor: Int) -> Range<Int>? {
    guard let range = program.arenaRange(ofTensor: tensor), let first = cutIndex[range.lowerBound],
      let end = cutIndex[range.upperBound]
    else { return nil }
    return first..<end
  }

  /// The lives, neighbours of one fate joined.
  var rectangles: [ArenaTimeline.Rectangle] {
    let ordered = lives.sorted { ($0.tensor, $0.piece) < ($1.tensor, $1.piece) }
    var rectangles: [ArenaTimeline.Rectangle] = []
    for life in ordered {
      let rectangle = ArenaTimeline.Rectangle(
        tensor: life.tensor, bytes: cuts[life.piece]..<cuts[life.piece + 1],
        firstStep: life.firstStep, lastStep: life.lastStep,
        overwrittenTensor: life.overwrittenTensor, isOverwritten: life.isOverwritten,
        wholeTensor: life.wholeTensor)
      if let last = rectangles.last, last.continues(in: rectangle) {
        rectangles[rectangles.count - 1].bytes = last.bytes.lowerBound..<rectangle.bytes.upperBound
      } else {
        rectangles.append(rectangle)
      }
    }
    return rectangles.sorted {
      ($0.firstStep, $0.bytes.lowerBound) < ($1.firstStep, $1.bytes.lowerBound)
    }
  }
}

extension ArenaTimeline.Rectangle {
  /// Whether another is the same but for its bytes, which follow at once.
  fileprivate func continues(in other: ArenaTimeline.Rectangle) -> Bool {
    var moved = other
    moved.bytes = bytes
    return moved == self && bytes.upperBound == other.bytes.lowerBound
  }
}

extension Program {
  /// The bytes of a tensor in the arena; `nil` when it is elsewhere.
  fileprivate func arenaRange(ofTensor index: Int) -> Range<Int>? {
    let record = tensor(index)
    guard record.storage == ProgramFormat.Storage.arena.rawValue else { return nil }
    return Int(record.offset)..<Int(record.offset + record.bytes)
  }
}
