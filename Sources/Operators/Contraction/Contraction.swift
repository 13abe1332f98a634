// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// What convolution, depthwise convolution and the fully connected layer share:
// y = clamp(x·w + bias).

/// Checks dtypes, quantisation and the bias; shapes of x and weights are the operator's own.
///
/// Where weights may be stored in fewer bits than they are multiplied in, those of float32 products
/// may be float16, or int8 with scales. A bias of these may be padded as kernels have it.
func checkContraction(
  _ inputs: [TensorType], outputChannels: Int, storesWeights: Bool = false
) throws(OperatorError) {
  try inputs[0].checkActivation(input: 0)
  let isStored = storesWeights && inputs[0].dtype == .float32
  let multiplied: DType = inputs[0].dtype == .int16 ? .int8 : inputs[0].dtype
  try inputs[1].check(dtype: isStored ? [.float32, .int8, .float16] : [multiplied], input: 1)
  if inputs[1].dtype == .int8, inputs[1].quantization == nil {
    throw .quantizationMissing(input: 1)
  }
  guard inputs.count > 2 else { return }
  switch inputs[0].dtype {
  case .int8: try inputs[2].check(dtype: .int32, .float32, input: 2)
  case .int16: try inputs[2].check(dtype: .int32, .int64, .float32, input: 2)
  default: try inputs[2].check(dtype: .float32, input: 2)
  }
  let padded = blockCount(outputChannels, panelWidth) * panelWidth
  guard inputs[0].dtype != .float32 || inputs[2].shape.extents != [padded] else { return }
  try inputs[2].check(extents: [outputChannels], input: 2)
}

/// The accumulators of a reference, starting at the bias: `[rows, columns]`.
func biased(_ inputs: [ReferenceTensor], rows: Int, columns: Int) -> [Double] {
  guard inputs.count > 2 else { return [Double](repeating: 0, count: rows * columns) }
  let bias = Array(inputs[2].values.prefix(columns))
  return [[Double]](repeating: bias, count: rows).flatMap { $0 }
}
