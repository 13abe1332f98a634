// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Engine
import TensorCore

/// `thimble bench`: how long a run takes and what it needs.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure the time and memory of runs.")

  @Argument(help: "A program (.thimble), or a model, which is compiled in memory first.")
  var file: String

  @Option(help: "Runs to measure, after the first.")
  var rounds = 100

  @OptionGroup var arguments: SessionArguments

  @Flag(help: "Also time each step, in as many rounds again.")
  var profile = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  func validate() throws {
    guard (1...1_000_000).contains(rounds) else {
      throw ValidationError("--rounds may be 1 to 1000000.")
    }
  }

  func run() throws {
    let source = try ProgramSource(file)
    let memory = ResidentMemory()
    let clock = ContinuousClock()

    let start = clock.now
    let program = try source.load()
    let session = try arguments.makeSession(program)
    try fillInputs(of: session)
    session.run()
    let cold = clock.now - start

    let latencies = (0..<rounds).map { _ in clock.measure { session.run() }.milliseconds }
    let report = BenchReport(
      file: file, threads: arguments.threads, cold: cold.milliseconds, latencies: latencies,
      residentKiB: source.isFile ? memory.peakGrowthKiB : nil,
      memory: try ProgramReport(program, path: file),
      profile: profile
        ? ProfileReport(session, threads: arguments.threads, rounds: rounds) : nil)
    if json { try printJSON(report) } else { print(report) }
  }

  /// Writes a saw-tooth of all byte values, or of numbers from -1 to 1, to every input: the time of
  /// a run does not depend on the values.
  private func fillInputs(of session: Session) throws {
    for (index, port) in session.program.entryPoints[0].inputs.enumerated() {
      let count = port.type.shape.elementCount
      let bytes =
        port.type.dtype == .float32
        ? littleEndianBytes(of: (0..<count).map { Float($0 % 255) / 127 - 1 })
        : (0..<port.byteCount).map { UInt8(truncatingIfNeeded: $0) }
      try session.setInput(index, to: bytes)
    }
  }
}
