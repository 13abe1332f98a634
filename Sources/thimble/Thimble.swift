// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Compiler
import Evaluation
import Importers
import Quantization

@main
struct Thimble: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "thimble",
    abstract: "Compiles trained networks to programs of known memory, and runs them.",
    discussion: """
      MODEL is an .onnx or .tflite file. Exit codes: 0 done, 1 failed, 2 bad usage, 3 does not \
      fit the budget.
      """,
    subcommands: [
      CompileCommand.self, InspectCommand.self, RunCommand.self, BenchCommand.self,
      CompareCommand.self, EvaluateCommand.self, QuantizeCommand.self, ExportCommand.self,
      TrainCommand.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      end(after: error)
    }
  }

  /// Prints what went wrong, or the help that was asked for, and ends the process.
  private static func end(after error: any Error) -> Never {
    if exitCode(for: error).isSuccess { exit(withError: error) }
    if exitCode(for: error) == .validationFailure {
      printError(fullMessage(for: error))
      exit(withError: ExitStatus.badUsage.code)
    }
    printError("thimble: error: \(error)")
    exit(withError: ExitStatus(of: error).code)
  }
}

/// How the process ends.
enum ExitStatus: Int32 {
  case failed = 1
  case badUsage = 2
  case overBudget = 3

  init(of error: any Error) {
    switch error {
    case let error as LocatedError: self.init(of: error.cause)
    case CompileError.overBudget: self = .overBudget
    case ImportError.input: self = .badUsage
    case let error as CommandError: self = error.isBadUsage ? .badUsage : .failed
    case let error as EvaluationError: self = error.isBadUsage ? .badUsage : .failed
    case QuantizationError.overLimit: self = .overBudget
    case let error as QuantizationError: self = error.isBadUsage ? .badUsage : .failed
    default: self = .failed
    }
  }

  var code: ExitCode { ExitCode(rawValue) }
}
