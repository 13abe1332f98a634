// SPDX-License-Identifier: Apache-2.0
import TensorCore

extension CommandError: CustomStringConvertible {
  var description: String {
    switch self {
    case .duplicateInput(let name):
      "the input \"\(name)\" is given twice"
    case .unknownInput(let name, let known):
      "there is no input \"\(name)\"; the inputs are \(quoted(known))"
    case .missingInputs(let names):
      "no file is given for \(quoted(names)); use --input NAME=FILE"
    case .outputIsInput(let path):
      "\"\(path)\" is the input; choose another output"
    case .unknownInstructionSet(let name, let known):
      "THIMBLE_ISA is \"\(name)\"; it may be \(known.joined(separator: ", "))"
    case .unavailableInstructionSet(let name):
      "THIMBLE_ISA is \"\(name)\", which this CPU does not have"
    case .peerMissing(let python, let missing):
      """
      \(python) has no \(missing), which runs the model's own runtime; tools/setup test makes an \
      environment that has it, --python or THIMBLE_PYTHON names another, and --against reference \
      needs none
      """
    case .peerFailed(let reason):
      "the model's own runtime does not run it: \(reason)"
    case .nothingToCompare(let model, let file):
      "\"\(file)\" and \"\(model)\" have not the same inputs and tensors; is it this model's?"
    case .trainingFailed(let finding):
      "training ended early, and what was best until then is written: \(finding)"
    case .layerDiffers(let step, let name):
      "step \(step), \"\(name)\", is off by more than rounding explains"
    case .inputType(let name, let path, let expected, let found):
      "\"\(path)\" holds \(text(found)); the input \"\(name)\" takes \(text(expected))"
    case .imageSize(let name, let path, let expected, let found):
      "\"\(path)\" has \(text(found)) pixels; the input \"\(name)\" takes \(text(expected))"
    case .notAnImage(let name, let path, let expected):
      "\"\(path)\" is an image; the input \"\(name)\" takes \(text(expected)), which is none"
    case .notAddressable(let path):
      "\"\(path)\" needs more memory than this machine can address"
    case .folder(let path, let reason):
      "the folder \"\(path)\" cannot be made: \(reason)"
    case .outputNameClash(let file):
      "two outputs would be written to \"\(file)\"; use --output OUT.npz"
    }
  }

  private func quoted(_ names: [String]) -> String {
    names.map { "\"\($0)\"" }.joined(separator: ", ")
  }

  private func text(_ type: TensorType) -> String { "\(type.dtype.name) \(type.shape)" }

  private func text(_ extent: Extent) -> String { "\(extent.width) x \(extent.height)" }
}
