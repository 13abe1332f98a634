// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The packed filters of a convolution, turned for the transposed convolution that gives the
/// gradient of its input: `w'[c, tap, o] = w[o, tap, c]`.
///
/// Input: panels `[⌈O/16⌉, taps, C, 16]`; output: one axis, what a transposed convolution of
/// O to C channels reads with `packing`. Float32. Only differentiation makes it.
package struct TurnedFilters: Operator, Hashable {
  package static let name = "TurnedFilters"
  package static let spellings: [Spelling] = []
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.floatOnly

  /// What reads the output; its natural weights are `[C, kh, kw, O]`.
  package var reader: TransposedConvolution

  package init(for reader: TransposedConvolution) { self.reader = reader }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(dtype: .float32, input: 0)
    let layouts = try layouts()
    try inputs[0].check(extents: layouts.input.shape.extents, input: 0)
    return [TensorType(.float32, layouts.output.shape)]
  }

  /// How the filters lie before and after.
  private func layouts() throws(OperatorError) -> (input: PackedLayout, output: PackedLayout) {
    guard let natural = reader.packing?.natural, let output = try reader.packedLayout() else {
      throw .attributeMissing("packing")
    }
    guard reader.groups == 1 else { throw .attributeValue("group", .int(reader.groups)) }
    let filters = try Shape(checked: [natural[3], natural[1], natural[2], natural[0]])
    return (try Convolution().packedLayout(filters), output)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard let layouts = try? layouts(), let natural = reader.packing?.natural else {
      preconditionFailure("types were inferred")
    }
    let filters = layouts.input.unpacked(inputs[0].values)
    let (columns, taps, depth) = (natural[0], natural[1] * natural[2], natural[3])
    var turned = filters
    for column in 0..<columns {
      for tap in 0..<taps {
        for k in 0..<depth {
          turned[(column * taps + tap) * depth + k] = filters[(k * taps + tap) * columns + column]
        }
      }
    }
    return [ReferenceTensor(layouts.output.shape, layouts.output.packed(turned))]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    guard let natural = reader.packing?.natural else { throw .attributeMissing("packing") }
    // The filters depend on no image.
    let image = TensorType(.float32, try Shape(checked: [1, 1, 1, natural[3]]))
    let window = try TransposedWindow(
      over: image, kernel: Extent2D(natural[1], natural[2]), stride: reader.stride,
      dilation: reader.dilation, before: reader.before, output: reader.output)
    return .step(
      KernelRequest(
        .UK_CONTRACT_f32_turn_filters, parameters: window.stored(outputChannels: natural[0]),
        operands: [.input(0), .output(0)]))
  }
}

// MARK: - Samples

extension TurnedFilters {
  package static let samples: [Sample] = [
    turned("3x3", stride: .one, before: Extent2D(1, 1), output: Extent2D(7, 6), [19, 3, 3, 18]),
    turned(
      "halving", stride: Extent2D(2, 2), before: Extent2D(1, 1), output: Extent2D(9, 8),
      [35, 3, 3, 16]),
    turned(
      "dilated, strides of its own", stride: Extent2D(3, 2), dilation: Extent2D(2, 3),
      before: Extent2D(2, 0), output: Extent2D(11, 14), [7, 3, 2, 40]),
  ]

  /// `filters` are the natural ones of the convolution, `[O, kh, kw, C]`.
  private static func turned(
    _ label: String, stride: Extent2D, dilation: Extent2D = .one, before: Extent2D,
    output: Extent2D, _ filters: Shape
  ) -> Sample {
    let reader = TransposedConvolution(
      stride: stride, dilation: dilation, before: before, output: output,
      packing: WeightPacking([filters[3], filters[1], filters[2], filters[0]]))
    let panels = Shape([
      blockCount(filters[0], panelWidth), filters[1] * filters[2], filters[3], panelWidth,
    ])
    return Sample(label, TurnedFilters(for: reader), [.variable(.float(panels))])
  }
}
