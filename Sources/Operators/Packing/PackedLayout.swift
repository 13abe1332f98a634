// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Where each natural float32 weight is among those that a kernel reads; the layouts are those of
/// `ukernels.inc`.
package struct PackedLayout: Sendable {
  /// The extents of the packed weights.
  package let shape: Shape

  /// The weights that are there when they are not packed.
  package let naturalCount: Int

  /// One behind the other in memory.
  let parts: [Part]

  /// The panels `[⌈columns/16⌉, taps, depth, 16]` of one convolution.
  struct Part {
    let columns: Int
    let depth: Int

    /// For each of its taps that of the natural weights; `nil` where these have none.
    let taps: [Int?]
  }

  /// How the natural weights lie.
  let order: Order

  enum Order {
    /// `[columns, taps, depth]`, each column with the part of the depth that is its group's.
    case columns(taps: Int, depth: Int, groups: Int)
    /// `[taps, columns]`: depthwise.
    case channels(Int)
  }

  /// Panels of 16 columns, `[⌈columns/16⌉, taps, depth, 16]`, from `[columns, taps, depth]`.
  static func panels(columns: Int, taps: Int, depth: Int) throws(OperatorError) -> PackedLayout {
    let shape = try Shape(checked: [blockCount(columns, panelWidth), taps, depth, panelWidth])
    return PackedLayout(
      shape: shape, naturalCount: columns * taps * depth,
      parts: [Part(columns: columns, depth: depth, taps: Array(0..<taps))],
      order: .columns(taps: taps, depth: depth, groups: 1))
  }

  /// Whole panels of channels, `[taps, ⌈channels/16⌉ · 16]`, from `[taps, channels]`.
  static func channels(_ channels: Int, taps: Int) throws(OperatorError) -> PackedLayout {
    let shape = try Shape(checked: [taps, blockCount(channels, panelWidth) * panelWidth])
    return PackedLayout(
      shape: shape, naturalCount: taps * channels, parts: [], order: .channels(channels))
  }

  /// The panels of each phase of a transposed convolution, one behind the other, from
  /// `[columns, taps, depth]`; the depth of a phase is that of all groups.
  static func phases(
    _ phases: [[Int?]], columns: Int, taps: Int, depth: Int, groups: Int
  ) throws(OperatorError) -> PackedLayout {
    let count = phases.joined().count
    let shape = try Shape(
      checked: [blockCount(columns, panelWidth), count, depth * groups, panelWidth])
    return PackedLayout(
      shape: Shape([shape.elementCount]), naturalCount: columns * taps * depth,
      parts: phases.map { Part(columns: columns, depth: depth * groups, taps: $0) },
      order: .columns(taps: taps, depth: depth, groups: groups))
  }

  /// Packs natural weights; padding is 0.
  package func packed<Element: ExpressibleByIntegerLiteral>(_ weights: [Element]) -> [Element] {
    precondition(weights.count == naturalCount, "weights of the natural shape")
    var packed = [Element](repeating: 0, count: shape.elementCount)
    forEach { natural, place in packed[place] = weights[natural] }
    return packed
  }

  /// The natural weights of packed ones; 0 for those that no output would read.
  package func unpacked<Element: ExpressibleByIntegerLiteral>(_ packed: [Element]) -> [Element] {
    precondition(packed.count == shape.elementCount, "weights of the packed shape")
    var weights = [Element](repeating: 0, count: naturalCount)
    forEach { natural, place in weights[natural] = packed[place] }
    return weights
  }

  /// Calls `body` with the number of each natural weight and its place in the packed ones.
  private func forEach(_ body: (_ natural: Int, _ place: Int) -> Void) {
    switch order {
    case .channels(let channels):
      for tap in 0..<shape[0] {
        for channel in 0..<channels { body(tap * channels + channel, tap * shape[1] + channel) }
      }
    case .columns(let taps, let depth, let groups):
      var first = 0
      for part in parts {
        for column in 0..<part.columns {
          let (panel, lane) = column.quotientAndRemainder(dividingBy: panelWidth)
          let group = column / (part.columns / groups)
          for (number, tap) in part.taps.enumerated() {
            guard let tap else { continue }
            for k in 0..<depth {
              let row = (panel * part.taps.count + number) * part.depth + group * depth + k
              body((column * taps + tap) * depth + k, first + row * panelWidth + lane)
            }
          }
        }
        first += blockCount(part.columns, panelWidth) * panelWidth * part.taps.count * part.depth
      }
    }
  }
}
