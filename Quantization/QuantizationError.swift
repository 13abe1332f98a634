// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import TensorCore

/// Why a model cannot be quantised.
package enum QuantizationError: Error, Equatable, Sendable {
  /// There is nothing to calibrate on.
  case noSamples

  /// A sample does not have one tensor for each input of the model.
  case inputCount(sample: String, expected: Int, found: Int)

  /// A tensor of a sample is not what the model's input takes.
  case input(sample: String, input: String, expected: TensorType, found: TensorType)

  /// A sample holds NaN or an infinity.
  case inputNotFinite(sample: String, input: String)

  /// A constant of the model holds NaN or an infinity.
  case constantNotFinite(node: String)

  /// The float model computes NaN or an infinity; `node` is the first that does.
  case resultNotFinite(sample: String, node: String)

  /// A node that shall stay float, or have int16 activations, is not in the prepared model.
  case unknownNode(String)

  /// Every node is faster in float on the CPU that was named.
  case nothingFaster

  /// No node of the model has a form in integers.
  case nothingToQuantize

  /// What may change of answers is limited, but an output has no classes to answer with.
  case noClasses

  /// In int8 the model costs more than it may.
  case overLimit(bytes: Int?, milliseconds: Double?)

  /// No layer of the model has weights that can be stored so.
  case nothingToStore(StorageFormat)

  /// The model holds quantised tensors already.
  case alreadyQuantized(value: String)

  /// The float model, or the quantised one, cannot be compiled.
  case compilation(CompileError)

  /// A rewriting made a node that does not type: a mistake of this module.
  case rewriting(OperatorError)

  /// The program cannot be run here.
  case session(SessionError)

  /// Whether other arguments would have done, whatever the files hold.
  package var isBadUsage: Bool {
    switch self {
    case .unknownNode, .noClasses: true
    default: false
    }
  }

  /// Whether the samples are at fault, not the model.
  package var isOfSamples: Bool {
    switch self {
    case .noSamples, .inputCount, .input, .inputNotFinite, .resultNotFinite: true
    case .constantNotFinite, .unknownNode, .nothingFaster, .nothingToQuantize, .nothingToStore,
      .noClasses, .overLimit, .alreadyQuantized, .compilation, .rewriting, .session:
      false
    }
  }
}
