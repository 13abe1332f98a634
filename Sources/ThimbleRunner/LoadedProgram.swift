// SPDX-License-Identifier: Apache-2.0
import Engine

/// A program with a session of its first entry point, as the options ask.
struct LoadedProgram {
  let program: Program
  let entry: EntryPoint
  let session: Session

  init(_ options: RunnerOptions) throws(RunnerError) {
    program = try RunnerError.loading(options.path)
    guard let entry = program.entryPoints.first else {
      throw .session(.noSuchEntryPoint(index: 0))
    }
    self.entry = entry
    var choices = Session.Options()
    choices.instructionSetLimit = options.instructionSetLimit
    if options.threads > 1 {
      do throws(ThreadPoolError) {
        choices.pool = try ThreadPool(threads: options.threads)
      } catch {
        throw .pool(error)
      }
    }
    do throws(SessionError) {
      session = try Session(program, options: choices)
    } catch {
      throw .session(error)
    }
  }

  /// Fills an input's buffer.
  func setInput(_ index: Int, to bytes: [UInt8]) throws(RunnerError) {
    do throws(SessionError) {
      try session.setInput(index, to: bytes)
    } catch {
      throw .session(error)
    }
  }

  func outputBytes(_ index: Int) throws(RunnerError) -> [UInt8] {
    do throws(SessionError) {
      return try session.outputBytes(index)
    } catch {
      throw .session(error)
    }
  }

  func run() throws(RunnerError) {
    guard session.run() == .completed else { throw .stopped }
  }
}

extension RunnerError {
  /// The program of a file.
  static func loading(_ path: String) throws(RunnerError) -> Program {
    do throws(ProgramError) {
      return try Program(path: path)
    } catch {
      throw .program(error, path: path)
    }
  }
}
