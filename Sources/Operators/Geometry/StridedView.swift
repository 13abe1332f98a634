// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Elements of a tensor in another order: every axis of the output goes through the input at a
/// stride of its own, which may be negative (backwards) or 0 (repeats).
struct StridedView {
  private struct Axis {
    var extent: Int
    var stride: Int
  }

  /// Without axes of extent 1, neighbours merged where one goes on as the other ends.
  private let axes: [Axis]
  private let offset: Int

  /// - Precondition: every position that the view reads is an element of the input.
  init(_ extents: [Int], strides: [Int], offset: Int = 0) {
    var axes: [Axis] = []
    for (extent, stride) in zip(extents, strides) where extent > 1 {
      if let last = axes.last, last.stride == stride * extent {
        axes[axes.count - 1] = Axis(extent: last.extent * extent, stride: stride)
      } else {
        axes.append(Axis(extent: extent, stride: stride))
      }
    }
    self.axes = axes
    self.offset = offset
  }

  /// The step that writes the view of input 0 to output 0: runs of bytes where there are any.
  func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let (input, output) = (node.inputs[0], node.outputs[0])
    guard max(input.byteCount, output.byteCount) <= Int(Int32.max) else { throw .tooLarge }
    let size = input.dtype.byteCount
    let inner = axes.last ?? Axis(extent: 1, stride: 1)
    let outer = axes.count == 2 ? axes[0] : Axis(extent: 1, stride: 0)
    if axes.count <= 1, inner.stride == 1, input.byteCount == output.byteCount { return .alias }
    guard axes.count <= 2, inner.stride == 1, outer.stride >= 0 else {
      return try strided(elementBytes: size)
    }
    let run = UInt32(inner.extent * size)
    return .step(
      KernelRequest(
        .UK_CONTRACT_xx_copy,
        parameters: uk_copy_parameters(
          rows: UInt32(outer.extent), run_bytes: run,
          in_pitch_bytes: UInt32(outer.stride * size), out_pitch_bytes: run,
          out_offset_bytes: 0, in_offset_bytes: UInt32(offset * size), reserved: (0, 0)),
        operands: [.input(0), .output(0)]))
  }

  private func strided(elementBytes: Int) throws(OperatorError) -> Lowering {
    guard axes.count <= 6 else { throw .rank(input: 0, expected: 1...6, actual: axes.count) }
    let all = [Axis](repeating: Axis(extent: 1, stride: 0), count: 6 - axes.count) + axes
    let extents = all.map { UInt32($0.extent) }
    let strides = all.map { Int32($0.stride) }
    return .step(
      KernelRequest(
        .UK_CONTRACT_xx_strided_copy,
        parameters: uk_strided_copy_parameters(
          out: (extents[0], extents[1], extents[2], extents[3], extents[4], extents[5]),
          in_stride: (strides[0], strides[1], strides[2], strides[3], strides[4], strides[5]),
          in_offset: UInt32(offset), element_bytes: UInt32(elementBytes), reserved: (0, 0)),
        operands: [.input(0), .output(0)]))
  }
}
