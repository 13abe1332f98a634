// SPDX-License-Identifier: Apache-2.0

/// Gates of a long short-term memory, in the order input, output, forget, cell.
let lstmGateCount = 4

/// Weights of all gates over one vector, `[gate · hidden, depth]`.
struct GateWeights<Element> {
  let values: [Element]
  let depth: Int
}

/// Packs the weights of `gates` recurrent gates into blocks of 16 hidden units.
///
/// The parts follow one another in each block; `group` neighbours along the depth stay together.
/// The result is `[⌈hidden/16⌉][part][⌈depth/group⌉][gate][16][group]`, padded with 0; biases and
/// scales are parts of depth 1.
func packGates<Element: ExpressibleByIntegerLiteral>(
  _ parts: [GateWeights<Element>], gates: Int = lstmGateCount, hidden: Int, group: Int
) -> [Element] {
  var packed: [Element] = []
  for firstUnit in stride(from: 0, to: hidden, by: panelWidth) {
    for part in parts {
      for firstK in stride(from: 0, to: part.depth, by: group) {
        for gate in 0..<gates {
          for unit in firstUnit..<firstUnit + panelWidth {
            for k in firstK..<firstK + group {
              let isInside = unit < hidden && k < part.depth
              packed.append(isInside ? part.values[(gate * hidden + unit) * part.depth + k] : 0)
            }
          }
        }
      }
    }
  }
  return packed
}
