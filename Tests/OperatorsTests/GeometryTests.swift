// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import Testing

@Suite struct GeometryTests {
  /// Windows counted one by one.
  @Test func outputExtentCountsWindows() throws {
    for input in 1...7 {
      for kernel in 1...3 {
        for (stride, dilation, before, after) in [(1, 1, 0, 0), (2, 1, 1, 0), (3, 2, 2, 3)] {
          let axis = WindowAxis(
            kernel: kernel, stride: stride, dilation: dilation, before: before, after: after)
          let span = dilation * (kernel - 1) + 1
          let starts = Swift.stride(from: -before, through: input + after - span, by: stride)
          let count = Array(starts).count
          if count == 0 {
            #expect(throws: OperatorError.emptyOutput) { try axis.outputExtent(of: input) }
          } else {
            #expect(try axis.outputExtent(of: input) == count)
          }
        }
      }
    }
  }

  @Test func samePaddingGivesTheCeiling() throws {
    for input in 1...9 {
      for (kernel, stride, dilation) in [(1, 1, 1), (3, 1, 1), (3, 2, 1), (2, 3, 1), (3, 2, 3)] {
        for isLower in [false, true] {
          var axis = WindowAxis(kernel: kernel, stride: stride, dilation: dilation)
          try axis.padSame(input: input, isLower: isLower)
          #expect(try axis.outputExtent(of: input) == (input + stride - 1) / stride)
          let difference = axis.after - axis.before
          #expect((isLower ? -1...0 : 0...1).contains(difference))
        }
      }
    }
  }

  /// Of pools over 6 with stride 4: a window starts at 4 only if it is asked for.
  @Test func ceilingAddsPartialWindows() throws {
    var axis = WindowAxis(kernel: 3, stride: 4)
    #expect(try axis.outputExtent(of: 6) == 1)
    try axis.padToCeiling(input: 6)
    #expect(try axis.outputExtent(of: 6) == 2)
    // A window that would start in the padding behind the image is left out.
    var outside = WindowAxis(kernel: 1, stride: 3, before: 0, after: 2)
    try outside.padToCeiling(input: 3)
    #expect(try outside.outputExtent(of: 3) == 2)
    var none = WindowAxis(kernel: 1, stride: 3)
    try none.padToCeiling(input: 3)
    #expect(try none.outputExtent(of: 3) == 1)
  }

  @Test(arguments: [Int.min, -1, 0, Int.max])
  func hostileAttributesAreRefused(_ value: Int) {
    for axis in [
      WindowAxis(kernel: value, stride: 1), WindowAxis(kernel: 1, stride: value),
      WindowAxis(kernel: 3, stride: 1, dilation: value),
      WindowAxis(kernel: 1, stride: 1, before: value == 0 ? -1 : value),
    ] {
      #expect(throws: OperatorError.self) { try axis.outputExtent(of: 8) }
      var same = axis
      #expect(throws: OperatorError.self) { try same.padSame(input: 8) }
      #expect(throws: OperatorError.self) { try same.padToCeiling(input: 8) }
    }
  }

  @Test func activationRangesCompose() {
    #expect(ActivationRange.relu.then(.relu6) == .relu6)
    #expect(ActivationRange.relu6.then(.reluN1To1) == ActivationRange(min: 0, max: 1))
    #expect(ActivationRange(min: 2, max: 3).then(.reluN1To1) == ActivationRange(min: 1, max: 1))
    #expect(ActivationRange(min: -0.0, max: 1).min.sign == .plus)
    #expect(ActivationRange.relu(.nan) == 0)
  }

  @Test func broadcastsThatNeedFiveAxesAreRefused() throws {
    let types = [
      TensorType(.float32, [2, 3, 4, 3, 2]), TensorType(.float32, [2, 1, 4, 1, 2]),
    ]
    let context = NodeContext(
      inputs: types, outputs: [types[0]], constants: [nil, nil], floatClass: .fma)
    #expect(try Add().inferTypes(types) == [types[0]])
    #expect(throws: OperatorError.broadcastUnsupported([2, 3, 4, 3, 2], [2, 1, 4, 1, 2])) {
      try Add().lower(context)
    }
    #expect(throws: OperatorError.shapesDoNotBroadcast([2, 3], [2, 4])) {
      try Add().inferTypes([TensorType(.float32, [2, 3]), TensorType(.float32, [2, 4])])
    }
  }
}
