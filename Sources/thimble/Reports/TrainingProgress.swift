// SPDX-License-Identifier: Apache-2.0
import Glibc
import Training

/// How far a training is, on standard error: a line that is drawn again in a terminal, and a line
/// for each epoch anywhere.
final class TrainingProgress {
  private static let width = 24
  /// How often the line is drawn again.
  private static let interval = Duration.milliseconds(100)

  private let isTerminal = isatty(STDERR_FILENO) != 0
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var drawn: ContinuousClock.Instant
  private var epochStart: ContinuousClock.Instant
  private let epochs: Int
  private let stepsPerEpoch: Int
  private let metric: String
  /// Steps that an earlier run has done, which say nothing of this one's speed.
  private let resumed: Int
  private var done: Int
  private var lastMetric: Double?

  /// A training of which so many steps are done.
  init(epochs: Int, stepsPerEpoch: Int, metric: String, done: Int = 0) {
    (self.epochs, self.stepsPerEpoch, self.metric) = (epochs, stepsPerEpoch, metric)
    (resumed, self.done) = (done, done)
    start = clock.now
    (drawn, epochStart) = (start, start)
  }

  /// Takes a step.
  func add(_ step: History.Step) {
    done += 1
    let now = clock.now
    guard isTerminal, now - drawn >= Self.interval || done == resumed + 1 else { return }
    drawn = now
    let total = epochs * stepsPerEpoch
    let left = (now - start) / Double(done - resumed) * Double(total - done)
    var parts = [
      "\(bar(done, of: total)) epoch \((done - 1) / stepsPerEpoch + 1) of \(epochs)",
      "loss \(figure(step.loss))",
    ]
    if let lastMetric { parts.append("\(metric) \(figure(lastMetric))") }
    parts.append("rate \(figure(step.rate))")
    parts.append("\(words(left)) left")
    write("\r\u{1B}[K" + parts.joined(separator: " · "))
  }

  /// Takes an epoch, counted from 0, and whether it is the best until now.
  func add(_ epoch: History.Epoch, number: Int, isBest: Bool) {
    clear()
    let now = clock.now
    lastMetric = epoch.metric
    var parts = ["loss \(figure(epoch.trainingLoss))"]
    if let loss = epoch.validationLoss { parts.append("validation \(figure(loss))") }
    if let value = epoch.metric { parts.append("\(metric) \(figure(value))") }
    parts.append("rate \(figure(epoch.rate))")
    parts.append(words(now - epochStart))
    if isBest { parts.append("best") }
    epochStart = now
    printError("epoch \(number + 1) of \(epochs): \(parts.joined(separator: ", "))")
  }

  /// Takes the line away.
  func clear() {
    if isTerminal { write("\r\u{1B}[K") }
  }

  private func bar(_ done: Int, of total: Int) -> String {
    let filled = min(done * Self.width / max(total, 1), Self.width)
    return String(repeating: "█", count: filled)
      + String(repeating: "░", count: Self.width - filled)
  }

  /// Four digits of a number of any size.
  private func figure(_ number: Double) -> String {
    let size = number.magnitude
    guard size.isFinite, size != 0, size < 0.001 || size >= 1e6 else {
      return decimal(number, digits: size >= 100 ? 1 : 4)
    }
    return scientific(number)
  }

  private func words(_ time: Duration) -> String {
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
    if seconds < 60 { return decimal(max(seconds, 0), digits: seconds < 10 ? 1 : 0) + " s" }
    let whole = Int(seconds.rounded())
    return whole < 3600
      ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  private func write(_ text: String) {
    var stream = StandardError()
    stream.write(text)
  }
}
