// SPDX-License-Identifier: Apache-2.0

extension QuantizationError: CustomStringConvertible {
  /// What is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .noSamples:
      "there are no samples to calibrate on; give a folder with at least one"
    case .inputCount(let sample, let expected, let found):
      "sample \(sample) has \(found) tensors, the model has \(expected) inputs"
    case .input(let sample, let input, let expected, let found):
      "sample \(sample): input \(input) takes \(expected), this is \(found)"
    case .inputNotFinite(let sample, let input):
      "sample \(sample): input \(input) holds NaN or an infinity; remove the sample"
    case .constantNotFinite(let node):
      "a constant of \(node) holds NaN or an infinity, so the model itself is damaged"
    case .resultNotFinite(let sample, let node):
      "on sample \(sample) the float model computes NaN or an infinity, at first in \(node); "
        + "check the sample's preprocessing"
    case .unknownNode(let name):
      "there is no node \(name); thimble inspect MODEL --passes shows their names"
    case .nothingFaster:
      "no layer of the model is faster in integers on this board; compile it as it is"
    case .nothingToQuantize:
      "no layer of the model has a form in integers; compile it as it is"
    case .noClasses:
      "an output has no classes along its last axis, so there are no answers to change; limit the "
        + "noise instead: --min-snr"
    case .overLimit(let bytes, let milliseconds):
      "in int8 throughout the model takes \(costs(bytes, milliseconds)), which is more than allowed"
    case .nothingToStore(let format):
      "the model has no dense layer or pointwise convolution whose weights are smaller as "
        + "\(format.rawValue)"
    case .alreadyQuantized(let value):
      "\(value) is quantised already; give the float model"
    case .compilation(let error): "\(error)"
    case .rewriting(let error): "the quantised model does not type: \(error)"
    case .session(let error): "the model cannot be run here: \(error)"
    }
  }
}

/// The costs that are known, in words.
private func costs(_ bytes: Int?, _ milliseconds: Double?) -> String {
  let size = bytes.map { "\($0) bytes" }
  let time = milliseconds.map { "\(($0 * 1000).rounded() / 1000) ms" }
  return [size, time].compactMap { $0 }.joined(separator: " and ")
}
