// SPDX-License-Identifier: Apache-2.0
import Glibc

/// How far long work is, on standard error; nothing when that is no terminal.
struct ProgressBar {
  private static let width = 40

  private let total: Int
  private let isShown: Bool
  private var shownPermille = -1

  /// - Precondition: `total` is above 0.
  init(total: Int) {
    self.total = total
    isShown = isatty(STDERR_FILENO) != 0
  }

  /// Draws the bar when it has changed by a thousandth.
  mutating func show(_ done: Int) {
    let permille = done * 1000 / total
    guard isShown, permille != shownPermille else { return }
    shownPermille = permille
    let filled = done * Self.width / total
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
    write("\r\(bar) \(grouped(done)) of \(grouped(total))")
  }

  /// Takes the bar away.
  mutating func clear() {
    if isShown { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) {
    var stream = StandardError()
    stream.write(text)
  }
}
