// SPDX-License-Identifier: Apache-2.0
import Engine
import Importers

/// Where the time of a run goes, step by step; times in milliseconds.
struct ProfileReport: Encodable {
  struct Step: Encodable {
    let step: Int
    let name: String
    let `operator`: String?
    let contract: String
    let kernel: String?
    let outputShape: [Int]
    let macs: Int
    /// The bytes of all operands: what the step reads and writes at least once.
    let bytes: Int
    let minMs: Double
    let medianMs: Double
    /// The median as a part of the sum of all medians.
    let share: Double
    /// By the median, in 10⁹ multiply-accumulates a second.
    let gmacsPerSecond: Double
    /// By the median, in 10⁹ operand bytes a second.
    let gigabytesPerSecond: Double
  }

  /// All steps of one operator.
  struct Group: Encodable {
    let `operator`: String
    let steps: Int
    let medianMs: Double
    let share: Double
  }

  let rounds: Int
  let threads: Int
  /// A whole run, no step timed.
  let runMinMs: Double
  let runMedianMs: Double
  /// The sum of the steps' medians.
  let stepsMs: Double
  let steps: [Step]
  /// The most expensive first.
  let operators: [Group]

  /// Times a session whose inputs are filled.
  init(_ session: Session, threads: Int, rounds: Int) {
    let times = StepTimes(session, rounds: rounds)
    let medians = times.steps.map(\.median)
    let sum = medians.reduce(0, +)
    self.rounds = rounds
    self.threads = threads
    runMinMs = times.runs.min() ?? 0
    runMedianMs = times.runs.median
    stepsMs = sum
    steps = medians.indices.map {
      Step(session, index: $0, minMs: times.steps[$0].min() ?? 0, medianMs: medians[$0], of: sum)
    }
    operators = Dictionary(grouping: steps) { $0.operator ?? $0.contract }
      .map { name, steps in
        let median = steps.reduce(0) { $0 + $1.medianMs }
        return Group(
          operator: name, steps: steps.count, medianMs: median, share: ratio(median, sum))
      }
      .sorted { ($1.medianMs, $0.operator) < ($0.medianMs, $1.operator) }
  }
}

extension ProfileReport.Step {
  fileprivate init(
    _ session: Session, index: Int, minMs: Double, medianMs: Double, of sum: Double
  ) {
    let program = session.program
    let record = program.step(index)
    let operands = record.operands.map { program.tensor(Int($0)) }
    step = index
    name = program.name(record.name)
    `operator` = program.operatorName(ofStep: index)
    contract = program.contract(ofStep: index).name
    kernel = session.kernelName(ofStep: index)
    outputShape = operands.last?.extents.map { Int($0) } ?? []
    macs = Int(record.macs)
    bytes = operands.reduce(0) { $0 + Int($1.bytes) }
    self.minMs = minMs
    self.medianMs = medianMs
    share = ratio(medianMs, sum)
    gmacsPerSecond = ratio(Double(macs), medianMs * 1e6)
    gigabytesPerSecond = ratio(Double(bytes), medianMs * 1e6)
  }
}

/// 0 where the clock saw no time pass.
private func ratio(_ part: Double, _ whole: Double) -> Double { whole > 0 ? part / whole : 0 }

extension ProfileReport: CustomStringConvertible {
  /// The report for people.
  var description: String {
    let overhead = decimal(runMedianMs, digits: 3)
    return """
      profile: \(rounds) rounds, \(threads) \(threads == 1 ? "thread" : "threads")
      \(stepTable)

      steps together \(decimal(stepsMs, digits: 3)) ms; a whole run without timing its steps \
      \(overhead) ms, at best \(decimal(runMinMs, digits: 3)) ms

      \(operatorTable)
      """
  }

  private var stepTable: String {
    var table = Table(
      ("step", .right), ("operator", .left), ("ms", .right), ("min", .right), ("share", .right),
      ("GMAC/s", .right), ("GB/s", .right), ("output", .left), ("contract", .left),
      ("kernel", .left), ("name", .left))
    for step in steps {
      table.append(
        "\(step.step)", escaped(step.operator ?? ""), decimal(step.medianMs, digits: 3),
        decimal(step.minMs, digits: 3), percent(step.share),
        step.macs > 0 ? decimal(step.gmacsPerSecond, digits: 2) : "",
        decimal(step.gigabytesPerSecond, digits: 2), shapeText(step.outputShape), step.contract,
        kernelVariant(step.kernel), escaped(step.name))
    }
    return table.text
  }

  private var operatorTable: String {
    var table = Table(("operator", .left), ("steps", .right), ("ms", .right), ("share", .right))
    for group in operators {
      table.append(
        escaped(group.operator), "\(group.steps)", decimal(group.medianMs, digits: 3),
        percent(group.share))
    }
    return table.text
  }

  /// What tells a kernel from others of its contract: `avx2` of `uk_f32_gemm_clamp_fma__avx2`.
  private func kernelVariant(_ kernel: String?) -> String {
    guard let kernel, let separator = kernel.firstRange(of: "__") else { return kernel ?? "" }
    return String(kernel[separator.upperBound...])
  }
}
