// SPDX-License-Identifier: Apache-2.0
import Engine
import TensorCore

/// What ends the runner early.
enum RunnerError: Error {
  case usage(StaticString, argument: String?)
  case program(ProgramError, path: String)
  case session(SessionError)
  case pool(ThreadPoolError)
  case file(SystemError, path: String)
  case array(NumPyError, path: String)
  case wrongArray(input: Port, found: NumPyHeader)
  case missingInput(Port)
  case stopped

  static let usageText: StaticString = """
    usage: thimble-runner run FILE --input NAME=X.npy … --output DIR [--threads N]
           thimble-runner bench FILE [--threads N] [--rounds R] [--json]
           thimble-runner info FILE
    THIMBLE_ISA=scalar|sse41|avx2|avxvnni|avx512|avx512vnni|neon limits the instruction set.

    """

  /// 1 failed, 2 bad usage, 3 does not fit.
  var exitCode: Int32 {
    switch self {
    case .usage: 2
    case .session(.outOfMemory), .session(.tooLarge), .program(.outOfMemory, _),
      .pool(.outOfMemory):
      3
    case .program, .session, .pool, .file, .array, .wrongArray, .missingInput, .stopped: 1
    }
  }

  var description: String {
    switch self {
    case .usage(let reason, let argument):
      "\(reason.description)\(argument.map { ": \($0)" } ?? "")\n\(Self.usageText.description)"
    case .program(let error, let path): "\(path): \(error.description)"
    case .session(let error): error.description
    case .pool(let error): error.description
    case .file(let error, let path): "\(path): errno \(error.errno)"
    case .array(let error, let path): "\(path): \(error.message.description)"
    case .wrongArray(let input, let found):
      "input \(input.name) is \(input.type.text), the array is \(found.type.text)"
    case .missingInput(let input): "no --input for \(input.name) (\(input.type.text))"
    case .stopped: "the run was stopped"
    }
  }
}

extension TensorType {
  /// Such as `float32 1x224x224x3`.
  var text: String { "\(dtype.name.description) \(shape.description)" }
}
