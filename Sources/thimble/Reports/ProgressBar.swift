// SPDX-License-Identifier: Apache-2.0
import Glibc

/// How far long work is, on standard error; nothing when that is no terminal.
final class ProgressBar {
  private static let width = 40

  private let isShown = isatty(STDERR_FILENO) != 0
  private var task = ""
  private var total = 1
  private var shownPermille = -1

  /// Starts a task of so many parts.
  func begin(_ task: String, of total: Int) {
    (self.task, self.total, shownPermille) = (task, max(total, 1), -1)
    show(0)
  }

  /// Draws the bar when it has changed by a thousandth.
  func show(_ done: Int) {
    let permille = done * 1000 / total
    guard isShown, permille != shownPermille else { return }
    shownPermille = permille
    let filled = min(done * Self.width / total, Self.width)
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
    write("\r\u{1B}[K\(bar) \(task) \(grouped(done)) of \(grouped(total))")
  }

  /// Takes the bar away.
  func clear() {
    if isShown { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) {
    var stream = StandardError()
    stream.write(text)
  }
}
