// SPDX-License-Identifier: Apache-2.0
import TensorCore
import Training

/// What the command line refuses by itself; errors of the modules below pass through.
enum CommandError: Error, Equatable {
  // MARK: Bad usage

  case duplicateInput(name: String)
  case unknownInput(name: String, known: [String])
  case missingInputs([String])
  /// Writing the output would destroy the input.
  case outputIsInput(path: String)
  case unknownInstructionSet(String, known: [String])
  /// Python, or a package that it needs to run the model's own runtime.
  case peerMissing(python: String, missing: String)

  // MARK: Failures

  /// The model's own runtime does not run it; the reason is its own.
  case peerFailed(String)
  /// Program and model have no tensor in common.
  case nothingToCompare(model: String, file: String)
  /// A layer is off by more than rounding explains.
  case layerDiffers(step: Int, name: String)

  /// Training could not go on; what was best until then is written.
  case trainingFailed(HealthFinding)

  /// `THIMBLE_ISA` asks for instructions that this CPU does not have.
  case unavailableInstructionSet(String)
  /// The array in the file is not what the input takes.
  case inputType(name: String, path: String, expected: TensorType, found: TensorType)
  case imageSize(name: String, path: String, expected: Extent, found: Extent)
  /// An image was given for an input that cannot hold one.
  case notAnImage(name: String, path: String, expected: TensorType)
  /// The program needs more memory than this machine can address.
  case notAddressable(path: String)
  /// The folder for outputs cannot be made; the reason is the system's.
  case folder(path: String, reason: String)
  /// Two outputs would be written to the same file.
  case outputNameClash(file: String)

  /// Height and width, in pixels.
  struct Extent: Equatable {
    var height: Int
    var width: Int
  }

  /// Whether other arguments would have done, whatever the files hold.
  var isBadUsage: Bool {
    switch self {
    case .duplicateInput, .unknownInput, .missingInputs, .outputIsInput, .unknownInstructionSet,
      .peerMissing:
      true
    case .unavailableInstructionSet, .inputType, .imageSize, .notAnImage, .notAddressable, .folder,
      .outputNameClash, .trainingFailed, .peerFailed, .nothingToCompare, .layerDiffers:
      false
    }
  }
}
