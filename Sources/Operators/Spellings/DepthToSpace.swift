// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// Blocks of pixels as channels, and back: transposes of images seen with six axes.

extension Transpose {
  /// The mode says whether a pixel's channels count blocks first (DCR) or last (CRD).
  static func onnxDepthToSpace(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let (block, blocksFirst) = try onnxBlocks(node)
    let x = try node.channelsLastImage(try node.image4D(0))
    let y = try node.depthToSpace(x, block: block, blocksFirst: blocksFirst)
    return [try node.channelsFirst(y, rank: 4)]
  }

  static func onnxSpaceToDepth(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let (block, blocksFirst) = try onnxBlocks(node)
    let x = try node.channelsLastImage(try node.image4D(0))
    let y = try node.spaceToDepth(x, block: block, blocksFirst: blocksFirst)
    return [try node.channelsFirst(y, rank: 4)]
  }

  private static func onnxBlocks(
    _ node: ImportedNode
  ) throws(OperatorError) -> (block: Int, blocksFirst: Bool) {
    let mode = try node.attributes.string("mode", default: "DCR")
    guard mode == "DCR" || mode == "CRD" else { throw .attributeValue("mode", .string(mode)) }
    return (try node.attributes.int("blocksize"), mode == "DCR")
  }
}

extension ImportedNode {
  /// `[N, H, W, b·b·C]` to `[N, H·b, W·b, C]`.
  ///
  /// `blocksFirst` tells channels `[b, b, C]` from `[C, b, b]`.
  mutating func depthToSpace(
    _ image: Value, block: Int, blocksFirst: Bool
  ) throws(OperatorError) -> Value {
    let s = shape(of: image)
    guard 1...s[3] ~= block, s[3] % (block * block) == 0 else {
      throw .attributeValue("blocksize", .int(block))
    }
    let channels = s[3] / (block * block)
    let depth = blocksFirst ? [block, block, channels] : [channels, block, block]
    let split = try reshaped(image, to: [s[0], s[1], s[2]] + depth)
    let moved = try transposed(split, blocksFirst ? [0, 1, 3, 2, 4, 5] : [0, 1, 4, 2, 5, 3])
    return try reshaped(moved, to: [s[0], s[1] * block, s[2] * block, channels])
  }

  /// `[N, H·b, W·b, C]` to `[N, H, W, b·b·C]`.
  mutating func spaceToDepth(
    _ image: Value, block: Int, blocksFirst: Bool
  ) throws(OperatorError) -> Value {
    let s = shape(of: image)
    guard block > 0, s[1] % block == 0, s[2] % block == 0 else {
      throw .attributeValue("blocksize", .int(block))
    }
    let split = try reshaped(
      image, to: [s[0], s[1] / block, block, s[2] / block, block, s[3]])
    let moved = try transposed(split, blocksFirst ? [0, 1, 3, 2, 4, 5] : [0, 1, 3, 5, 2, 4])
    return try reshaped(moved, to: [s[0], s[1] / block, s[2] / block, block * block * s[3]])
  }
}
